// SPDX-License-Identifier: GPL-2.0-or-later

import Glibc

/// State of a machine in a file: it goes out while the machine runs, and comes back at the start of another QEMU.
extension QTestMachine {
  /// Bytes each second that take no time to speak of.
  public static let fullSpeed = 8 << 30

  /// Starts to write the machine's state to a file, with at most so many bytes each second.
  public func startSaving(to path: String, bytesPerSecond: Int = QTestMachine.fullSpeed) throws(QMPError) {
    try execute("migrate-set-parameters", ["max-bandwidth": .integer(bytesPerSecond)])
    try execute("migrate", ["uri": .string("file:\(path)")])
  }

  /// Waits until so many pages that were not all zeros have been written.
  public func waitForPages(_ count: Int) throws(QMPError) {
    try poll("query-migrate", "\(count) pages") { ($0["ram"]?["normal"]?.integer ?? 0) >= count }
  }

  /// Writes the rest of the state as fast as can be; the machine stands still then.
  public func finishSaving() throws(QMPError) {
    try execute("migrate-set-parameters", ["max-bandwidth": .integer(QTestMachine.fullSpeed)])
    try poll("query-migrate", "the end of a migration") { $0["status"] == "completed" }
  }

  /// Waits until the state that QEMU was started with, by `-incoming`, is there.
  public func waitForState() throws(QMPError) {
    try poll("query-status", "a machine's state") { $0["status"] == "running" }
  }

  private func poll(_ command: String, _ what: String, until isDone: (JSONValue) -> Bool) throws(QMPError) {
    let deadline = ContinuousClock.now + Migration.timeLimit
    while !isDone(try execute(command)) {
      guard ContinuousClock.now < deadline else {
        throw .timedOut(during: "the wait for \(what)", limit: Migration.timeLimit)
      }
      usleep(10_000)
    }
  }
}
