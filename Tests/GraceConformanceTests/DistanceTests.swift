// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance
import Testing

@Suite("Distances")
struct DistanceTests {
  /// A machine with a domain 9 that has nothing but a place for memory, as extended GPU memory has.
  private func machine() -> TestMachine {
    var machine = TestMachine()
    machine.memory.append(Entry.memory(domain: 9, base: 0, length: 0, flags: 3))
    machine.localities = 10
    machine.distances = machine.distances.map { $0 + [11] } + [Array(repeating: 255, count: 9) + [10]]
    return machine
  }

  private func severities(_ findings: [Finding]) -> [String: Severity] {
    Dictionary(findings.map { ($0.rule.id, $0.severity) }) { max($0, $1) }
  }

  @Test("a row of 255 of a domain that initiates nothing is only noted")
  func mute() {
    #expect(severities(machine().findings) == ["slit-asymmetric": .info])
    let alone = Evidence(tables: machine().evidence.tables.filter { $0.signature == "SLIT" })
    #expect(severities(alone.findings()) == ["slit-asymmetric": .info])
  }

  @Test("a row of 255 that has one distance is a warning")
  func partly() {
    var machine = machine()
    machine.distances[9][3] = 40
    #expect(severities(machine.findings) == ["slit-asymmetric": .warning])
  }

  @Test("a row of 255 of processors, or of an initiator, is a warning", arguments: [0, 4])
  func initiator(_ domain: Int) {
    var machine = TestMachine()
    for column in 0..<9 where column != domain { machine.distances[domain][column] = 255 }
    #expect(severities(machine.findings) == ["slit-asymmetric": .warning])
  }

  @Test("a single way of which there is no other is a warning", arguments: [(0, 4), (4, 0)])
  func oneWay(_ row: Int, _ column: Int) {
    var machine = TestMachine()
    machine.distances[row][column] = 255
    #expect(severities(machine.findings) == ["slit-asymmetric": .warning])
  }
}
