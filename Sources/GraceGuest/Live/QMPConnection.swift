// SPDX-License-Identifier: GPL-2.0-or-later

import FoundationEssentials

/// Something that QEMU tells without being asked.
public struct QMPEvent: Hashable, Sendable {
  /// What happened, such as `DEVICE_DELETED`.
  public let name: String
  /// What more is to be said of it; an empty object if nothing.
  public let data: JSONValue
}

/// A conversation in QEMU's machine protocol (docs/interop/qmp-spec.rst of QEMU). Its calls block.
struct QMPConnection: ~Copyable {
  /// Events that nobody awaited are kept up to this number, and the oldest then dropped.
  static let keptEvents = 1000

  private var socket: LineSocket
  private var events: [QMPEvent] = []
  private var lastIdentifier = 0

  private init(socket: consuming LineSocket) { self.socket = socket }

  /// Connects, takes the greeting and ends the negotiation of capabilities, of which none is needed.
  static func connect(to path: String, timeLimit: Duration) throws(QMPError) -> QMPConnection {
    var connection = QMPConnection(socket: try LineSocket.connect(to: path))
    let greeting = try connection.nextMessage(
      during: "its greeting", limit: timeLimit, until: .now + timeLimit)
    guard greeting["QMP"] != nil else { throw .malformed(line: "\(greeting)") }
    _ = try connection.execute("qmp_capabilities", [:], timeLimit: timeLimit)
    return connection
  }

  /// Has QEMU carry out a command, and returns what that gave.
  mutating func execute(
    _ command: String, _ arguments: [String: JSONValue], timeLimit: Duration
  ) throws(QMPError) -> JSONValue {
    let deadline = ContinuousClock.now + timeLimit
    lastIdentifier += 1
    var message: [String: JSONValue] = ["execute": .string(command), "id": .integer(lastIdentifier)]
    if !arguments.isEmpty { message["arguments"] = .object(arguments) }
    guard let line = try? JSONEncoder().encode(JSONValue.object(message)) else {
      throw .refused(command: command, reason: "its arguments are no JSON.")
    }
    switch socket.write(Array(line), until: deadline) {
    case .done: break
    case .closed: throw .closed(during: command)
    case .timedOut: throw .timedOut(during: command, limit: timeLimit)
    }
    while true {
      let answer = try nextMessage(during: command, limit: timeLimit, until: deadline)
      // An answer that came too late belongs to a command that was given up.
      guard answer["id"] == .integer(lastIdentifier) else { continue }
      if let error = answer["error"] {
        throw .refused(command: command, reason: error["desc"]?.text ?? "it did not say why.")
      }
      if let value = answer["return"] { return value }
      throw .malformed(line: "\(answer)")
    }
  }

  /// Waits for an event, unless it has come already, and forgets it.
  mutating func event(
    _ name: String, timeLimit: Duration, where isWanted: (JSONValue) -> Bool
  ) throws(QMPError) -> JSONValue {
    let deadline = ContinuousClock.now + timeLimit
    while true {
      if let index = events.firstIndex(where: { $0.name == name && isWanted($0.data) }) {
        return events.remove(at: index).data
      }
      let message = try receive(during: "the wait for \(name)", limit: timeLimit, until: deadline)
      keepIfEvent(message)
    }
  }

  /// The next message that is no event.
  private mutating func nextMessage(
    during operation: String, limit: Duration, until deadline: ContinuousClock.Instant
  ) throws(QMPError) -> JSONValue {
    while true {
      let message = try receive(during: operation, limit: limit, until: deadline)
      if !keepIfEvent(message) { return message }
    }
  }

  @discardableResult
  private mutating func keepIfEvent(_ message: JSONValue) -> Bool {
    guard let name = message["event"]?.text else { return false }
    events.append(QMPEvent(name: name, data: message["data"] ?? .object([:])))
    if events.count > QMPConnection.keptEvents { events.removeFirst() }
    return true
  }

  private mutating func receive(
    during operation: String, limit: Duration, until deadline: ContinuousClock.Instant
  ) throws(QMPError) -> JSONValue {
    switch socket.readLine(until: deadline) {
    case .closed: throw .closed(during: operation)
    case .timedOut: throw .timedOut(during: operation, limit: limit)
    case .done(let line):
      guard let message = try? JSONDecoder().decode(JSONValue.self, from: Data(line)),
        case .object = message
      else { throw .malformed(line: String(decoding: line, as: UTF8.self)) }
      return message
    }
  }
}
