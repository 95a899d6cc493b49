// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import GraceBench

/// Shows runs: as a table on standard output, as JSON and as a picture.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Show records of benchmarks.")

  @Argument(help: "Records.")
  var records: [String]

  @Option(help: ArgumentHelp("Where the JSON goes.", valueName: "file"))
  var json: String

  @Option(help: ArgumentHelp("Where the picture goes.", valueName: "file"))
  var svg: String

  func run() throws {
    let book = RunBook(try Files.records(records))
    try Files.write(try book.json(), to: json)
    try Files.write(ResultChart(book).svg, to: svg)
    print(book.runs.map(\.text).joined(separator: "\n"), terminator: "")
  }
}

/// Takes runs over into docs/performance.*.
struct WriteDocsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "write-docs", abstract: "Put records of benchmarks into docs/performance.*.")

  @Argument(help: "Records.")
  var records: [String]

  @Option(help: ArgumentHelp("The checkout.", valueName: "folder"))
  var root: String

  @Option(parsing: .upToNextOption, help: "All benchmarks that there are, in the order of the page.")
  var order: [String]

  func run() throws {
    let docs = root + "/docs/performance"
    var book = try RunBook(json: try Files.read(docs + ".json"))
    book.take(try Files.records(records), order: order)
    var page = try PerformancePage(try Files.read(docs + ".md"))
    var findings: [String: String] = [:]
    for name in order {
      // It is optional.
      guard let text = try? Files.read("\(root)/Benchmarks/\(name)/findings.md") else { continue }
      findings[name] = text.trimmed
    }
    page.put(book, findings: findings)
    try Files.write(page.text, to: docs + ".md")
    try Files.write(try book.json(), to: docs + ".json")
    try Files.write(ResultChart(book).svg, to: docs + ".svg")
  }
}

extension String {
  /// Without empty lines and blanks at both ends.
  fileprivate var trimmed: String {
    let start = drop { $0.isWhitespace }
    return String(start.reversed().drop { $0.isWhitespace }.reversed())
  }
}
