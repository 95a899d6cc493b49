// SPDX-License-Identifier: GPL-2.0-or-later

import Dispatch
import Synchronization

/// Gives commands to a running QEMU, one after the other, through its machine protocol.
public final class QMPClient: Sendable {
  /// How long an answer may take unless said otherwise. It takes milliseconds on an idle machine.
  public static let defaultTimeLimit = Duration.seconds(30)

  private let connection: Mutex<QMPConnection>
  /// The connection's calls block; a thread of Swift's pool must not.
  private let queue = DispatchQueue(label: "QMPClient")

  private init(_ connection: consuming QMPConnection) {
    self.connection = Mutex(connection)
  }

  /// Connects to the socket of `-qmp unix:PATH,server=on,wait=off`.
  public static func connect(
    to path: String, timeLimit: Duration = defaultTimeLimit
  ) async throws(QMPError) -> QMPClient {
    try await QMPClient.blocking(on: DispatchQueue(label: "QMPClient.connect")) { () throws(QMPError) in
      QMPClient(try QMPConnection.connect(to: path, timeLimit: timeLimit))
    }
  }

  /// Has QEMU carry out a command, and returns what that gave. Events that come meanwhile are kept.
  @discardableResult
  public func execute(
    _ command: String, _ arguments: [String: JSONValue] = [:], timeLimit: Duration = defaultTimeLimit
  ) async throws(QMPError) -> JSONValue {
    try await QMPClient.blocking(on: queue) { [self] () throws(QMPError) in
      try connection.withLock { (connection) throws(QMPError) in
        try connection.execute(command, arguments, timeLimit: timeLimit)
      }
    }
  }

  /// Waits for an event whose data are those wanted, unless it has come already. The same event is given once.
  @discardableResult
  public func event(
    _ name: String, timeLimit: Duration = defaultTimeLimit,
    where isWanted: @escaping @Sendable (JSONValue) -> Bool = { _ in true }
  ) async throws(QMPError) -> JSONValue {
    try await QMPClient.blocking(on: queue) { [self] () throws(QMPError) in
      try connection.withLock { (connection) throws(QMPError) in
        try connection.event(name, timeLimit: timeLimit, where: isWanted)
      }
    }
  }

  /// Has QEMU carry out a command of its monitor for people, for what the machine protocol lacks, and returns the text.
  ///
  /// Those commands have no other way to fail than a text that begins with `Error: `.
  @discardableResult
  public func monitor(
    _ line: String, timeLimit: Duration = defaultTimeLimit
  ) async throws(QMPError) -> String {
    let answer = try await execute(
      "human-monitor-command", ["command-line": .string(line)], timeLimit: timeLimit)
    guard let text = answer.text else { throw .malformed(line: "\(answer)") }
    if text.hasPrefix("Error: ") {
      throw .refused(command: line, reason: text.dropFirst(7).filter { !$0.isNewline })
    }
    return text
  }

  private static func blocking<Value: Sendable>(
    on queue: DispatchQueue, _ work: @escaping @Sendable () throws(QMPError) -> Value
  ) async throws(QMPError) -> Value {
    let result: Result<Value, QMPError> = await withCheckedContinuation { continuation in
      queue.async {
        let result: Result<Value, QMPError>
        do throws(QMPError) { result = .success(try work()) } catch { result = .failure(error) }
        continuation.resume(returning: result)
      }
    }
    return try result.get()
  }
}
