// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceConformance

/// What `check` found, in the forms that it prints.
struct Report: Encodable {
  /// Names of the tables that were read, in their order.
  let tables: [String]
  /// Findings of at least the severity that was asked for.
  let findings: [Finding]
  /// Sentences on what was not checked.
  let notes: [String]

  /// Whether anything is wrong. What is only worth knowing does not count.
  var isClean: Bool { !findings.contains { $0.severity >= .warning } }

  func count(_ severity: Severity) -> Int {
    findings.filter { $0.severity == severity }.reduce(0) { $0 + 1 + $1.omitted }
  }

  /// Such as `1 error, 2 warnings, no notes`.
  var summary: String {
    func phrase(_ count: Int, _ noun: String) -> String {
      count == 0 ? "no \(noun)s" : count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
    }
    return [
      phrase(count(.error), "error"), phrase(count(.warning), "warning"), "\(count(.info)) for information",
    ]
    .joined(separator: ", ")
  }
}

/// Indented JSON with a fixed order of keys.
func jsonText(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}
