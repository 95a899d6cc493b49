// SPDX-License-Identifier: GPL-2.0-or-later

/// A conversation in the remote serial protocol of GDB (its manual, appendix E). Its calls block.
struct DebugConnection: ~Copyable {
  /// How long an answer may take.
  private static let timeLimit = Duration.seconds(30)

  private var socket: LineSocket

  init(to path: String) throws(DebugStubError) {
    do throws(QMPError) {
      socket = try LineSocket.connect(to: path)
    } catch {
      throw .unreachable(reason: error.description)
    }
  }

  /// Has the stub do something and returns its answer.
  mutating func ask(_ command: String) throws(DebugStubError) -> [UInt8] {
    let deadline = ContinuousClock.now + DebugConnection.timeLimit
    let sum = command.utf8.reduce(UInt8(0)) { $0 &+ $1 }
    let packet = Array("$\(command)#\(hex(UInt64(sum), digits: 2))".utf8)
    guard case .done = socket.write(bytes: packet, until: deadline) else { throw .noAnswer(command: command) }
    var answer: [UInt8] = []
    // Acknowledgements may come before a packet.
    guard case .done = socket.readBytes(through: UInt8(ascii: "$"), until: deadline),
      case .done(let body) = socket.readBytes(through: UInt8(ascii: "#"), until: deadline),
      case .done = socket.readBytes(count: 2, until: deadline)
    else { throw .noAnswer(command: command) }
    var escaped = false
    for byte in body.dropLast() {
      if escaped {
        answer.append(byte ^ 0x20)
        escaped = false
      } else if byte == UInt8(ascii: "}") {
        escaped = true
      } else {
        answer.append(byte)
      }
    }
    guard case .done = socket.write(bytes: [UInt8(ascii: "+")], until: deadline) else {
      throw .noAnswer(command: command)
    }
    return answer
  }

  mutating func expectOK(_ command: String) throws(DebugStubError) {
    let answer = String(decoding: try ask(command), as: UTF8.self)
    guard answer == "OK" else { throw .refused(command: command, answer: answer) }
  }

  /// A number of eight bytes, least significant first.
  mutating func number(_ command: String) throws(DebugStubError) -> UInt64 {
    let answer = String(decoding: try ask(command), as: UTF8.self)
    guard let bytes = bytes(fromHex: answer), bytes.count == 8 else {
      throw .refused(command: command, answer: answer)
    }
    return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The names of the CPUs.
  mutating func threads() throws(DebugStubError) -> [String] {
    var threads: [String] = []
    var command = "qfThreadInfo"
    while true {
      let answer = String(decoding: try ask(command), as: UTF8.self)
      if answer == "l" { return threads }
      guard answer.hasPrefix("m") else { throw .refused(command: command, answer: answer) }
      threads += answer.dropFirst().split(separator: ",").map(String.init)
      command = "qsThreadInfo"
    }
  }

  /// A part of the target's description.
  mutating func document(_ name: String) throws(DebugStubError) -> String {
    // The stub makes the description once it is asked what it can do.
    _ = try ask("qSupported:xmlRegisters=aarch64")
    _ = try ask("qXfer:features:read:target.xml:0,ffb")
    var bytes: [UInt8] = []
    while true {
      let command = "qXfer:features:read:\(name):\(hex(UInt64(bytes.count))),ffb"
      let answer = try ask(command)
      bytes += answer.dropFirst()
      switch answer.first {
      case UInt8(ascii: "l"): return String(decoding: bytes, as: UTF8.self)
      case UInt8(ascii: "m"): continue
      default: throw .refused(command: command, answer: String(decoding: answer, as: UTF8.self))
      }
    }
  }

  /// Lets the machine go on.
  mutating func detach() throws(DebugStubError) {
    try expectOK("D")
  }
}
