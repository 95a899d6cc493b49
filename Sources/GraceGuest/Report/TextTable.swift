// SPDX-License-Identifier: GPL-2.0-or-later

/// Rows of text with their columns aligned.
struct TextTable {
  private var rows: [[String]] = []
  private let indentation: Int

  /// An empty table, each of whose rows starts after that many spaces.
  init(indentation: Int = 2) {
    self.indentation = indentation
  }

  mutating func add(_ cells: String...) {
    rows.append(cells)
  }

  /// The rows as lines without spaces at their ends.
  var lines: [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = String(repeating: " ", count: indentation)
      for (column, cell) in row.enumerated() {
        line += cell
        if column < row.count - 1 { line += String(repeating: " ", count: widths[column] - cell.count + 2) }
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}

/// The text in lines of at most 100 characters after a label, under which its further lines are set.
func wrapped(_ text: String, after label: String) -> [String] {
  let indentation = String(repeating: " ", count: label.count)
  var lines: [String] = []
  var line = label
  var isEmpty = true
  for word in text.split(separator: " ") {
    if !isEmpty, line.count + 1 + word.count > 100 {
      lines.append(line)
      line = indentation
      isEmpty = true
    }
    line += isEmpty ? "\(word)" : " \(word)"
    isEmpty = false
  }
  return lines + [line]
}
