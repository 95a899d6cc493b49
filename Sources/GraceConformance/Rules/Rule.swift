// SPDX-License-Identifier: GPL-2.0-or-later

/// How much a finding matters.
public enum Severity: String, Sendable, Codable, CaseIterable, Comparable {
  /// Worth knowing; nothing is wrong.
  case info
  /// Allowed, or at least survivable, and a consumer suffers from it.
  case warning
  /// The table breaks its specification, or a consumer gives it up.
  case error

  /// info < warning < error.
  public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .info: 0
    case .warning: 1
    case .error: 2
    }
  }
}

/// Something that tables have to be, and why.
public struct Rule: Sendable, Hashable, Codable {
  /// A name that does not change between versions.
  public let id: String
  /// How much it matters when the rule is broken. A finding that rests on likelihood alone is milder.
  public let severity: Severity
  /// What the rule rests on: a section of a specification, or the source of a consumer.
  public let clause: String
  /// Why it matters, in one sentence.
  public let reason: String
  /// What to do about it.
  public let fix: String

  init(_ id: String, _ severity: Severity, clause: String, reason: String, fix: String) {
    self.id = id
    self.severity = severity
    self.clause = clause
    self.reason = reason
    self.fix = fix
  }

  /// All rules, in the order of the documentation.
  public static let all: [Rule] =
    headers + affinity + memory + handles + initiators + distances + attributes + properties
    + windows
}
