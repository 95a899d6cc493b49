// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance
import Testing

@Suite("Rules")
struct RuleTests {
  @Test("tables that are right break no rule")
  func clean() {
    #expect(TestMachine().findings == [])
  }

  @Test("without a PCI listing and without AML, tables that are right break no rule")
  func cleanAlone() {
    let tables = TestMachine().evidence.tables
    #expect(Evidence(tables: tables).findings() == [])
  }

  @Test("a table set with one thing wrong breaks that rule and no other", arguments: BrokenMachine.all)
  func broken(_ broken: BrokenMachine) {
    let machine = broken.machine
    let expected = broken.rule == "srat-domain-width" ? ["header-revision-old", "slit-too-small"] : []
    #expect(machine.broken == (expected + [broken.rule]).sorted(), "\(machine.findings)")
  }

  @Test("each rule has a table set that breaks it")
  func covered() {
    #expect(BrokenMachine.all.map(\.rule).sorted() == Rule.all.map(\.id).sorted())
  }

  @Test("ids are unique, and clause, reason and fix are sentences or references")
  func texts() {
    #expect(Set(Rule.all.map(\.id)).count == Rule.all.count)
    for rule in Rule.all {
      #expect(rule.id.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" }, "\(rule.id)")
      #expect(!rule.clause.isEmpty)
      #expect(rule.reason.hasSuffix("."), "\(rule.id)")
      #expect(rule.fix.hasSuffix(".") && !rule.fix.contains("\n"), "\(rule.id)")
    }
  }

  @Test(
    "a size that cannot be divided is an error of GPUs with the MIG bug, and else worth a note",
    arguments: [(0x2345, .error), (0x2342, .error), (0x2941, .info), (nil, .info)] as [(UInt16?, Severity)])
  func smallSize(device: UInt16?, severity: Severity) {
    for (size, isSmall) in [(1, true), (3 << 29 - 1, true), (3 << 29, false)] as [(UInt64, Bool)] {
      var machine = TestMachine()
      machine.properties = machine.properties.map { name, value in
        (name, name == "nvidia,gpu-mem-size" ? .integer(size) : value)
      }
      machine.functions?[1] = PCIFunction(
        address: TestMachine.gpuAddress, vendor: 0x10de, device: device, classCode: 0x0302)
      let found = machine.findings.filter { $0.rule.id == "dsd-size-small" }.map(\.severity)
      #expect(found == (isSmall ? [severity] : []), "\(size) bytes")
    }
  }

  @Test("a finding says where the wrong byte is")
  func offsets() throws {
    var machine = TestMachine()
    machine.distances[4][4] = 11
    let finding = try #require(machine.findings.first)
    #expect(finding.offset == 44 + 4 * 9 + 4)
    #expect(finding.found == "4 to 4: 11")
    #expect(finding.expected == "10")
    #expect(finding.severity == .error)
  }

  @Test("what is broken a thousand times is listed eight times and counted")
  func capped() throws {
    var machine = TestMachine()
    for row in 0..<9 { for column in 0..<9 where row != column { machine.distances[row][column] = 0 } }
    let findings = machine.findings
    #expect(findings.count == 8)
    #expect(findings.last?.omitted == 72 - 8)
  }
}
