// SPDX-License-Identifier: GPL-2.0-or-later

extension RunRecord {
  private static let heading = ["Case", "Measured", "Against", "Ratio", "Aim", ""]

  private func cells(_ outcome: Outcome) -> [String] {
    let baseline = outcome.baseline.map { "\($0.name): \(Figures.spread($0.spread, unit: outcome.unit))" }
    return [
      outcome.case, Figures.spread(outcome.spread, unit: outcome.unit), baseline ?? "-",
      outcome.ratio.map(Figures.ratio) ?? "-", outcome.aim.map { Figures.aim($0, unit: outcome.unit) } ?? "-",
      Figures.verdict(outcome),
    ]
  }

  /// The notes of cases, those of several once.
  private var notes: [(cases: [String], text: String)] {
    var notes: [(cases: [String], text: String)] = []
    for outcome in outcomes {
      guard let text = outcome.note else { continue }
      if let index = notes.firstIndex(where: { $0.text == text }) {
        notes[index].cases.append(outcome.case)
      } else {
        notes.append(([outcome.case], text))
      }
    }
    return notes
  }

  private var runText: String {
    "\(date), commit \(commit), \(machine)" + (isQuick ? "; few samples, not to be relied on" : "")
  }

  /// The results for a terminal.
  public var text: String {
    let rows = [Self.heading] + outcomes.map(cells)
    let widths = Self.heading.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let table = rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        line += cell + String(repeating: " ", count: widths[column] - cell.count + 2)
      }
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
    let notes = notes.map { "\($0.cases.joined(separator: "; ")): \($0.text)" }
    return ([title, String(repeating: "=", count: title.count), runText, ""] + table + notes)
      .joined(separator: "\n") + "\n"
  }

  /// The results for docs/performance.md, with what was found out about them.
  public func markdown(findings: String?) -> String {
    let rows = [Self.heading, Self.heading.map { _ in "---" }] + outcomes.map(cells)
    let table = rows.map { row in
      "| " + row.map { $0.split(separator: "|").joined(separator: "\\|") }.joined(separator: " | ") + " |"
    }
    var parts = ["## \(title)", "`\(command)`, \(runText).", table.joined(separator: "\n")]
    if !notes.isEmpty {
      parts.append(
        notes.map { "- \($0.cases.joined(separator: "; ")): \($0.text)" }.joined(separator: "\n"))
    }
    if let findings { parts.append(findings) }
    return parts.joined(separator: "\n\n")
  }
}
