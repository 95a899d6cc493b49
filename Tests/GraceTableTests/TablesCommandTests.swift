// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import Foundation
import Testing

@testable import gracectl

@Suite("gracectl tables")
struct TablesCommandTests {
  /// What the command says when it refuses, and whether it left anything behind.
  private func refusal(_ arguments: [String]) async throws -> String {
    var message = "nothing was refused"
    try await inFolder { folder in
      do {
        _ = try TablesCommand.parse(arguments + ["-o", folder + "/a/b"]).write()
      } catch {
        message = GraceControl.message(for: error)
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left.isEmpty)
    }
    return message
  }

  @Test(
    "what cannot be is refused in a sentence, and nothing is written",
    arguments: [
      ("", "Say which machine: --topology, or --profile and --gpus."),
      (
        "--gpus 1 --topology x",
        "--topology describes the whole machine; leave out --profile and --gpus, or --topology."
      ),
      ("--gpus 0", "gpus: there are 0 of them; use 1 to 64."),
      ("--gpus 65", "gpus: there are 65 of them; use 1 to 64."),
      (
        "--gpus 64 --option numa-nodes=64",
        "gpus: the machine would have 1032 proximity domains and 1024 are possible; use fewer GPUs, a smaller "
          + "numa-nodes= or a lower pxm-start=."
      ),
      (
        "--profile gh300",
        "There is no profile 'gh300'; use one of: gh200-120gb, gh200-480gb, gh200-144gb, gb200, gb300, "
          + "blackwell-next; or a file, whose path has a / or ends in .profile."
      ),
      (
        "--profile ./none.profile",
        "'./none.profile' cannot be read: there is no such file or folder; name another."
      ),
      ("--gpus 1 --option foo", "'foo' is no setting; write --option NAME=VALUE."),
      (
        "--gpus 1 --option foo=1",
        "gpus[0]: grace-gpu has no option 'foo'; use those of docs/device.md and docs/firmware.md."
      ),
      (
        "--gpus 1 --representation host", "gpus[0]: there is no representation 'host'; use vm or bare-metal."
      ),
      (
        "--gpus 2 --option pxm-start=9",
        "gpus[1].options.pxm-start: domain 9 would be the GPU's and is that of gpus[0]; use other domains."
      ),
      (
        "--gpus 2 --option memory-base=4G",
        "gpus[0].options.memory-base: the GPU's memory, 0x100000000-0x18ffffffff, overlaps RAM of sockets[0], "
          + "0x80000000-0x787fffffff; move one of them."
      ),
      (
        "--gpus 1 --quirk gi-none",
        "There is no quirk 'gi-none'; use one of: gi-handle-swapped, gi-handle-doubled, gi-shuffled, gi-missing, "
          + "gi-disabled, gi-one-too-few, dsd-missing, dsd-size-zero, dsd-base-unaligned, slit-asymmetric, "
          + "slit-too-small, slit-zero, hmat-unknown-domain, memory-overlaps-ram."
      ),
    ])
  func refusals(arguments: String, message: String) async throws {
    #expect(try await refusal(arguments.split(separator: " ").map(String.init)) == message)
  }

  @Test("a second run replaces the tables of the first, and takes away those that are no more")
  func again() async throws {
    try await inFolder { folder in
      _ = try TablesCommand.parse(["--gpus", "2", "-o", folder]).write()
      let first = try bytes(folder + "/srat.dat")
      _ = try TablesCommand.parse(["--gpus", "1", "--option", "hmat=off", "-o", folder]).write()
      let second = try bytes(folder + "/srat.dat")
      #expect(second != first)
      let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(files == ["dsdt.dat", "slit.dat", "srat.dat", "ssdt.dat"])
    }
  }

  @Test("a folder with another table, and a file in place of a folder, are refused")
  func otherTables() async throws {
    try await inFolder { folder in
      try "x".write(toFile: folder + "/facp.dat", atomically: true, encoding: .utf8)
      #expect(throws: InputError.otherTables(folder: folder, file: "facp.dat")) {
        try TablesCommand.parse(["--gpus", "1", "-o", folder]).write()
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left == ["facp.dat"])
      let file = folder + "/facp.dat"
      #expect(throws: InputError.unwritable(path: file, reason: "it is a file, not a folder")) {
        try TablesCommand.parse(["--gpus", "1", "-o", file]).write()
      }
    }
  }

  @Test("the same machine has the same bytes each time")
  func deterministic() async throws {
    try await withTables(["--gpus", "8"]) { one in
      try await withTables(["--gpus", "8"]) { other in
        for name in ["dsdt", "ssdt", "srat", "slit", "hmat"] {
          let (first, second) = (try bytes("\(one)/\(name).dat"), try bytes("\(other)/\(name).dat"))
          #expect(first == second)
        }
      }
    }
  }

  @Test("what is printed names each GPU, its domains and its memory")
  func summary() async throws {
    try await inFolder { folder in
      let text = try TablesCommand.parse(["--gpus", "2", "--option", "hmat=off", "-o", folder]).write()
      #expect(
        text.hasPrefix(
          """
          address       bridge  socket    domains  coherent memory
          0009:01:00.0  PCI9    domain 0  6-13     96 GiB at 0x400000000000
          0019:01:00.0  PC19    domain 1  14-21    96 GiB at 0x500000000000
          \(folder)/dsdt.dat: 
          """))
    }
  }

  @Test(
    "sizes have binary units, and are whole bytes",
    arguments: [
      ("480G", 515_396_075_520), ("2.25g", 2_415_919_104), ("96GiB", 103_079_215_104),
      ("1.5T", 1_649_267_441_664),
      ("0x80000000", 2_147_483_648), ("4096", 4096), ("1K", 1024), ("0", 0), ("", nil), ("G", nil),
      ("1.5", nil),
      ("0.3K", nil), ("-1", nil), ("1X", nil), ("0x", nil), ("1.2.3G", nil), ("18446744073709551616", nil),
      ("16777216T", nil),
    ] as [(String, UInt64?)])
  func sizes(text: String, bytes: UInt64?) {
    #expect(ByteSize.bytes(text) == bytes)
  }
}
