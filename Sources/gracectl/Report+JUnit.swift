// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance

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
        lines.append(#"<testcase classname="conformance" name="\#(escaped(rule.id))"/>"#)
        continue
      }
      let isFailure = places.contains { $0.severity >= .warning }
      let body = escaped(places.map(line).joined(separator: "\n"))
      lines.append(#"<testcase classname="conformance" name="\#(escaped(rule.id))">"#)
      lines.append(
        isFailure
          ? #"<failure type="\#(rule.severity.rawValue)" message="\#(escaped(rule.reason))">\#(body)</failure>"#
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

  /// XML 1.0, 2.2 and 2.4: five characters have names, and control characters cannot be written at all.
  private func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&apos;"
      case "\n": result += "\n"
      case _ where scalar.value < 0x20 || scalar.value == 0xfffe || scalar.value == 0xffff: result += "?"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
