// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import Foundation
import GraceDeviceModel
import GraceFirmware
import Testing

@testable import gracectl

/// The example that docs/profiles.md shows.
private let example = checkout.appendingPathComponent("docs/examples/gh200-next.profile").path

/// Files with profiles of the user's own, wherever gracectl takes the name of one.
@Suite("Profiles in files")
struct ProfileFileTests {
  @Test("gracectl profiles lists the built-in ones, and those of files below")
  func list() throws {
    #expect(
      try ProfilesCommand.parse([example]).text() == """
        profile         product           chip            id         subsystem  memory
        gh200-120gb     GH200 120GB       GH100           10de:2342  10de:16eb  96 GiB
        gh200-480gb     GH200 480GB       GH100           10de:2345  10de:1809  96 GiB
        gh200-144gb     GH200 144G HBM3e  GH100           10de:2348  10de:18d2  144 GiB
        gb200           GB200             GB100           10de:2941  10de:2046  186 GiB
        gb300           GB300             GB110           10de:31c2  10de:21f1  288 GiB
        blackwell-next  Blackwell-Next    Blackwell-Next  10de:3341  10de:21f1  288 GiB
        gh200-next      GH200 Next        GH100           10de:2350  10de:18d3  144 GiB
        """)
    let entries = try ProfilesCommand.parse([example, "--json"]).entries()
    #expect(entries.count == Profile.all.count + 1)
    #expect(entries.last?.name == "gh200-next")
    #expect(entries.last?.memoryBytes == 144 << 30)
  }

  @Test("gracectl profile prints configuration space and registers of a file")
  func listing() throws {
    let text = try ProfileCommand.parse([example]).text()
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for line in [
      "01:00.0 3D controller: NVIDIA Corporation GH200 Next",
      "00: de 10 50 23 00 00 10 00 a1 00 02 03 00 00 00 00",
      "20: 0c 00 00 00 00 00 00 00 00 00 00 00 de 10 d3 18",
      // Vendor-specific, then MSI-X with 32 vectors.
      "90: 05 00 00 00 00 00 00 00 00 00 00 00 09 b0 14 00",
      "a0: 01 00 ed 5e 00 00 00 00 00 00 00 00 00 00 00 00",
      "b0: 11 00 1f 00 00 00 b9 00 00 00 ba 00 00 00 00 00",
      "2a0: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
      "310: 23 00 01 34 de 10 00 01 03 00 01 00 00 00 00 00",
      "340: 03 00 01 00 01 00 00 00 00 2d b0 48 00 00 00 00",
      "0x101000  0x00023490  0x00000000  NV_PEXTDEV_BOOT_0",
    ] {
      #expect(lines.contains { $0 == line }, "\(line)")
    }
    #expect(try text.hasPrefix(ProfileCommand.parse([example, "--config"]).text()))
    let json = try ProfileCommand.parse([example, "--json"]).text()
    #expect(json.contains("\"offset\" : \"0x101000\""), "\(json)")
    // A property of the device wins over the file.
    let other = try ProfileCommand.parse([example, "--option", "device-id=0x2351"]).text()
    #expect(other.contains("\n00: de 10 51 23 "))
  }

  @Test("a file that says nothing more is printed as its base is", arguments: Profile.all.map(\.name))
  func same(name: String) async throws {
    try await inFolder { folder in
      let file = folder + "/same"
      let product = try #require(Profile.named(name)).product
      try "base = \(name)\nname = same\nproduct = \(product)\n".write(
        toFile: file, atomically: true, encoding: .utf8)
      #expect(try ProfileCommand.parse([file]).text() == ProfileCommand.parse([name]).text())
    }
  }

  @Test(
    "what cannot be used is told in a sentence with the file and the line",
    arguments: [
      (
        "base = gb200\nname = a\nrevision = 300\n",
        "FILE, line 3: revision=300 is too large; use at most 255."
      ),
      ("base = gb200\n", "FILE: it has no name; give it one with name =, such as my-gb200."),
      ("", "FILE is empty; name another file."),
      ("base = gb200\nname = a\0b", "FILE, line 2: a control character is in the line; take it out."),
    ])
  func mistakes(text: String, sentence: String) async throws {
    try await inFolder { folder in
      let file = folder + "/my.profile"
      try Data(text.utf8).write(to: URL(filePath: file))
      func message(_ body: () throws -> Void) -> String {
        do {
          try body()
          return "nothing was refused"
        } catch {
          return GraceControl.message(for: error).replacing("'\(file)'", with: "FILE")
        }
      }
      #expect(message { _ = try ProfileCommand.parse([file]).text() } == sentence)
      #expect(message { _ = try ProfilesCommand.parse([file]).text() } == sentence)
      #expect(
        message { _ = try TablesCommand.parse(["--profile", file, "-o", folder + "/new"]).write() }
          == sentence)
      let missing = folder + "/none"
      #expect(
        message { _ = try ProfileCommand.parse([missing]).text() }
          == "'\(missing)' cannot be read: there is no such file or folder; name another.")
    }
  }

  @Test("bytes that are no text are refused")
  func noText() async throws {
    try await inFolder { folder in
      let file = folder + "/my.profile"
      try Data([0x62, 0xff, 0xfe, 0x00, 0x3d]).write(to: URL(filePath: file))
      #expect(throws: InputError.self) { _ = try ProfileCommand.parse([file]).text() }
    }
  }

  @Test("a name without a slash and without .profile is that of a built-in one")
  func names() {
    #expect(!ProfileSource.isFile("gb200"))
    #expect(ProfileSource.isFile("./gb200"))
    #expect(ProfileSource.isFile("gb200.profile"))
    let error = #expect(throws: InputError.self) { _ = try ProfileSource.profile("gb400") }
    #expect(
      error?.description
        == "There is no profile 'gb400'; use one of: gh200-120gb, gh200-480gb, gh200-144gb, gb200, gb300, "
        + "blackwell-next; or a file, whose path has a / or ends in .profile.")
  }

  @Test("tables of a default machine are those of the file's memory")
  func tables() throws {
    let machine = try TablesCommand.parse(["--profile", example, "--gpus", "2", "-o", "unused"]).machine()
    #expect(machine.topology.gpus.map { $0.gpu.memory?.size } == [144 << 30, 144 << 30])
    #expect(machine.topology.gpus.map { $0.gpu.memory?.base } == [1 << 46, 5 << 44])
  }

  @Test("a topology file names profiles by paths from its own folder")
  func topology() async throws {
    try await inFolder { folder in
      try FileManager.default.createDirectory(atPath: folder + "/p", withIntermediateDirectories: false)
      try "base = gb200\nname = mine\nmemory-size = 3G\n".write(
        toFile: folder + "/p/a", atomically: true, encoding: .utf8)
      func machine(_ path: String) -> String {
        """
        { "sockets": [ { "domain": 0, "cpus": 4, "memory": [ { "base": "2G", "size": "4G" } ] } ],
          "gpus": [ { "profile": "\(path)", "address": "0009:01:00.0", "bridge": "PCI9", "path": ["00.0", "00.0"] } ] }
        """
      }
      let file = folder + "/machine.json"
      for path in ["p/a", folder + "/p/a"] {
        try machine(path).write(toFile: file, atomically: true, encoding: .utf8)
        let machine = try TablesCommand.parse(["--topology", file, "-o", "unused"]).machine()
        #expect(machine.topology.gpus.map { $0.gpu.memory?.size } == [3 << 30])
      }
      try machine("p/b").write(toFile: file, atomically: true, encoding: .utf8)
      let error = #expect(throws: InputError.self) {
        _ = try TablesCommand.parse(["--topology", file, "-o", "unused"]).machine()
      }
      #expect(
        error?.description
          == "'\(file)', gpus[0].profile: '\(folder)/p/b' cannot be read: there is no such file or folder; name another."
      )
    }
  }

  @Test("docs/profiles.md has every setting, and the example as it is")
  func documentation() throws {
    let text = try String(contentsOf: checkout.appendingPathComponent("docs/profiles.md"), encoding: .utf8)
    let error = #expect(throws: ProfileError.self) { try Profile(text: "base = gb200\nname = a\nx = 1") }
    let names = try #require(error?.problem.split(separator: "; it has ").last).split(separator: ", ")
    #expect(names.count > 20)
    for name in names { #expect(text.contains("`\(name) = "), "\(name)") }
    let lines = try String(contentsOfFile: example, encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false)
    let indented = lines.map { $0.isEmpty ? "" : "    " + $0 }.joined(separator: "\n")
    #expect(text.contains(indented))
    // As many registers as it promises room for.
    for base in Profile.all {
      let registers = (0..<60).map { "register = \(0x30_0000 + 8 * $0) 0\n" }.joined()
      _ = try Profile(text: "base = \(base.name)\nname = a\n" + registers)
    }
  }
}
