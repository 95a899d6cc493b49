// SPDX-License-Identifier: GPL-2.0-or-later

/// A place where a rule is broken.
public struct Finding: Sendable, Equatable, Codable {
  /// The rule.
  public let rule: Rule
  /// How much it matters here: the rule's severity, or less if the evidence is thin.
  public let severity: Severity
  /// The file or object that it is in.
  public let table: String
  /// Bytes from the start of the table; `nil` if it is in no place of its own.
  public let offset: Int?
  /// What is there.
  public let found: String
  /// What should be there.
  public let expected: String
  /// How often the same rule is broken further in the same table, beyond the findings that are listed.
  public internal(set) var omitted: Int

  init(
    rule: Rule, severity: Severity, table: String, offset: Int?, found: String, expected: String
  ) {
    self.rule = rule
    self.severity = severity
    self.table = table
    self.offset = offset
    self.found = found
    self.expected = expected
    omitted = 0
  }
}

/// Findings as they come up. Only the first few of a rule in a table are kept; a table of garbage breaks one a
/// million times.
struct FindingList {
  /// Findings of one rule in one table that are listed.
  static let limit = 8

  private(set) var findings: [Finding] = []
  private var indices: [String: [Int]] = [:]

  mutating func add(
    _ rule: Rule, in table: String, at offset: Int? = nil, found: String, expected: String,
    severity: Severity? = nil
  ) {
    let key = "\(rule.id) \(table)"
    let known = indices[key, default: []]
    if known.count >= Self.limit, let last = known.last {
      findings[last].omitted += 1
      return
    }
    indices[key] = known + [findings.count]
    findings.append(
      Finding(
        rule: rule, severity: min(rule.severity, severity ?? .error), table: table, offset: offset,
        found: found,
        expected: expected))
  }
}
