// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceGuest
import Testing

/// A guest that moves to another QEMU while it uses the GPU: the cases themselves are in guest/move-*.c. The instruction
/// counter is left out, so that guest and migration run at the same time.
@Suite("Migration")
struct MigrationTests {
  private static let program = "move-check"
  static let move = "the host moves the machine while all is used"
  static let movesUnready = "a GPU that moves before it is ready is ready at its time"

  /// A machine whose GPU needs so long after a reset that the guest can move meanwhile. It has more RAM than coherent
  /// memory, as a guest must that moves under TCG: docs/howto.md, "Migrate a guest".
  static let machine = {
    var machine = MachineOptions(representation: .bareMetal, memorySize: 1536 << 20)
    machine.cpuCount = 1
    machine.deviceProperties = ["c2c-ready-ms": "2000", "hbm-ready-ms": "3000"]
    machine.kernelWords = ["grace.tests=\(program)", "grace.ready-ms=3000"]
    return machine
  }()

  static func cases(of machine: MachineOptions = machine, movingTo destination: MachineOptions) async throws
    -> [KTAPCase]
  {
    let guest = try await GuestLab.guest(machine, movingTo: destination, answering: LiveGuest.answer)
    let document = try guest.program(program)
    #expect(document.isComplete, "\(document.problems)")
    #expect(document.cases.count == 17)
    return document.cases
  }

  @Test("a guest that moves twice has its GPU as it was, and it goes on to work")
  func moves() async throws {
    for result in try await MigrationTests.cases(movingTo: MigrationTests.machine)
    where result.result != .passed {
      Issue.record("\(result.name): \(result.diagnostics)")
    }
  }

  /// Expects that a QEMU with other properties refuses the guest twice with that sentence, and that all else passes.
  private func expectRefusal(by properties: [String: String], saying sentence: String) async throws {
    var destination = MigrationTests.machine
    destination.deviceProperties.merge(properties) { $1 }
    let cases = try await MigrationTests.cases(movingTo: destination)
    let failed = cases.filter { $0.result != .passed }
    #expect(failed.map(\.name) == [MigrationTests.move, MigrationTests.movesUnready], "\(failed)")
    for result in failed {
      #expect(result.diagnostics.contains { $0.contains(sentence) }, "\(result.diagnostics)")
    }
  }

  @Test("a GPU with another register refuses the guest, which goes on where it is")
  func otherRegister() async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "grace-\(UUID().uuidString).profile")
      .path
    try "base = gh200-480gb\nname = other\nregister = 0x00000004 1\n"
      .write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await expectRefusal(
      by: ["profile-file": path],
      saying: "the saved state is of a device with another profile, representation or memory-size")
  }

  @Test(
    "QEMU itself refuses a guest whose GPU has another configuration space or memory size",
    arguments: [
      ("profile", "gh200-120gb", "Bad config data: i=0x2 "), ("memory-size", "2304M", "Size mismatch: "),
    ])
  func otherDevice(property: String, value: String, sentence: String) async throws {
    try await expectRefusal(by: [property: value], saying: sentence)
  }
}
