// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// A guest that moves with a GPU whose memory is in BARs, whole and with faults: the cases are in guest/move-bars.c.
@Suite("Migration of BARs")
struct BarMigrationTests {
  private static let program = "move-bars"

  static func machine(_ kind: MachineKind) -> MachineOptions {
    var machine = MachineOptions(representation: .vm, memorySize: 1536 << 20)
    machine.machine = kind
    machine.cpuCount = 1
    machine.kernelWords = ["grace.tests=\(program)"]
    return machine
  }

  private func expectPassed(_ machine: MachineOptions, movingTo destination: MachineOptions) async throws {
    try BarMigrationTests.expectPassed(
      try await GuestLab.guest(machine, movingTo: destination, answering: LiveGuest.answer))
  }

  static func expectPassed(_ guest: GuestRun) throws {
    let document = try guest.program(program)
    #expect(document.isComplete, "\(document.problems)")
    #expect(document.cases.count == 6)
    for result in document.cases where result.result != .passed {
      Issue.record("\(result.name): \(result.diagnostics)")
    }
  }

  @Test("a guest of each machine has its GPU as it was, whole or broken", arguments: MachineKind.allCases)
  func moves(kind: MachineKind) async throws {
    let machine = BarMigrationTests.machine(kind)
    try await expectPassed(machine, movingTo: machine)
  }

  @Test("the state that comes counts, and not the fault of the QEMU to which it comes")
  func destinationWithFault() async throws {
    let machine = BarMigrationTests.machine(.virt)
    var destination = machine
    destination.deviceProperties["fault"] = "removed"
    try await expectPassed(machine, movingTo: destination)
  }
}
