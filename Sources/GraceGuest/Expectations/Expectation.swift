// SPDX-License-Identifier: GPL-2.0-or-later

/// One thing that had to be so, and whether it was.
public struct Expectation: Codable, Hashable, Sendable {
  /// What is expected to hold, and of what.
  public let name: String
  /// Whether it held.
  public let held: Bool
  /// What was expected.
  public let expected: String
  /// What the guest had.
  public let found: String
}

/// Collects expectations.
struct ExpectationList {
  private(set) var all: [Expectation] = []

  /// Two texts are the same. Nil is a fact that the guest did not tell.
  mutating func equal(_ name: String, _ found: String?, _ expected: String) {
    add(name, found == expected, expected: expected, found: found ?? "nothing")
  }

  /// The text is one of several.
  mutating func oneOf(_ name: String, _ found: String?, _ expected: [String]) {
    add(
      name, found.map(expected.contains) ?? false, expected: expected.joined(separator: " or "),
      found: found ?? "nothing")
  }

  /// Two sizes are the same.
  mutating func bytes(_ name: String, _ found: UInt64?, _ expected: UInt64) {
    add(
      name, found == expected, expected: "\(ByteCount(expected))",
      found: found.map { "\(ByteCount($0)) (\($0) bytes)" } ?? "nothing")
  }

  /// Two addresses or register values are the same.
  mutating func hexadecimal(_ name: String, _ found: UInt64?, _ expected: UInt64) {
    equal(name, found.map { "0x" + hex($0) }, "0x" + hex(expected))
  }

  /// Two lists of numbers are the same.
  mutating func numbers(_ name: String, _ found: [UInt64], _ expected: [UInt64]) {
    equal(name, ranges(found), ranges(expected))
  }

  /// A condition that needs its own words.
  mutating func add(_ name: String, _ held: Bool, expected: String, found: String) {
    all.append(Expectation(name: name, held: held, expected: expected, found: held ? expected : found))
  }
}

/// Numbers in their order, with runs such as 1, 2, 3 joined: `0 5 1-3`.
func ranges(_ numbers: [UInt64]) -> String {
  var parts: [(first: UInt64, last: UInt64)] = []
  for number in numbers {
    if let last = parts.last, last.last < UInt64.max, last.last + 1 == number {
      parts[parts.count - 1].last = number
    } else {
      parts.append((number, number))
    }
  }
  let texts = parts.map { $0.first == $0.last ? "\($0.first)" : "\($0.first)-\($0.last)" }
  return texts.isEmpty ? "none" : texts.joined(separator: " ")
}
