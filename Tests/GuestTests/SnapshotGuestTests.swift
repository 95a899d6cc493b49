// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceGuest
import Testing

/// A machine that is saved to a disk while its guest runs, and goes back to that: guest/move-bars.c asks for a move, and gets
/// this in its place. Before it goes back its GPU is broken, or mended, so that there is something to undo.
@Suite("Snapshots of a running machine")
struct SnapshotGuestTests {
  /// How long QEMU may take to write or read a machine's memory on a busy machine.
  private static let jobLimit = Duration.seconds(100)

  /// Starts a job of QEMU's, and waits for its end.
  private static func run(
    _ command: String, _ arguments: [String: JSONValue], on client: QMPClient
  ) async throws {
    let name = JSONValue.string("job")
    try await client.execute(command, arguments.merging(["job-id": name]) { $1 })
    let deadline = ContinuousClock.now + jobLimit
    while true {
      guard case .array(let jobs) = try await client.execute("query-jobs"),
        let job = jobs.first(where: { $0["id"] == name })
      else { throw QMPError.malformed(line: "the answer to query-jobs") }
      if job["status"] == "concluded" {
        try await client.execute("job-dismiss", ["id": name])
        if let reason = job["error"]?.text { throw QMPError.refused(command: command, reason: reason) }
        return
      }
      guard ContinuousClock.now < deadline else {
        throw QMPError.timedOut(during: command, limit: jobLimit)
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// Makes a disk for saved machines, and gives it to QEMU alone: docs/howto.md, "Save a machine and go back".
  private static func addDisk(_ path: String, to client: QMPClient) async throws {
    let path = JSONValue.string(path)
    try await run(
      "blockdev-create", ["options": ["driver": "file", "filename": path, "size": 0]], on: client)
    try await client.execute(
      "blockdev-add", ["driver": "file", "node-name": "file0", "filename": path])
    try await run(
      "blockdev-create", ["options": ["driver": "qcow2", "file": "file0", "size": 1_048_576]], on: client)
    try await client.execute("blockdev-add", ["driver": "qcow2", "node-name": "state", "file": "file0"])
  }

  private static func saveAndGoBack(_ guest: RunningGuest, disk: String) async throws {
    let client = try await guest.qmp
    if !FileManager.default.fileExists(atPath: disk) { try await addDisk(disk, to: client) }
    let tag: [String: JSONValue] = ["tag": "before", "vmstate": "state", "devices": ["state"]]
    // The name may be taken by the last one.
    try await run("snapshot-delete", ["tag": "before", "devices": ["state"]], on: client)
    try await run("snapshot-save", tag, on: client)
    let fault = try await client.execute(
      "qom-get", ["path": "/machine/peripheral/gpu0", "property": "fault"])
    try await guest.set("fault", to: fault == "removed" ? "none" : "removed")
    try await run("snapshot-load", tag, on: client)
  }

  @Test("a machine that goes back has its GPU as it was, whole or broken", arguments: MachineKind.allCases)
  func goesBack(kind: MachineKind) async throws {
    let disk = FileManager.default.temporaryDirectory.appending(path: "grace-\(UUID().uuidString).qcow2").path
    defer { try? FileManager.default.removeItem(atPath: disk) }
    var machine = MachineOptions(representation: .vm, memorySize: 1536 << 20)
    machine.machine = kind
    machine.cpuCount = 1
    machine.kernelWords = ["grace.tests=move-bars"]
    let guest = try await GuestLab.guest(machine) { request, guest in
      guard request.name == "move" else { return try await LiveGuest.answer(request, guest) }
      try await SnapshotGuestTests.saveAndGoBack(guest, disk: disk)
      return "done"
    }
    let document = try guest.program("move-bars")
    #expect(document.isComplete, "\(document.problems)")
    #expect(document.cases.count == 6)
    for result in document.cases where result.result != .passed {
      Issue.record("\(result.name): \(result.diagnostics)")
    }
  }
}
