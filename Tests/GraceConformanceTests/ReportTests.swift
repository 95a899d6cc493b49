// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import Foundation
import GraceConformance
import Testing

@testable import gracectl

@Suite("Reports")
struct ReportTests {
  private func report(_ change: (inout TestMachine) -> Void) -> Report {
    var machine = TestMachine()
    change(&machine)
    return Report(tables: ["SRAT", "SLIT"], findings: machine.findings, notes: ["that is all."])
  }

  @Test("text says what was checked, also if nothing is wrong")
  func clean() {
    let report = report { _ in }
    #expect(report.isClean)
    #expect(report.text == "note: that is all.\n2 tables checked: no errors, no warnings, 0 for information")
  }

  @Test("text has table, offset, found, expected, reason, clause and fix, the worst first")
  func text() {
    let report = report {
      $0.distances[0][5] = 41
      $0.distances[4][4] = 11
    }
    #expect(!report.isClean)
    #expect(
      report.text == """
        error: slit-diagonal
          A locality is 10 away from itself; Linux drops the table otherwise.
          clause: ACPI 6.5, 5.2.17; Linux, drivers/acpi/numa/srat.c (slit_valid)
          fix: Write 10 on the diagonal, in rows of absent domains, too.
          - table1 at 0x54
              found     4 to 4: 11
              expected  10

        warning: slit-asymmetric
          Two directions have different distances; schedulers and allocators look at one of them.
          clause: ACPI 6.5, 5.2.17 (allows it); Linux, kernel/sched/topology.c
          fix: Write the same distance for both directions; only memory that initiates nothing may have 255 in all of its row.
          - table1 at 0x31
              found     0 to 5: 41; 5 to 0: 40
              expected  equal distances

        note: that is all.
        2 tables checked: 1 error, 1 warning, 0 for information
        """)
  }

  @Test("findings for information leave a report clean")
  func information() {
    let report = report { $0.memory.remove(at: 4) }
    #expect(report.findings.map(\.rule.id) == ["srat-gi-no-memory-entry"])
    #expect(report.isClean)
  }

  @Test("JSON has the rule and the place of each finding")
  func json() throws {
    let text = try jsonText(report { $0.distances[4][4] = 11 })
    let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(object["tables"] as? [String] == ["SRAT", "SLIT"])
    let finding = try #require((object["findings"] as? [[String: Any]])?.first)
    #expect((finding["rule"] as? [String: Any])?["id"] as? String == "slit-diagonal")
    #expect(finding["offset"] as? Int == 84)
    #expect(finding["severity"] as? String == "error")
    #expect(finding["table"] as? String == "table1")
  }

  @Test("JUnit has a case for each rule, and characters that XML keeps for itself are escaped")
  func junit() {
    let junit = report {
      $0.distances[4][4] = 11
      $0.set("nvidia,<&\"'\u{1}>", .integer(1))
    }.junit
    #expect(junit.contains(#"tests="\#(Rule.all.count)" failures="1""#))
    #expect(junit.components(separatedBy: "<testcase ").count == Rule.all.count + 1)
    #expect(junit.contains(#"<failure type="error" message="A locality is 10 away from itself;"#))
    #expect(junit.contains("found nvidia,&lt;&amp;&quot;&apos;?&gt;; expected"))
    #expect(junit.components(separatedBy: "<system-out>").count == 2)
  }
}
