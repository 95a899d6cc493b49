// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import Foundation
import GraceConformance
import Testing

@testable import gracectl

@Suite("docs/conformance.md")
struct DocumentationTests {
  @Test("has the rules as gracectl rules --markdown prints them")
  func current() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("docs/conformance.md")
    let text = try String(contentsOf: file, encoding: .utf8)
    let parts = text.components(separatedBy: "<!-- rules: begin -->\n")
    let rules = try #require(parts.count == 2 ? parts[1].components(separatedBy: "<!-- rules: end -->") : nil)
    #expect(rules.count == 2)
    #expect(rules[0] == RuleText.markdown(Rule.all))
  }

  @Test("the plain list has a paragraph for each rule, and JSON has all fields")
  func otherForms() throws {
    #expect(RuleText.plain(Rule.all).components(separatedBy: "\n\n").count == Rule.all.count)
    let rules = try JSONDecoder().decode([Rule].self, from: Data(try jsonText(Rule.all).utf8))
    #expect(rules == Rule.all)
  }

  @Test("rules are printed in one form")
  func oneForm() {
    #expect(throws: (any Error).self) { try RulesCommand.parse(["--json", "--markdown"]) }
  }
}
