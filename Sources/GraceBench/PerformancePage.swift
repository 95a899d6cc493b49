// SPDX-License-Identifier: GPL-2.0-or-later

/// docs/performance.md: text by hand, and between two marks the last results.
public struct PerformancePage {
  /// What stands before the results.
  public static let begin = "<!-- scripts/bench --write-docs: results begin -->"
  /// What stands behind them.
  public static let end = "<!-- scripts/bench --write-docs: results end -->"

  /// Text of the page.
  public private(set) var text: String

  /// A page that has both marks.
  public init(_ text: String) throws(PerformancePageError) {
    guard let begin = text.firstRange(of: Self.begin), let end = text.firstRange(of: Self.end),
      begin.upperBound <= end.lowerBound
    else { throw .noMarks }
    self.text = text
  }

  /// Puts the results between the marks.
  public mutating func put(_ book: RunBook, findings: [String: String]) {
    guard let begin = text.firstRange(of: Self.begin), let end = text.firstRange(of: Self.end) else { return }
    let sections = book.runs.map { $0.markdown(findings: findings[$0.name]) }
    let results = "\n\n" + sections.joined(separator: "\n\n") + "\n\n"
    text.replaceSubrange(begin.upperBound..<end.lowerBound, with: results)
  }
}

/// Why the page cannot take results.
public enum PerformancePageError: Error, Equatable, CustomStringConvertible {
  /// One of the two marks is missing.
  case noMarks

  /// The error as one sentence.
  public var description: String {
    "The page lacks the lines \"\(PerformancePage.begin)\" and \"\(PerformancePage.end)\"; put them where results are to be."
  }
}
