// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import Foundation
import GraceConformance
import Testing

@testable import gracectl

/// Runs `gracectl check` on folders made for it, without AML, which needs a program.
@Suite("gracectl check")
struct CommandTests {
  /// A folder that is gone after the test.
  private func inFolder(_ files: [String: [UInt8]], _ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("grace-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, bytes) in files {
      let file = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: file)
    }
    try await body(folder.path)
  }

  private func report(_ arguments: [String]) async throws -> Report {
    try await CheckCommand.parse(arguments).report()
  }

  private var sound: [[UInt8]] { TestMachine().tables }

  @Test("a folder has tables with the three endings and with none; others are passed over")
  func folder() async throws {
    let files = [
      "SRAT": sound[0], "slit.dat": sound[1], "hmat.AML": sound[2], "notes.txt": [1], "dsdt.dsl": [2],
      ".hidden": [3], "dynamic/SLIT.bin": sound[1], "data/BERT": [4],
    ]
    try await inFolder(files) { folder in
      let report = try await report([folder])
      #expect(report.tables == ["SRAT", "hmat.AML", "slit.dat", "dynamic/SLIT.bin"])
      #expect(report.findings.map(\.rule.id) == ["table-duplicate"])
    }
  }

  @Test("an acpidump text and a listing are read")
  func dump() async throws {
    var text = ""
    for bytes in sound {
      text += "\(String(decoding: bytes.prefix(4), as: UTF8.self)) @ 0x0000000000000000\n"
      for start in stride(from: 0, to: bytes.count, by: 16) {
        let row = bytes[start..<min(start + 16, bytes.count)]
        text +=
          "  \(String(format: "%04X", start)): "
          + row.map { String(format: "%02X", $0) }.joined(separator: " ")
        text += "  \(row.map { (0x20..<0x7f).contains($0) ? String(UnicodeScalar($0)) : "." }.joined())\n"
      }
      text += "\n"
    }
    let files = ["dump.txt": Array(text.utf8), "lspci.txt": Array("01:00.0 0302: 10de:2345\n".utf8)]
    try await inFolder(files) { folder in
      let report = try await report([folder + "/dump.txt", "--lspci", folder + "/lspci.txt"])
      #expect(report.tables == ["dump.txt:SRAT", "dump.txt:SLIT", "dump.txt:HMAT"])
      #expect(report.findings == [])
      #expect(report.notes == [])
    }
  }

  @Test("what is milder than asked for is left out")
  func severity() async throws {
    var machine = TestMachine()
    machine.revisions["SRAT"] = 2
    machine.distances[0][5] = 41
    let tables = machine.tables
    try await inFolder(["SRAT": tables[0], "SLIT": tables[1]]) { folder in
      for (severity, rules) in [
        ("info", ["header-revision-old", "slit-asymmetric"]), ("warning", ["slit-asymmetric"]), ("error", []),
      ] {
        let report = try await report([folder, "--severity", severity])
        #expect(report.findings.map(\.rule.id) == rules)
      }
    }
  }

  @Test("findings end with status 1, and JUnit is written beside the text")
  func status() async throws {
    var machine = TestMachine()
    machine.distances[4][4] = 11
    try await inFolder(["SLIT": machine.tables[1]]) { folder in
      let command = try CheckCommand.parse([folder, "--junit", folder + "/junit.xml", "--json"])
      await #expect(throws: ExitCode(1)) { try await command.run() }
      #expect(try String(contentsOfFile: folder + "/junit.xml", encoding: .utf8).contains(#"failures="1""#))
    }
  }

  @Test("what cannot be read is said in a sentence")
  func unreadable() async throws {
    try await inFolder(["empty": [], "lspci.txt": Array("nothing\n".utf8), "folder/x.txt": [1]]) { folder in
      let expected: [([String], InputError)] = [
        ([folder + "/none"], .unreadable(path: folder + "/none", reason: "there is no such file or folder")),
        ([folder + "/empty"], .empty(path: folder + "/empty")),
        ([folder + "/folder"], .noTables(folder: folder + "/folder")),
        ([folder, "--lspci", folder + "/lspci.txt"], .noFunctions(path: folder + "/lspci.txt")),
      ]
      for (arguments, error) in expected {
        await #expect(throws: error) { _ = try await report(arguments) }
        #expect(error.description.hasSuffix("."))
      }
    }
  }

  @Test("standard input is read once")
  func standardInput() {
    #expect(throws: (any Error).self) { try CheckCommand.parse(["-", "--lspci", "-"]) }
  }

  @Test("a stub defines devices and all that they lie in, once each")
  func stub() {
    let table = NamespaceStub.sealed(
      NamespaceStub.table(defining: [#"\_SB.PCI8.RP00"#, #"\_SB.PCI8"#, "relative", #"\_SB.TOOLONG"#]))
    #expect(TableHeader(TableBytes(source: "stub", bytes: table))?.length == UInt32(table.count))
    #expect(table.reduce(0, &+) == 0)
    // Device (\_SB.PCI8) {} and Device (\_SB.PCI8.RP00) {}, as iasl compiles them.
    let first: [UInt8] = [0x5b, 0x82, 0x0b, 0x5c, 0x2e] + Array("_SB_PCI8".utf8)
    let second: [UInt8] = [0x5b, 0x82, 0x10, 0x5c, 0x2f, 0x03] + Array("_SB_PCI8RP00".utf8)
    #expect(Array(table.dropFirst(36)) == first + second)
  }
}
