// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance

/// The rules for people.
enum RuleText {
  /// One paragraph for each rule.
  static func plain(_ rules: [Rule]) -> String {
    rules.map { rule in
      """
      \(rule.id) (\(rule.severity.rawValue))
        clause  \(rule.clause)
        reason  \(rule.reason)
        fix     \(rule.fix)

      """
    }.joined(separator: "\n")
  }

  /// The table in docs/conformance.md.
  static func markdown(_ rules: [Rule]) -> String {
    let rows = rules.map { rule in
      let cells = ["`\(rule.id)`", rule.severity.rawValue, rule.clause, rule.reason, rule.fix]
      return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
    }
    return "| Rule | Severity | Rests on | Reason | Fix |\n|---|---|---|---|---|\n" + rows.joined()
  }
}
