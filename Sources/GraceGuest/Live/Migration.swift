// SPDX-License-Identifier: GPL-2.0-or-later

/// Carries a guest from one running QEMU to another that was started with `-incoming defer`.
struct Migration: Sendable {
  /// How long it may take. It takes a second or two on an idle machine.
  static let timeLimit = Duration.seconds(120)
  /// Bytes each second; QEMU's default of 128 MiB would be the slowest part.
  static let bandwidth = 8 << 30

  let source: RunningGuest
  let destination: RunningGuest
  /// Where the destination is to listen for the guest's state.
  let path: String
  /// Whether the guest stands still meanwhile, so that none of its time passes.
  let isPaused: Bool

  /// Why a guest stayed where it was.
  enum Failure: Error, Hashable, CustomStringConvertible {
    case failed(reason: String)
    case timedOut(limit: Duration, status: String)

    var description: String {
      switch self {
      case .failed(let reason): "The guest could not be moved: \(reason)"
      case .timedOut(let limit, let status):
        "The guest was not moved within \(inSeconds(limit)); the migration is \(status)."
      }
    }
  }

  /// Moves the guest, and returns once it runs at the destination. After an error it runs where it was.
  func run() async throws {
    let to = try await destination.reachMonitor()
    let from = try await source.qmp
    // With a way back the source learns whether its state could be used, and goes on if not.
    let capabilities: [String: JSONValue] = [
      "capabilities": [["capability": "return-path", "state": true]]
    ]
    try await to.execute("migrate-set-capabilities", capabilities)
    try await to.execute("migrate-incoming", ["uri": .string("unix:\(path)")])
    try await from.execute("migrate-set-capabilities", capabilities)
    try await from.execute("migrate-set-parameters", ["max-bandwidth": .integer(Migration.bandwidth)])
    if isPaused { try await from.execute("stop") }
    do {
      try await from.execute("migrate", ["uri": .string("unix:\(path)")])
      try await completion(from)
      try await arrival(to)
    } catch {
      if isPaused { try await from.execute("cont") }
      throw error
    }
  }

  /// Waits until the source has given everything away.
  private func completion(_ from: QMPClient) async throws {
    try await poll("query-migrate", of: from) { answer, status in
      if status == "failed" || status == "cancelled" {
        throw Failure.failed(reason: answer["error-desc"]?.text ?? "QEMU does not say why.")
      }
      return status == "completed"
    }
  }

  /// Waits until the destination runs; a guest that stood still is let go there.
  private func arrival(_ to: QMPClient) async throws {
    try await poll("query-status", of: to) { _, status in status == "running" || status == "paused" }
    if isPaused { try await to.execute("cont") }
  }

  private func poll(
    _ command: String, of client: QMPClient, until isDone: (JSONValue, String) throws -> Bool
  ) async throws {
    let deadline = ContinuousClock.now + Migration.timeLimit
    while true {
      let answer = try await client.execute(command)
      let status = answer["status"]?.text ?? ""
      if try isDone(answer, status) { return }
      guard ContinuousClock.now < deadline else {
        throw Failure.timedOut(limit: Migration.timeLimit, status: status)
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }
}
