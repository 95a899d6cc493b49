// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance

extension Report {
  /// For people: findings by rule, the worst first, and the places of each below it.
  var text: String {
    var lines: [String] = []
    for rule in rulesByWeight {
      let places = findings.filter { $0.rule.id == rule.id }
      let severity = places.map(\.severity).max() ?? rule.severity
      lines += [
        "\(severity.rawValue): \(rule.id)", "  \(rule.reason)", "  clause: \(rule.clause)",
        "  fix: \(rule.fix)",
      ]
      for place in places {
        let offset = place.offset.map { " at \(hexadecimal($0))" } ?? ""
        let severity = place.severity == severity ? "" : " (\(place.severity.rawValue))"
        lines.append("  - \(place.table)\(offset)\(severity)")
        lines.append("      found     \(place.found)")
        lines.append("      expected  \(place.expected)")
        if place.omitted > 0 { lines.append("      and \(place.omitted) more in this table") }
      }
      lines.append("")
    }
    lines += notes.map { "note: \($0)" }
    lines.append("\(tables.count) \(tables.count == 1 ? "table" : "tables") checked: \(summary)")
    return lines.map(plain).joined(separator: "\n")
  }

  private var rulesByWeight: [Rule] {
    Rule.all.filter { rule in findings.contains { $0.rule.id == rule.id } }.enumerated()
      .sorted { left, right in
        let weights = (weight(left.element), weight(right.element))
        return weights.0 == weights.1 ? left.offset < right.offset : weights.0 > weights.1
      }
      .map(\.element)
  }

  private func weight(_ rule: Rule) -> Severity {
    findings.filter { $0.rule.id == rule.id }.map(\.severity).max() ?? .info
  }
}

private func hexadecimal(_ number: Int) -> String { "0x" + String(number, radix: 16) }
