// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceGuest
import Testing

/// The device in a QEMU that gave up system calls (seccomp, `-sandbox`): no new programs, no other rights, no other
/// priorities. docs/security.md recommends it.
@Suite("QEMU's sandbox")
struct SandboxTests {
  /// All that QEMU 10.0 can deny (system/qemu-seccomp.c).
  private static let strictest = [
    "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
  ]

  @Test(
    "a guest finds all that it should",
    arguments: Representation.allCases, [["-sandbox", "on"], SandboxTests.strictest])
  func boot(representation: Representation, arguments: [String]) async throws {
    var machine = MachineOptions(representation: representation)
    machine.extraArguments = arguments
    let guest = try await GuestLab.guest(machine)
    try guest.expectAllHeld()
    #expect(guest.messages.isEmpty)
  }

  /// Expects that the kernel filters the system calls of all of QEMU's threads (proc_pid_status(5): 2 is a filter).
  private static func expectFilter(of guest: RunningGuest) throws {
    let folder = "/proc/\(guest.processIdentifier)/task"
    let threads = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(!threads.isEmpty)
    for thread in threads {
      let status =
        try #require(FileHandle(forReadingAtPath: "\(folder)/\(thread)/status")).readToEnd() ?? Data()
      #expect(String(decoding: status, as: UTF8.self).contains("\nSeccomp:\t2\n"))
    }
  }

  @Test("a plug-in that is loaded by the first hot-plug, when the filter is on, works")
  func hotPlug() async throws {
    var machine = HotPlugTests.machine("core-hotplug", .bareMetal)
    machine.extraArguments += SandboxTests.strictest
    let device = HotPlugTests.device(for: machine, plugin: try GuestAssets.load().path(.plugin))
    try await LiveGuest.expectPassed(machine) { request, guest in
      switch request.name {
      case "plug":
        try SandboxTests.expectFilter(of: guest)
        try await guest.plug(device)
      case "unplug": try await guest.unplug("gpu0")
      case "gone": try await guest.unplugged("gpu0")
      default: throw UnknownRequest(request)
      }
      return "done"
    }
  }

  @Test("faults and bad memory come and go, and the state can be written to a file, in between")
  func faultsAndState() async throws {
    var machine = LiveGuest.machine("faults")
    machine.extraArguments += SandboxTests.strictest
    try await withFiles([:]) { folder in
      let state = folder + "/state"
      try await LiveGuest.expectPassed(machine) { request, guest in
        if !FileManager.default.fileExists(atPath: state) {
          try SandboxTests.expectFilter(of: guest)
          try await SandboxTests.save(guest, to: state)
        }
        return try await LiveGuest.answer(request, guest)
      }
      let size = try FileManager.default.attributesOfItem(atPath: state)[.size] as? Int
      #expect(try #require(size) > 1 << 20)
      try FileManager.default.removeItem(atPath: state)
    }
  }

  /// Writes the guest's state to a file, and lets it go on.
  private static func save(_ guest: RunningGuest, to file: String) async throws {
    let qmp = try await guest.qmp
    try await qmp.execute("stop")
    try await qmp.execute("migrate", ["uri": .string("file:\(file)")])
    let deadline = ContinuousClock.now + .seconds(100)
    var status: String?
    while status != "completed" {
      try #require(ContinuousClock.now < deadline, "\(status ?? "nothing") is all of a migration in 100 s")
      try await Task.sleep(for: .milliseconds(50))
      status = try await qmp.execute("query-migrate")["status"]?.text
      try #require(status != "failed")
    }
    try await qmp.execute("cont")
  }
}
