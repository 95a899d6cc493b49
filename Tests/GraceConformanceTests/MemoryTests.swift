// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance
import Testing

@Suite("Memory ranges")
struct MemoryTests {
  private func broken(_ entries: [[UInt8]]) -> [String: Severity] {
    var machine = TestMachine()
    machine.moreEntries = entries
    return Dictionary(machine.findings.map { ($0.rule.id, $0.severity) }) { first, _ in first }
  }

  @Test("a range for hotplug over RAM of another domain is an error")
  func window() {
    let entry = Entry.memory(domain: 1, base: TestMachine.ram, length: 0x1000, flags: 3)
    #expect(broken([entry]) == ["srat-memory-overlap-domains": .error])
  }

  @Test("a device's range inside of the one for hotplug is only noted")
  func device() {
    let window = Entry.memory(domain: 1, base: 0x10_0000_0000, length: 0x1_0000_0000, flags: 3)
    let device = Entry.memory(domain: 2, base: 0x10_1000_0000, length: 0x1000_0000, flags: 5)
    #expect(broken([window, device]) == ["srat-memory-overlap-domains": .info])
  }

  @Test("a range is compared with all before it, not with its neighbour alone")
  func nested() {
    let large = Entry.memory(domain: 1, base: 0x10_0000_0000, length: 0x1_0000_0000)
    let small = Entry.memory(domain: 1, base: 0x10_1000_0000, length: 0x1000)
    let late = Entry.memory(domain: 2, base: 0x10_2000_0000, length: 0x1000)
    #expect(
      broken([late, small, large]) == [
        "srat-memory-overlap": .warning, "srat-memory-overlap-domains": .error,
      ])
  }

  @Test("ranges that touch do not overlap, and the last address is one")
  func touching() {
    let first = Entry.memory(domain: 1, base: 0xffff_ffff_0000_0000, length: 0x8000_0000)
    let second = Entry.memory(domain: 2, base: 0xffff_ffff_8000_0000, length: 0x8000_0000)
    #expect(broken([first, second]) == [:])
  }

  @Test("a disabled range means nothing")
  func disabled() {
    #expect(broken([Entry.memory(domain: 1, base: TestMachine.ram, length: 0, flags: 0)]) == [:])
    #expect(broken([Entry.memory(domain: 1, base: TestMachine.ram, length: 1 << 40, flags: 0)]) == [:])
  }
}
