// SPDX-License-Identifier: GPL-2.0-or-later

/// The cases that a benchmark has to give: what is missing is an error, and not a shorter table.
public struct CaseList: Hashable, Sendable {
  /// What the benchmark is about.
  public let title: String
  /// Names, in the order of the table.
  public let names: [String]

  /// Reads the text of a file `cases`: `# title`, and the names.
  public init(parsing text: String) throws(MeasurementError) {
    var lines = text.split(separator: "\n").map(String.init)
    guard lines.count > 1, lines[0].hasPrefix("# ") else { throw .noCases }
    title = String(lines.removeFirst().dropFirst(2))
    names = lines
  }

  /// Judges all lines of a benchmark's output, in the order of the list.
  public func outcomes(of output: String) throws(MeasurementError) -> [Outcome] {
    var found: [String: Outcome] = [:]
    for (index, line) in output.split(separator: "\n").enumerated() {
      let outcome = try Outcome(try Measurement(line: String(line), number: index + 1))
      guard names.contains(outcome.case) else { throw .unlisted(outcome.case) }
      guard found.updateValue(outcome, forKey: outcome.case) == nil else { throw .repeated(outcome.case) }
    }
    var outcomes: [Outcome] = []
    for name in names {
      guard let outcome = found[name] else { throw .missing(name) }
      outcomes.append(outcome)
    }
    return outcomes
  }
}
