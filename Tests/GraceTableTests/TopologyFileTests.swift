// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import Foundation
import GraceFirmware
import Testing

@testable import gracectl

@Suite("Topology files")
struct TopologyFileTests {
  /// A file with one socket and two GPUs, of which each test changes a piece.
  private static let sound = """
    {
      "sockets": [ { "domain": 0, "cpus": 4, "memory": [ { "base": "2G", "size": "4G" } ] } ],
      "gpus": [
        { "profile": "gh200-480gb", "address": "0009:01:00.0", "bridge": "PCI9", "path": ["00.0", "00.0"],
          "options": { "pxm-start": 4 } },
        { "profile": "gh200-144gb", "address": "0009:02:00.0", "bridge": "PCI9", "path": ["01.0", "00.0"],
          "options": { "pxm-start": 12 } }
      ]
    }
    """

  /// What the command says of a file; nil if it takes it. Nothing may be left behind.
  private func refusal(_ text: String) async throws -> String? {
    var message: String?
    try await inFolder { folder in
      let file = folder + "/machine.json"
      try text.write(toFile: file, atomically: true, encoding: .utf8)
      do {
        _ = try TablesCommand.parse(["--topology", file, "-o", folder + "/new/tables"]).write()
      } catch {
        message = GraceControl.message(for: error).replacing("'\(file)'", with: "FILE")
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(message == nil || left == ["machine.json"])
    }
    return message
  }

  @Test("the file that the others change is sound")
  func sound() async throws {
    #expect(try await refusal(Self.sound) == nil)
  }

  /// What is replaced, by what, and what is said then.
  private static let mistakes: [(String, String, String)] = [
    (
      #""gpus": ["#, #""gpu": ["#,
      "gpu: there is no such field; use some of: sockets, gpus, distances, bridges"
    ),
    (#""cpus": 4, "#, "", "sockets[0].cpus: this field is missing; add it"),
    (#""cpus": 4"#, #""cpus": "4""#, "sockets[0].cpus: it is the text '4'; write a whole number"),
    (
      #""cpus": 4"#, #""cpus": 4.5"#,
      "sockets[0].cpus: it is a number below 0 or with a fraction; write a whole number"
    ),
    (#""cpus": 4"#, #""cpus": 5000"#, "sockets[0].cpus: 5000 are too many; use at most 1024"),
    (
      #""cpus": 4"#, #""cpus": 0"#,
      "sockets: no socket has a CPU; give at least one with cpus of 1 or more"
    ),
    (
      #""size": "4G""#, #""size": "4\u001b[2J\n""#,
      "sockets[0].memory[0].size: '4?[2J?' is no size or address; write a number, \"480G\" or \"0x80000000\""
    ),
    (
      #""cpus": 4, "#, #""c\npus": 4, "#,
      "sockets[0].c?pus: there is no such field; use some of: domain, cpus, memory"
    ),
    (
      #""cpus": 4, "#, "\"\(String(repeating: "c", count: 100_000))\": 4, ",
      "sockets[0].ccccccccc...ccccccccccccccccccccccccccccccccccccc: there is no such field; use some of: domain, cpus, "
        + "memory"
    ),
    (
      #""size": "4G""#, "\"size\": \"\(String(repeating: "4", count: 100_000))\"",
      "sockets[0].memory[0].size: '\(String(repeating: "4", count: 132))...\(String(repeating: "4", count: 201))' is no "
        + "size or address; write a number, \"480G\" or \"0x80000000\""
    ),
    (
      #""size": "4G""#, #""size": "4Q""#,
      "sockets[0].memory[0].size: '4Q' is no size or address; write a number, \"480G\" or \"0x80000000\""
    ),
    (
      #""size": "4G""#, #""size": 0"#,
      "sockets[0].memory[0]: it is empty or does not end below 2^52; use a size above 0 and a lower base"
    ),
    (
      #""size": "4G" } ]"#, #""size": "4G" }, { "base": "5G", "size": "1G" } ]"#,
      "sockets[0].memory[1]: 0x140000000-0x17fffffff overlaps sockets[0].memory[0], which is "
        + "0x80000000-0x17fffffff; move one of them"
    ),
    (
      #""size": "4G" } ] } ]"#,
      #""size": "4G" } ] }, { "domain": 0, "cpus": 1, "memory": [] } ]"#,
      "sockets[1].domain: sockets[0] has domain 0, too; give each socket a domain of its own"
    ),
    (
      #""gpus": ["#, #""distances": [[10, 20]], "gpus": ["#,
      "distances[0]: it has 2 numbers for 1 sockets; give one number for each socket"
    ),
    (
      #""gpus": ["#, #""distances": [[11]], "gpus": ["#,
      "distances[0][0]: 11 is the distance of a socket to itself; write 10"
    ),
    (
      "0009:02:00.0", "0009:01:00.0",
      "gpus[1].address: gpus[0] is at 0009:01:00.0, too; give each GPU an address of its own"
    ),
    (
      "0009:02:00.0", "9:2:0.0",
      "gpus[1].address: '9:2:0.0' is no PCI address; write SSSS:BB:DD.F, such as 0009:01:00.0"
    ),
    (
      "0009:02:00.0", "0008:02:00.0",
      "gpus[1].address: the segment is not that of the host bridge PCI9, which is 9; use the same"
    ),
    (
      "0009:02:00.0", "0009:00:00.0",
      "gpus[1].address: bus 0 cannot be 1 bridges below PCI9; use 1 to 255"
    ),
    (
      "0009:02:00.0", "0009:02:01.0",
      "gpus[1].path: it does not end with the GPU's own device and function; make that the same as in the address"
    ),
    (
      #"["01.0", "00.0"]"#, #"["00.0", "00.0"]"#,
      "gpus[1]: the way to it is that to gpus[0] and the bus is another one; use the same bus, or another path"
    ),
    (
      #"["01.0", "00.0"]"#, #"["00.0", "00.0", "00.0"]"#,
      "gpus[1].path: it leads through gpus[0], or that leads through it; a GPU is no bridge"
    ),
    (
      #"["01.0", "00.0"]"#, #"["1", "00.0"]"#,
      "gpus[1].path[0]: '1' is no device and function; write DD.F, such as 02.0"
    ),
    (
      #"["01.0", "00.0"]"#, "[]",
      "gpus[1].path: it is empty; list the functions from the root bus down to the GPU"
    ),
    (
      #""bridge": "PCI9", "path": ["01.0""#, #""bridge": "PCI10", "path": ["01.0""#,
      "gpus[1].bridge: 'PCI10' is no ACPI name; use one to four of A-Z, _ and, but for the first, 0-9"
    ),
    (
      #""bridge": "PCI9", "path": ["01.0""#, #""bridge": "PCI8", "path": ["01.0""#,
      "bridges: PCI9 and PCI8 both have root bus 0 of one segment; list them with a bus of their own each"
    ),
    (
      "gh200-144gb", "gh900",
      "gpus[1].profile: there is no profile 'gh900'; use one of: gh200-120gb, gh200-480gb, gh200-144gb, gb200, "
        + "gb300, blackwell-next; or a file, whose path has a / or ends in .profile"
    ),
    (
      #""pxm-start": 12"#, #""pxm-start": 11"#,
      "gpus[1].options.pxm-start: domain 11 would be the GPU's and is that of gpus[0]; use other domains"
    ),
    (
      #""pxm-start": 4"#, #""pxm-start": 0"#,
      "gpus[0].options.pxm-start: domain 0 would be the GPU's and is that of sockets[0]; use other domains"
    ),
    (
      #""pxm-start": 12"#, #""pxm": 12"#,
      "gpus[1].options: grace-gpu has no option 'pxm'; use those of docs/device.md and docs/firmware.md"
    ),
    (
      #""pxm-start": 12"#, #""hmat": true"#,
      "gpus[1].options.hmat: it is true; write \"on\" in quotation marks"
    ),
    (
      #""pxm-start": 12"#, #""memory-base": "0x400000000000""#,
      "gpus[1].options.memory-base: the GPU's memory, 0x400000000000-0x4023ffffffff, overlaps that of gpus[0], "
        + "0x400000000000-0x4017ffffffff; move one of them"
    ),
    (
      #""pxm-start": 12"#, #""host-node": 1"#,
      "gpus[1].options.host-node: no socket has domain 1; use that of a socket"
    ),
    (
      #""gpus": ["#, #""bridges": [ { "name": "PCI9", "segment": 9, "domain": 3 } ], "gpus": ["#,
      "bridges[0].domain: no socket has domain 3; use that of a socket"
    ),
    (
      #""gpus": ["#,
      #""bridges": [ { "name": "PCI9", "segment": 9, "window": { "base": "3G", "size": "1G" } } ], "gpus": ["#,
      "bridges: the window of PCI9: 0xc0000000-0xffffffff overlaps memory or another window, "
        + "0x80000000-0x17fffffff; move one of them"
    ),
  ]

  @Test("a mistake is told in a sentence with its place, and nothing is written", arguments: mistakes.indices)
  func mistake(index: Int) async throws {
    let (piece, change, sentence) = Self.mistakes[index]
    #expect(Self.sound.components(separatedBy: piece).count == 2, "\(piece)")
    #expect(try await refusal(Self.sound.replacing(piece, with: change)) == "FILE, \(sentence).")
  }

  @Test("what is no JSON, or no object, is told too")
  func noJSON() async throws {
    #expect(
      try await refusal("{\n \"sockets\": [ }")
        == "FILE is not JSON: line 2 is wrong near column 15; correct it.")
    #expect(
      try await refusal("{ \"sockets\": [") == "FILE is not JSON: it ends too early; close what is open.")
    #expect(try await refusal("[]") == "FILE, the whole file: it is an array; write an object in braces.")
    #expect(try await refusal("") == "FILE is empty; name another file.")
    let deep = String(repeating: "[", count: 200_000) + String(repeating: "]", count: 200_000)
    #expect(try await refusal(deep) == "FILE is not JSON: line 1 is wrong near column 514; correct it.")
    #expect(
      try await refusal("{ \"gpus\":\0 1 }")
        == "FILE is not JSON: line 1 is wrong near column 10; correct it.")
  }

  @Test("a file with the line ends and the mark of other systems is the same")
  func otherSystems() async throws {
    #expect(try await refusal("\u{feff}" + Self.sound) == nil)
    #expect(try await refusal(Self.sound.replacing("\n", with: "\r\n")) == nil)
  }

  @Test("the command line's settings win over the file's")
  func settings() async throws {
    let arguments = MachineCase.example("quad-gh200") + ["--option", "numa-nodes=2", "-o", "unused"]
    let machine = try TablesCommand.parse(arguments).machine()
    #expect(machine.topology.gpus.map { $0.gpu.domainCount } == [2, 2, 2, 2])
    #expect(machine.topology.gpus.map(\.firstDomain) == [8, 16, 24, 32])
  }
}
