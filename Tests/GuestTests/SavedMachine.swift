// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceGuest

/// Machines that are saved to a disk while their guests run: docs/howto.md, "Save a machine and go back".
enum SavedMachine {
  /// What to save or load, and where.
  static let tag: [String: JSONValue] = ["tag": "before", "vmstate": "state", "devices": ["state"]]

  /// Where a disk can be made.
  static var newDisk: String {
    FileManager.default.temporaryDirectory.appending(path: "grace-\(UUID().uuidString).qcow2").path
  }

  /// QEMU's arguments to begin with what was saved.
  static func loading(_ disk: String) -> [String] {
    [
      "-blockdev", "driver=file,node-name=file0,filename=\(disk)",
      "-blockdev", "driver=qcow2,node-name=state,file=file0", "-loadvm", "before",
    ]
  }

  /// Saves the machine, over what was saved before; the disk is made if there is none.
  static func save(_ guest: RunningGuest, to disk: String) async throws {
    let client = try await guest.qmp
    if !FileManager.default.fileExists(atPath: disk) { try await addDisk(disk, to: client) }
    // The name may be taken by the last one.
    try await run("snapshot-delete", ["tag": "before", "devices": ["state"]], on: client)
    try await run("snapshot-save", tag, on: client)
  }

  /// How long QEMU may take to write or read a machine's memory on a busy machine.
  private static let jobLimit = Duration.seconds(100)

  /// Starts a job of QEMU's, and waits for its end.
  static func run(
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
}
