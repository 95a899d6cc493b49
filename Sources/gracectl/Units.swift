// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation

/// Numbers for people.
enum Units {
  /// A number of bytes in the largest unit of which there is one: `96 GiB`, `1.5 GiB`, `512 B`.
  static func bytes(_ count: UInt64) -> String {
    var (unit, shift) = ("B", UInt64(0))
    for (index, name) in ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"].enumerated() {
      let next = UInt64(10 * (index + 1))
      if count >> next == 0 { break }
      (unit, shift) = (name, next)
    }
    return "\(number(Double(count) / Double(UInt64(1) << shift))) \(unit)"
  }

  /// Up to two decimals, none where they are zero.
  static func number(_ value: Double) -> String {
    let text = String(format: "%.2f", value)
    return String(text.reversed().drop { $0 == "0" }.drop { $0 == "." }.reversed())
  }

  /// Hexadecimal with twelve digits or more, as many as 48 bits have.
  static func address(_ address: UInt64) -> String {
    let digits = String(address, radix: 16)
    return "0x" + String(repeating: "0", count: max(0, 12 - digits.count)) + digits
  }

  /// `1 processor`, `2 processors`.
  static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}

extension String {
  /// Filled up with blanks at the end, or at the beginning.
  func padded(to width: Int, atStart: Bool = false) -> String {
    let blanks = String(repeating: " ", count: max(0, width - count))
    return atStart ? blanks + self : self + blanks
  }
}
