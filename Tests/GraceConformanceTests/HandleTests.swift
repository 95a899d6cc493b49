// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance
import Testing

@Suite("PCI handles of generic initiators")
struct HandleTests {
  /// The rules that a machine breaks whose GPU has this handle.
  private func broken(_ handle: [UInt8], functions: [String]?, domains: Int = 8) -> [String: Severity] {
    var machine = TestMachine()
    machine.initiators = (1...UInt32(domains)).map { Entry.initiator(domain: $0, handle: handle) }
    machine.functions = functions.map { LspciText.functions(in: $0.joined(separator: "\n")) }
    machine.structures = []
    let tables = machine.evidence.tables
    let findings = Evidence(tables: tables, functions: machine.functions).findings()
    return Dictionary(findings.map { ($0.rule.id, $0.severity) }) { first, _ in first }
  }

  @Test(
    "old QEMU's swapped bytes are found with a listing",
    arguments: [
      // Bus 0x12, device 0: reads as 00:02.2.
      ([0, 0, 0x00, 0x12], ["0000:12:00.0 0302: 10de:2342"]),
      // Bus 8 reads as 00:01.0, which is the root port.
      ([0, 0, 0x00, 0x08], ["00:01.0 0604: 1b36:000c", "08:00.0 0302: 10de:2342"]),
      // Segment 9, bus 1, device 3, function 1: reads as 0009:19:00.1.
      ([9, 0, 0x19, 0x01], ["0009:01:03.1 0200: 8086:10d3"]),
    ] as [([UInt8], [String])])
  func swapped(_ handle: [UInt8], _ functions: [String]) {
    #expect(broken(handle, functions: functions) == ["srat-gi-handle-order": .error])
  }

  @Test("a function that is where the handle says is right, although one exists the other way round")
  func bothExist() {
    let functions = ["00:01.0 0200: 8086:10d3", "08:00.0 0200: 8086:10d3"]
    #expect(broken([0, 0, 0, 8], functions: functions) == [:])
    #expect(broken([0, 0, 8, 0], functions: functions) == [:])
  }

  @Test(
    "old cloud-hypervisor's doubled fields are found with a listing",
    arguments: [
      ([0, 0, 1, 1, 0, 0, 0, 0], ["01:00.0 0302: 10de:2342"]),
      ([0, 0, 0, 0, 5, 5, 0, 0], ["00:05.0 0302: 10de:2342"]),
      ([1, 1, 2, 2, 4, 4, 3, 3], ["0001:02:04.3 0200: 8086:10d3"]),
    ] as [([UInt8], [String])])
  func doubled(_ handle: [UInt8], _ functions: [String]) {
    let broken = broken(handle, functions: functions)
    #expect(broken["srat-gi-handle-doubled"] == .error)
    #expect(Set(broken.keys).subtracting(["srat-gi-handle-doubled", "srat-gi-grace-function"]) == [])
  }

  @Test(
    "without a listing, eight domains on a function that no Grace GPU has give the bytes away",
    arguments: [
      ([0, 0, 0, 1], "srat-gi-handle-order", Severity.warning),
      ([0, 0, 0, 8], "srat-gi-handle-order", .warning),
      ([0, 0, 1, 1], "srat-gi-handle-doubled", .warning),
      ([0, 0, 0, 0, 5, 5, 0, 0], "srat-gi-handle-doubled", .error),
    ] as [([UInt8], String, Severity)])
  func likely(_ handle: [UInt8], _ rule: String, _ severity: Severity) {
    #expect(broken(handle, functions: nil) == [rule: severity])
  }

  @Test("a single domain of a function 0 on bus 0 is only noted: small virtual machines have such devices")
  func ambiguous() {
    #expect(broken([0, 0, 0, 0x20], functions: nil, domains: 1) == ["srat-gi-handle-order": .info])
    #expect(broken([0, 0, 0, 0x01], functions: nil, domains: 1) == ["srat-gi-handle-order": .warning])
    #expect(broken([0, 0, 0x20, 0], functions: nil, domains: 1) == [:])
    #expect(broken([9, 0, 1, 0], functions: nil, domains: 1) == [:])
  }

  @Test("the finding spells the bytes that are right")
  func expectedBytes() throws {
    var machine = TestMachine()
    machine.setHandle([0, 0, 0, 1])
    let finding = try #require(machine.findings.first)
    #expect(finding.found.hasPrefix("00 00 00 01 00"))
    #expect(finding.found.hasSuffix("which reads 0000:00:00.1"))
    #expect(finding.expected == "00 00 01 00 for 0000:01:00.0")
  }

  @Test(
    "seven initiators are a warning with a listing, and without one if an eighth domain has a place for memory"
  )
  func oneTooFew() {
    #expect(broken([0, 0, 1, 0], functions: nil, domains: 7)["srat-gi-count"] == .warning)
    var machine = TestMachine()
    machine.initiators.removeLast()
    machine.memory.removeLast()
    machine.localities = 8
    machine.distances = machine.distances.dropLast().map { $0.dropLast() }
    machine.structures = []
    let alone = Evidence(tables: machine.evidence.tables).findings()
    #expect(alone.map(\.rule.id) == ["srat-gi-count"])
    #expect(alone.map(\.severity) == [.info])
    #expect(
      broken([0, 0, 1, 0], functions: ["01:00.0 0302: 10de:2345"], domains: 7)["srat-gi-count"] == .warning)
  }

  @Test("no initiators at all are a warning, and a note if the _DSD gives the domains")
  func missing() {
    var machine = TestMachine()
    machine.initiators = []
    machine.structures = []
    #expect(machine.findings.map(\.rule.id) == ["srat-gi-missing"])
    #expect(machine.findings.map(\.severity) == [.info])
    machine.functions = nil
    #expect(machine.findings.map(\.severity) == [.info])
    let alone = Evidence(tables: machine.evidence.tables).findings()
    #expect(alone.map(\.rule.id) == ["srat-gi-missing"])
    #expect(alone.map(\.severity) == [.warning])
    machine.memory.removeLast()
    machine.localities = 8
    machine.distances = machine.distances.dropLast().map { $0.dropLast() }
    #expect(Evidence(tables: machine.evidence.tables).findings() == [])
  }

  @Test("an ACPI handle is one if it begins with a _HID, and otherwise its type is wrong")
  func acpiHandle() {
    var machine = TestMachine()
    machine.moreEntries = [Entry.initiator(domain: 0, handle: Array("ACPI0016".utf8) + [1], type: 0)]
    #expect(machine.broken == [])
    machine.moreEntries = []
    machine.initiators[0][3] = 0
    #expect(machine.broken == ["srat-gi-handle-type"])
  }
}
