// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation

/// Numbers as a table shows them.
enum Figures {
  /// Three or four digits that count, and whole numbers whole: `0.00123`, `1.27`, `38.4`, `247136`.
  static func number(_ value: Double) -> String {
    let size = abs(value)
    if size >= 1000 || value == value.rounded() { return String(format: "%.0f", value) }
    let decimals = size >= 100 ? 1 : size >= 10 ? 2 : size >= 0.01 || size == 0 ? 3 : 6
    let text = String(format: "%.\(decimals)f", value)
    return String(text.reversed().drop { $0 == "0" }.drop { $0 == "." }.reversed())
  }

  /// The median and, if there is more than one sample, the quartiles.
  static func spread(_ spread: Spread, unit: String = "") -> String {
    let unit = unit.isEmpty ? "" : " \(unit)"
    if spread.low == spread.high { return number(spread.median) + unit }
    return "\(number(spread.median)) (\(number(spread.low)) to \(number(spread.high)))\(unit)"
  }

  /// A ratio with three decimals, or fewer digits where it is far from one.
  static func ratio(_ spread: Spread) -> String {
    func text(_ value: Double) -> String {
      String(format: value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.3f", value)
    }
    if spread.low == spread.high { return text(spread.median) }
    return "\(text(spread.median)) (\(text(spread.low)) to \(text(spread.high)))"
  }

  /// `at most 1.03 times`, `at least 20 MiB`.
  static func aim(_ aim: Aim, unit: String) -> String {
    let bounds = [("at most", aim.atMost), ("at least", aim.atLeast)].compactMap { word, bound in
      bound.map { "\(word) \(number($0))" }
    }
    return bounds.joined(separator: ", ") + (aim.of == .ratio ? " times" : " \(unit)")
  }

  /// Whether the aim was met.
  static func verdict(_ outcome: Outcome) -> String {
    outcome.isMet.map { $0 ? "met" : "missed" } ?? "-"
  }
}
