// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// A gh200-480gb with its 96 GiB, as a guest sees it to which it was passed through.
@Suite("The vm representation")
struct VirtualMachineTests {
  private let address = "0000:01:00.0"

  private func guest() async throws -> GuestRun {
    try await GuestLab.guest(.vm)
  }

  @Test("everything holds that is expected of the machine")
  func expectations() async throws {
    try await guest().expectAllHeld()
  }

  @Test("ids and class are those of a GH200")
  func identity() async throws {
    let function = try await guest().function()
    #expect(function.vendor == "10de")
    #expect(function.device == "2345")
    #expect(function.subsystemVendor == "10de")
    #expect(function.class == "030200")
  }

  @Test("there are three BARs, 64-bit and prefetchable: 16 MiB, 1 GiB and 128 GiB")
  func bars() async throws {
    let bars = try await guest().facts.bars
    #expect(bars.map(\.index) == [0, 2, 4])
    #expect(bars.map(\.bytes) == [0x100_0000, 0x4000_0000, 0x20_0000_0000])
    #expect(bars.allSatisfy { $0.wide && $0.prefetchable })
  }

  @Test("a 96 GiB device has 95 GiB behind BAR4 and 1 GiB behind BAR2")
  func sparseMemory() async throws {
    let facts = try await guest().facts
    #expect(facts.usableBytes(ofBAR: 4, of: address) == 0x17_c000_0000)
    #expect(facts.usableBytes(ofBAR: 2, of: address) == 0x4000_0000)
  }

  @Test("BAR2 and BAR4 hold what is written at start, middle and real end", arguments: [2, 4])
  func writable(bar: Int) async throws {
    try await guest().expectPassed(
      "BAR\(bar) holds what is written at its start, middle and real end", in: "bar-check")
  }

  @Test("BAR4 takes accesses across a page border")
  func acrossPages() async throws {
    let guest = try await guest()
    try guest.expectPassed("BAR4 takes an access of 8 bytes over two pages", in: "bar-check")
    try guest.expectPassed("BAR4 holds a run of bytes over two page borders", in: "bar-check")
  }

  @Test("past its real length BAR4 reads ones and drops writes")
  func pastTheEnd() async throws {
    try await guest().expectPassed("BAR4 past its real end reads ones and drops writes", in: "bar-check")
  }

  @Test("code that was copied into BAR4 runs")
  func code() async throws {
    try await guest().expectPassed("code copied into BAR4 runs", in: "bar-check")
  }

  @Test("an atomic add works in BAR4, both uncached and as memory of a node")
  func atomicAdd() async throws {
    let guest = try await guest()
    try guest.expectPassed("BAR4 does atomic adds (LDADD)", in: "bar-check")
    try guest.expectPassed("BAR4 does atomic adds (LDADD) as cached memory", in: "bar-check")
  }

  @Test("the kernel takes BAR4 as memory of a GPU node")
  func hotplug() async throws {
    try await guest().expectPassed(
      "the kernel takes a block of BAR4 as memory of a GPU node", in: "bar-check")
  }

  @Test("eight new nodes are possible, and they have generic initiators")
  func nodes() async throws {
    let nodes = try await guest().facts.nodes
    #expect(nodes.filter(\.possible).map(\.id) == Array(0...8))
    #expect(nodes.filter(\.hasGenericInitiator).map(\.id) == Array(1...8))
  }

  @Test("the handle of each generic initiator has the bus and device that sysfs shows")
  func handles() async throws {
    let guest = try await guest()
    let function = try guest.function()
    let parts = function.address.split(whereSeparator: { ":.".contains($0) }).compactMap {
      UInt64($0, radix: 16)
    }
    for initiator in guest.facts.initiators {
      #expect([initiator.segment, initiator.bus, initiator.device, initiator.function] == parts)
      #expect(initiator.bytes.dropFirst(16).hasPrefix("0000" + "01" + "00"))
    }
    #expect(guest.facts.initiators.map(\.domain) == Array(1...8))
  }

  @Test("there is no _DSD, and no driver takes the function")
  func noHostSide() async throws {
    let guest = try await guest()
    #expect(guest.facts.properties.isEmpty)
    #expect(try guest.function().driver == nil)
    #expect(guest.facts.vfioRegions.isEmpty)
  }
}
