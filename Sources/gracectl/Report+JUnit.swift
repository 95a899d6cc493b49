// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance
import SVGDrawing

extension Report {
  /// JUnit's XML: each rule is a test case. Findings that are worth knowing alone do not fail it.
  var junit: String {
    let failed = Rule.all.filter { rule in places(of: rule).contains { $0.severity >= .warning } }
    var lines = [
      #"<?xml version="1.0" encoding="UTF-8"?>"#,
      #"<testsuites><testsuite name="gracectl check" tests="\#(Rule.all.count)" failures="\#(failed.count)">"#,
    ]
    for rule in Rule.all {
      let places = places(of: rule)
      guard !places.isEmpty else {
        lines.append(#"<testcase classname="conformance" name="\#(escapedXML(rule.id))"/>"#)
        continue
      }
      let isFailure = places.contains { $0.severity >= .warning }
      let body = escapedXML(places.map(line).joined(separator: "\n"))
      lines.append(#"<testcase classname="conformance" name="\#(escapedXML(rule.id))">"#)
      lines.append(
        isFailure
          ? #"<failure type="\#(rule.severity.rawValue)" message="\#(escapedXML(rule.reason))">\#(body)</failure>"#
          : "<system-out>\(body)</system-out>")
      lines.append("</testcase>")
    }
    lines.append("</testsuite></testsuites>\n")
    return lines.joined(separator: "\n")
  }

  private func places(of rule: Rule) -> [Finding] { findings.filter { $0.rule.id == rule.id } }

  private func line(_ finding: Finding) -> String {
    let offset = finding.offset.map { " at 0x" + String($0, radix: 16) } ?? ""
    let more = finding.omitted > 0 ? "; and \(finding.omitted) more" : ""
    return "\(finding.table)\(offset): found \(finding.found); expected \(finding.expected)\(more)"
  }
}
