// SPDX-License-Identifier: GPL-2.0-or-later

/// A conversation in QEMU's test protocol (system/qtest.c of QEMU): accesses to guest physical addresses without a guest.
/// Its calls block.
struct QTestConnection: ~Copyable {
  private var socket: LineSocket
  private let timeLimit: Duration

  /// Connects to the socket of `-qtest unix:PATH,server=on,wait=off`.
  static func connect(to path: String, timeLimit: Duration) throws(QMPError) -> QTestConnection {
    QTestConnection(socket: try LineSocket.connect(to: path), timeLimit: timeLimit)
  }

  private init(socket: consuming LineSocket, timeLimit: Duration) {
    self.socket = socket
    self.timeLimit = timeLimit
  }

  /// Reads 1, 2, 4 or 8 bytes, the first of them lowest in the result.
  mutating func read(at address: UInt64, size: Int) throws(QMPError) -> UInt64 {
    let command = "read\(QTestConnection.letter(size)) 0x\(hex(address))"
    let answer = try execute(command)
    guard let value = UInt64(parsingPrefixed: answer) else { throw .malformed(line: "\(command): \(answer)") }
    return value
  }

  /// Writes the lowest 1, 2, 4 or 8 bytes of `value`.
  mutating func write(_ value: UInt64, at address: UInt64, size: Int) throws(QMPError) {
    let kept = size < 8 ? value & (1 << UInt64(size * 8) - 1) : value
    _ = try execute("write\(QTestConnection.letter(size)) 0x\(hex(address)) 0x\(hex(kept))")
  }

  /// Reads `count` bytes, in accesses of whatever size QEMU takes.
  mutating func bytes(at address: UInt64, count: Int) throws(QMPError) -> [UInt8] {
    let command = "read 0x\(hex(address)) \(count)"
    let answer = try execute(command)
    guard answer.hasPrefix("0x"), let bytes = GraceGuest.bytes(fromHex: String(answer.dropFirst(2))),
      bytes.count == count
    else { throw .malformed(line: "\(command): \(answer)") }
    return bytes
  }

  /// Lets so much of the guest's time pass, with what is due in it.
  mutating func step(nanoseconds: UInt64) throws(QMPError) {
    _ = try execute("clock_step \(nanoseconds)")
  }

  /// Has QEMU carry out a command, and returns what that gave.
  private mutating func execute(_ command: String) throws(QMPError) -> String {
    let deadline = ContinuousClock.now + timeLimit
    switch socket.write(Array(command.utf8), until: deadline) {
    case .done: break
    case .closed: throw .closed(during: command)
    case .timedOut: throw .timedOut(during: command, limit: timeLimit)
    }
    switch socket.readLine(until: deadline) {
    case .closed: throw .closed(during: command)
    case .timedOut: throw .timedOut(during: command, limit: timeLimit)
    case .done(let bytes):
      let line = String(decoding: bytes, as: UTF8.self)
      guard line == "OK" || line.hasPrefix("OK ") else { throw .refused(command: command, reason: line) }
      return String(line.dropFirst(3))
    }
  }

  private static func letter(_ size: Int) -> String {
    switch size {
    case 1: "b"
    case 2: "w"
    case 4: "l"
    default: "q"
    }
  }
}
