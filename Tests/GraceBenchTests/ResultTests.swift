// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceBench
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("Table, page, book and chart of results")
struct ResultTests {
  private static func record(_ name: String, date: String = "2026-01-02") throws -> RunRecord {
    let lines = """
      {"case":"read <a|b>","unit":"ns","samples":[103,102,104],"baseline":{"name":"edu","samples":[100,100,100]},"aim":{"of":"ratio","atMost":1.03},"note":"Why."}
      {"case":"size","unit":"bytes","samples":[300000],"aim":{"of":"value","atMost":262144},"note":"Why."}
      {"case":"far","unit":"ns","samples":[1000],"baseline":{"name":"b","samples":[1]}}
      {"case":"alone","unit":"s","samples":[0.5]}
      """
    let list = try CaseList(parsing: "# Title of \(name)\nread <a|b>\nsize\nfar\nalone\n")
    return RunRecord(
      name: name, title: list.title, date: date, commit: "abc", command: "scripts/bench", machine: "M",
      isQuick: false, outcomes: try list.outcomes(of: lines))
  }

  @Test("the page has the table between its marks, and what stands around them stays")
  func page() throws {
    var page = try PerformancePage(
      "before\n\(PerformancePage.begin)\nold\n\(PerformancePage.end)\nafter\n")
    page.put(RunBook([try Self.record("x")]), findings: ["x": "Found."])
    let expected = """
      before
      \(PerformancePage.begin)

      ## Title of x

      `scripts/bench`, 2026-01-02, commit abc, M.

      | Case | Measured | Against | Ratio | Aim |  |
      | --- | --- | --- | --- | --- | --- |
      | read <a\\|b> | 103 (102.5 to 103.5) ns | edu: 100 ns | 1.030 (1.025 to 1.035) | at most 1.03 times | met |
      | size | 300000 bytes | - | - | at most 262144 bytes | missed |
      | far | 1000 ns | b: 1 ns | 1000 | - | - |
      | alone | 0.5 s | - | - | - | - |

      - read <a|b>; size: Why.

      Found.

      \(PerformancePage.end)
      after

      """
    #expect(page.text == expected)
    // Once more replaces it.
    page.put(RunBook([try Self.record("x")]), findings: ["x": "Found."])
    #expect(page.text == expected)
  }

  @Test("a page without marks, or with them in the wrong order, is refused")
  func marks() {
    for text in ["", PerformancePage.begin, PerformancePage.end + PerformancePage.begin] {
      #expect(throws: PerformancePageError.noMarks) { try PerformancePage(text) }
    }
  }

  @Test("a book keeps the last run of each benchmark, in the order of the page")
  func book() throws {
    var book = RunBook([try Self.record("b"), try Self.record("gone"), try Self.record("a")])
    book.take([try Self.record("a", date: "2026-03-04"), try Self.record("c")], order: ["a", "b", "c"])
    #expect(book.runs.map(\.name) == ["a", "b", "c"])
    #expect(book.runs[0].date == "2026-03-04")
    #expect(try RunBook(json: book.json()) == book)
  }

  @Test("the chart is well-formed and has a row for each case that has a ratio or a bound")
  func chart() throws {
    let svg = ResultChart(RunBook([try Self.record("x"), try Self.record("y")])).svg
    let parser = XMLParser(data: Data(svg.utf8))
    let collector = Collector()
    parser.delegate = collector
    #expect(parser.parse())
    let texts = collector.texts.map { $0.trimmingCharacters(in: .newlines) }
    #expect(texts.contains("Title of x") && texts.contains("Title of y"))
    #expect(texts.filter { $0 == "read <a|b>" }.count == 2)
    #expect(texts.filter { $0 == "1.03 times, met" }.count == 2)
    #expect(texts.filter { $0 == "1.144 times, missed" }.count == 2)
    #expect(texts.filter { $0 == "1000 times" }.count == 2)
    #expect(!texts.contains("alone"))
    // What is far out stands at the edge, and nothing beside the picture.
    let numbers = svg.matches(of: /(?:\bx|cx)="([0-9.-]+)"/).compactMap { Double($0.1) }
    #expect(numbers.count > 20)
    #expect(numbers.allSatisfy { (0...1200).contains($0) })
  }

  private final class Collector: NSObject, XMLParserDelegate {
    var texts: [String] = []

    func parser(
      _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      texts.append("")
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
      if let last = texts.indices.last { texts[last] += text }
    }
  }
}
