// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceGuest
import Testing

/// An ACPI table of a guest as ACPICA's own disassembler reads it, so that neither the code that built the
/// table nor the guest's reader of it is the judge.
struct Disassembly {
  /// The text.
  let text: String

  init(_ table: TableFact) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "grace-acpi-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let contents = try #require(bytes(ofHex: table.hex), "the guest sent no hexadecimal digits")
    try Data(contents).write(to: folder.appending(path: "table.dat"))

    let iasl = Process()
    iasl.executableURL = URL(filePath: "/usr/bin/env")
    iasl.arguments = ["iasl", "-d", "-p", "table", "table.dat"]
    iasl.currentDirectoryURL = folder
    let output = Pipe()
    iasl.standardOutput = output
    iasl.standardError = output
    try iasl.run()
    let messages = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    iasl.waitUntilExit()
    // 127 is env's answer to a program that is not there.
    try #require(iasl.terminationStatus != 127, "iasl is missing; install the package acpica-tools")
    try #require(iasl.terminationStatus == 0, "iasl: \(messages)")
    text = try String(contentsOf: folder.appending(path: "table.dsl"), encoding: .utf8)
  }

  /// The subtables of a data table: each the values of its fields, by the names that iasl gives them.
  var subtables: [[String: String]] {
    var subtables: [[String: String]] = []
    for line in text.split(separator: "\n") {
      guard let colon = line.firstRange(of: " : ") else { continue }
      let name = line[..<colon.lowerBound].split(separator: "]").last.map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      let value = line[colon.upperBound...].trimmingCharacters(in: .whitespaces)
      guard let name else { continue }
      if name == "Subtable Type" { subtables.append([:]) }
      if !subtables.isEmpty { subtables[subtables.count - 1][name] = value }
    }
    return subtables
  }

  /// The text without the white space that only makes it readable.
  var words: String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}

/// Reads pairs of hexadecimal digits.
func bytes(ofHex text: String) -> [UInt8]? {
  let digits = Array(text)
  guard digits.count.isMultiple(of: 2) else { return nil }
  let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
    UInt8(String(digits[$0...$0 + 1]), radix: 16)
  }
  return bytes.count * 2 == digits.count ? bytes : nil
}
