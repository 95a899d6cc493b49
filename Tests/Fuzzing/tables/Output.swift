// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceConformance

@testable import gracectl

/// Everything that `check` and `topology` print.
struct Output {
  private let findings: [Finding]
  private let topology: Topology
  private let report: Report
  private let texts: [String]
  private let documents: [String]
  private let objects: [String]

  init(_ evidence: Evidence, _ findings: [Finding], _ topology: Topology) {
    self.findings = findings
    self.topology = topology
    report = Report(tables: evidence.tables.map(\.source), findings: findings, notes: ["a note."])
    texts = [report.text, topology.text(notes: [])]
    documents = [report.junit, Picture(topology).svg]
    objects = [Self.json(report), Self.json(topology)]
  }

  private static func json(_ value: some Encodable) -> String {
    do {
      return try jsonText(value)
    } catch {
      demand(false, "everything can be written as JSON", "\(error)")
      return ""
    }
  }

  /// The outputs are what they say they are, whatever stands in the tables.
  func demandWhole() {
    for text in texts { demandPlain(text, allowing: ["\n"]) }
    for document in documents { demand(Markup(document).elementCount > 2, "a document has elements") }
    for object in objects {
      let value = try? JSONSerialization.jsonObject(with: Data(object.utf8))
      demand(value is [String: Any], "JSON can be read", object)
    }
    let failed = documents[0].components(separatedBy: "<failure ").count - 1
    demand(
      Set(findings.filter { $0.severity >= .warning }.map(\.rule.id)).count == failed,
      "JUnit has a failure for each broken rule")
  }

  /// The same input gives the same output.
  func demandAgain(_ other: Output) {
    demand(findings == other.findings, "the same tables give the same findings")
    demand(topology == other.topology, "the same tables give the same machine")
    demand(
      texts == other.texts && documents == other.documents && objects == other.objects, "output is the same")
  }

  /// A number for all of it (FNV-1a).
  var digest: UInt64 {
    (texts + documents + objects).joined().utf8.reduce(0xcbf2_9ce4_8422_2325) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
  }
}

/// The address map goes up, its holes are where no range is, and no row ends before it begins.
func demandMap(of topology: Topology) {
  var last: UInt64 = 0
  for row in topology.map {
    switch row {
    case .range(let range):
      demand(range.base >= last, "the address map goes up")
      demand(range.last >= range.base, "a range does not end before it begins")
      last = range.base
    case .hole(let base, let end):
      demand(end >= base && base >= last, "a hole lies between ranges")
      demand(!topology.ranges.contains { $0.base <= end && $0.last >= base }, "a hole is empty")
      last = base
    }
  }
}
