// SPDX-License-Identifier: GPL-2.0-or-later

/// Bytes that a fuzzer made up, read from the front. Past the end all is 0; numbers are little-endian.
struct Input {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: some Sequence<UInt8>) { rest = ArraySlice(Array(bytes)) }

  /// What libFuzzer hands over.
  init(_ data: UnsafePointer<UInt8>, _ size: Int) { self.init(UnsafeBufferPointer(start: data, count: size)) }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

  /// A number of so many bytes.
  mutating func number(_ byteCount: Int) -> UInt64 {
    (0..<byteCount).reduce(0) { $0 | UInt64(byte()) << UInt64(8 * $1) }
  }

  mutating func word() -> UInt16 { UInt16(truncatingIfNeeded: number(2)) }
  mutating func dword() -> UInt32 { UInt32(truncatingIfNeeded: number(4)) }
  mutating func qword() -> UInt64 { number(8) }

  /// One of a list.
  mutating func element<Element>(of list: [Element]) -> Element { list[Int(byte()) % list.count] }

  /// The next bytes, as many as there are.
  mutating func bytes(_ count: Int) -> [UInt8] {
    let taken = Array(rest.prefix(count))
    rest = rest.dropFirst(count)
    return taken
  }

  /// Everything that is left.
  mutating func all() -> [UInt8] { bytes(rest.count) }

  /// Everything that is left as text; what is no UTF-8 becomes replacement characters, as where files are read.
  mutating func text() -> String { String(decoding: all(), as: UTF8.self) }

  /// The pieces between marks.
  mutating func pieces(at mark: UInt8) -> [[UInt8]] {
    all().split(separator: mark, omittingEmptySubsequences: false).map(Array.init)
  }
}

/// Ends the program with the rule that is broken, and what it is broken by. A trap is what libFuzzer waits for.
func demand(_ holds: Bool, _ rule: StaticString, _ detail: @autoclosure () -> String = "") {
  if !holds { fatalError("broken: \(rule): \(detail())") }
}
