// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance

/// Every finding names a table or an object that there is, a place in it, and what is there.
func demandFindings(_ evidence: Evidence, _ findings: [Finding]) {
  let objects = Set((evidence.namespace?.objects ?? []).map(\.path) + ["AML"])
  var lengths: [String: Int] = [:]
  for table in evidence.tables { lengths[table.source] = max(lengths[table.source] ?? 0, table.count) }
  var counts: [String: Int] = [:]
  for finding in findings {
    let id = finding.rule.id
    demand(Rule.all.contains(finding.rule), "a finding is of a rule", id)
    demand(finding.severity <= finding.rule.severity, "a finding is at most as severe as its rule", id)
    demand(!finding.found.isEmpty && !finding.expected.isEmpty, "a finding says what is there", id)
    if let length = lengths[finding.table] {
      // At the end of a table stands what is missing there.
      let offset = finding.offset ?? 0
      demand(
        offset >= 0 && offset <= length, "a finding lies in its table", "\(id) at \(offset) of \(length)")
    } else {
      demand(objects.contains(finding.table), "a finding names a table or an object", finding.table)
      demand(finding.offset == nil, "only tables have offsets", id)
    }
    counts[id + finding.table, default: 0] += 1
  }
  demand(counts.values.allSatisfy { $0 <= 8 }, "a rule has at most eight findings in a table")
}

/// What can be walked over is there byte by byte, whatever its type is.
func demandWalks(_ evidence: Evidence) {
  for table in evidence.tables where TableHeader(table) != nil {
    let end = table.bytes.count < 8 ? 0 : min(table.count, length(of: table))
    if table.signature == "SRAT" {
      let walk = SRAT(table)
      var offset = 48
      for entry in walk.entries {
        demand(entry.offset == offset, "entries of an SRAT follow on each other")
        demand(
          Array(table.bytes[offset...].prefix(entry.bytes.count)) == entry.bytes.bytes, "entries are kept")
        demand(entry.bytes.bytes[0] == entry.type.rawValue, "an entry keeps its type")
        offset += entry.bytes.count
      }
      demand(walk.stop?.offset ?? max(48, end) == offset, "the walk comes to the end or says where it stops")
    } else if table.signature == "HMAT" {
      let walk = HMAT(table)
      var offset = 40
      for structure in walk.structures {
        demand(structure.offset == offset, "structures of an HMAT follow on each other")
        demand(
          Array(table.bytes[offset...].prefix(structure.bytes.count)) == structure.bytes.bytes,
          "structures are kept")
        offset += structure.bytes.count
      }
      demand(walk.stop?.offset ?? max(40, end) == offset, "the walk comes to the end or says where it stops")
    }
  }
}

private func length(of table: TableBytes) -> Int {
  table.bytes[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
}

/// What stands in a file behind the table that its header counts is not looked at.
func demandEnds(_ evidence: Evidence, _ findings: [Finding]) {
  var changed = evidence
  var isChanged = false
  for (index, table) in evidence.tables.enumerated() where table.count >= 36 {
    let end = max(36, length(of: table))
    guard end < table.count, table.signature != "FACS" else { continue }
    changed.tables[index] = TableBytes(
      source: table.source, bytes: table.bytes[..<end] + table.bytes[end...].map { ~$0 })
    isChanged = true
  }
  if isChanged { demand(changed.findings() == findings, "no rule reads past the length in the header") }
}
