// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance
import GraceDeviceModel
import GraceFirmware

@testable import gracectl

/// Rules that no machine breaks which makes no mistake on purpose, whatever its options are: what the bytes of tables have to be.
private let structural: [String] = [
  "header-", "table-duplicate", "srat-header-reserved", "srat-entry-", "srat-reserved", "srat-flags",
  "srat-domain-width",
  "srat-memory-wrap", "srat-gi-handle-", "srat-gi-duplicate", "slit-length", "slit-too-", "slit-diagonal",
  "slit-zero",
  "slit-off-diagonal", "hmat-reserved", "hmat-structure-", "hmat-domain", "hmat-hierarchy", "hmat-data-type",
  "hmat-base-unit",
]

/// The tables of a machine are whole, are the same a second time, and have in them what the machine has.
func demandTables(of machine: Machine) {
  let tables = MachineTables(machine).all
  demand(
    MachineTables(machine).all.map(\.bytes) == tables.map(\.bytes), "a machine's tables are the same again")
  // Without a listing a handle can look like another one's.
  let functions = machine.topology.gpus.map { placed in
    let address = placed.gpu.address
    return PCIFunction(
      address: .init(segment: UInt32(address.segment), bus: address.bus, devfn: address.devfn),
      vendor: 0x10de,
      device: 0x2345, classCode: 0x0302)
  }
  let evidence = Evidence(
    tables: tables.map { TableBytes(source: $0.signature, bytes: $0.bytes) }, functions: functions)
  let hasQuirks = machine.topology.gpus.contains { !$0.gpu.options.quirks.isEmpty }
  for finding in evidence.findings() where !hasQuirks {
    demand(
      !structural.contains { finding.rule.id.hasPrefix($0) }, "tables without a mistake are whole",
      "\(finding.rule.id): \(finding.found), not \(finding.expected)")
  }
  for table in tables where ["DSDT", "SSDT"].contains(table.signature) {
    AMLWalk.check(Array(table.bytes.dropFirst(36)))
  }
  if !hasQuirks { demandEntries(SRAT(TableBytes(source: "SRAT", bytes: tables[2].bytes)), machine) }
  let summary = TableSummary(machine: machine, tables: tables, folder: "folder").text
  demand(
    summary.split(separator: "\n").count == 1 + machine.topology.gpus.count + tables.count,
    "a summary has all")
}

/// As many entries of each type as the machine has things of that kind.
private func demandEntries(_ table: SRAT, _ machine: Machine) {
  demand(table.stop == nil, "an SRAT can be walked")
  var counts: [UInt8: Int] = [:]
  for entry in table.entries { counts[entry.type.rawValue, default: 0] += 1 }
  let processors = machine.sockets.reduce(0) { $0 + Int($1.processorCount) }
  demand(counts[3, default: 0] == processors, "there is an entry for each processor")
  let ranges = machine.sockets.reduce(0) { $0 + $1.memory.count }
  let domains = machine.topology.gpus.reduce(0) { $0 + Int($1.gpu.domainCount) }
  demand(
    counts[1, default: 0] == ranges + domains + machine.topology.extendedDomains.count,
    "there is an entry for each range and each domain")
  let initiators = machine.topology.gpus.reduce(0) {
    $0 + ($1.gpu.options.hasInitiators ? Int($1.gpu.domainCount) : 0)
  }
  demand(counts[5, default: 0] == initiators, "there is an entry for each initiator")
}
