// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceGuest
import Testing

/// A machine that is saved to a disk while its guest runs, and goes back to that: guest/move-bars.c asks for a move, and gets
/// this in its place. Before it goes back its GPU is broken, or mended, so that there is something to undo.
@Suite("Snapshots of a running machine")
struct SnapshotGuestTests {
  private static func saveAndGoBack(_ guest: RunningGuest, disk: String) async throws {
    let client = try await guest.qmp
    try await SavedMachine.save(guest, to: disk)
    let fault = try await client.execute(
      "qom-get", ["path": "/machine/peripheral/gpu0", "property": "fault"])
    try await guest.set("fault", to: fault == "removed" ? "none" : "removed")
    try await SavedMachine.run("snapshot-load", SavedMachine.tag, on: client)
  }

  @Test("a machine that goes back has its GPU as it was, whole or broken", arguments: MachineKind.allCases)
  func goesBack(kind: MachineKind) async throws {
    let disk = SavedMachine.newDisk
    defer { try? FileManager.default.removeItem(atPath: disk) }
    let machine = BarMigrationTests.machine(kind)
    let guest = try await GuestLab.guest(machine) { request, guest in
      guard request.name == "move" else { return try await LiveGuest.answer(request, guest) }
      try await SnapshotGuestTests.saveAndGoBack(guest, disk: disk)
      return "done"
    }
    try BarMigrationTests.expectPassed(guest)
  }

  @Test(
    "another QEMU that loads a saved machine has its GPU as it was, whatever the guest wrote since",
    arguments: MachineKind.allCases)
  func goesOnElsewhere(kind: MachineKind) async throws {
    let disk = SavedMachine.newDisk
    defer { try? FileManager.default.removeItem(atPath: disk) }
    let machine = BarMigrationTests.machine(kind)
    let guest = try await GuestLab.guest(machine, goingBackBy: SavedMachine.loading(disk)) { request, guest in
      guard request.name == "move" else { return try await LiveGuest.answer(request, guest) }
      try await SavedMachine.save(guest, to: disk)
      return "done overwrite"
    }
    try BarMigrationTests.expectPassed(guest)
    // It moved four times, and each time asked to go back from what it had overwritten.
    #expect(guest.console.count { $0.text.contains("# host: back") } == 4)
  }
}
