// SPDX-License-Identifier: GPL-2.0-or-later

import Glibc

/// A connection to a local stream socket on which both sides write lines. Its calls block, until a deadline.
struct LineSocket: ~Copyable {
  /// Bytes of a path in `struct sockaddr_un` (unix(7)), without the zero that ends it.
  static let longestPath = 107

  private let file: Int32
  private var received: [UInt8] = []

  private init(file: Int32) { self.file = file }

  /// Connects to the socket at a path.
  static func connect(to path: String) throws(QMPError) -> LineSocket {
    let bytes = Array(path.utf8)
    guard bytes.count <= LineSocket.longestPath else {
      throw .pathTooLong(path: path, limit: LineSocket.longestPath)
    }
    let file = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard file >= 0 else { throw .cannotConnect(path: path, reason: LineSocket.reason(errno)) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(file, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard status == 0 else {
      let reason = LineSocket.reason(errno)
      close(file)
      throw .cannotConnect(path: path, reason: reason)
    }
    return LineSocket(file: file)
  }

  deinit { close(file) }

  /// What became of an operation that waits.
  enum Outcome<Value> {
    case done(Value)
    case closed
    case timedOut
  }

  /// Writes a line.
  func write(_ line: [UInt8], until deadline: ContinuousClock.Instant) -> Outcome<Void> {
    write(bytes: line + [UInt8(ascii: "\n")], until: deadline)
  }

  /// Writes bytes.
  func write(bytes: [UInt8], until deadline: ContinuousClock.Instant) -> Outcome<Void> {
    var rest = bytes[...]
    while !rest.isEmpty {
      guard wait(for: POLLOUT, until: deadline) else { return .timedOut }
      // Without the flags it would block for as long as the other side does not read, or raise SIGPIPE.
      let count = rest.withUnsafeBytes {
        send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
      }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR, errno != EAGAIN {
        return .closed
      }
    }
    return .done(())
  }

  /// The next line, without its end.
  mutating func readLine(until deadline: ContinuousClock.Instant) -> Outcome<[UInt8]> {
    switch readBytes(through: UInt8(ascii: "\n"), until: deadline) {
    case .done(let bytes): .done(bytes.dropLast().filter { $0 != UInt8(ascii: "\r") })
    case .closed: .closed
    case .timedOut: .timedOut
    }
  }

  /// All bytes up to one of that value, and that one.
  mutating func readBytes(through last: UInt8, until deadline: ContinuousClock.Instant) -> Outcome<[UInt8]> {
    read(until: deadline) { received in received.firstIndex(of: last).map { $0 + 1 } }
  }

  /// As many bytes.
  mutating func readBytes(count: Int, until deadline: ContinuousClock.Instant) -> Outcome<[UInt8]> {
    read(until: deadline) { received in received.count >= count ? count : nil }
  }

  /// The first bytes, once there are as many as `length` says.
  private mutating func read(
    until deadline: ContinuousClock.Instant, length: ([UInt8]) -> Int?
  ) -> Outcome<[UInt8]> {
    while true {
      if let count = length(received) {
        let bytes = Array(received.prefix(count))
        received.removeFirst(count)
        return .done(bytes)
      }
      guard wait(for: POLLIN, until: deadline) else { return .timedOut }
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = buffer.withUnsafeMutableBytes { recv(file, $0.baseAddress, $0.count, 0) }
      if count > 0 {
        received += buffer.prefix(count)
      } else if count == 0 || errno != EINTR {
        return .closed
      }
    }
  }

  /// Whether the socket became ready in time; also if only an error can be read from it.
  private func wait(for events: Int32, until deadline: ContinuousClock.Instant) -> Bool {
    while true {
      let left = ContinuousClock.now.duration(to: deadline)
      let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
      var descriptor = pollfd(fd: file, events: Int16(events), revents: 0)
      // One more, as the division rounds down.
      let count = poll(&descriptor, 1, Int32(max(0, min(milliseconds + 1, 60_000))))
      if count > 0 { return true }
      if left <= .zero { return false }
    }
  }

  private static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }
}
