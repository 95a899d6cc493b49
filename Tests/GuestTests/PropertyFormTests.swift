// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// Firmware has told an operating system of a GPU's domains in three ways, and of its size in two.
@Suite("Forms of _DSD in the field")
struct PropertyFormTests {
  private static let names = [
    "nvidia,gpu-mem-base-pa", "nvidia,gpu-mem-pxm-start", "nvidia,gpu-mem-pxm-count", "nvidia,gpu-mem-size",
  ]

  private static let forms: [([String: String], [String], Int)] = [
    ([:], names, 8),
    (["dsd-pxm": "off"], [names[0], names[3]], 8),
    (["initiators": "off"], names, 0),
    (["dsd-size": "off"], [names[0], names[1], names[2]], 8),
  ]

  @Test("Linux finds what is there, and nodes in each", arguments: forms)
  func form(settings: [String: String], names: [String], initiators: Int) async throws {
    var machine = MachineOptions(representation: .bareMetal, memorySize: 3 << 30)
    machine.deviceProperties = settings
    let guest = try await GuestLab.guest(machine)
    let address = try guest.function().address
    #expect(Self.names.filter { guest.facts.property($0, of: address) != nil } == names)
    #expect(guest.facts.initiators.count == initiators)
    #expect(guest.facts.nodes.filter(\.hasGenericInitiator).count == initiators)
    // The memory entries alone make nodes, too.
    #expect(guest.facts.nodes.map(\.id) == Array(0...8))
    // Without a size the driver takes the function as it is.
    let usemem = guest.facts.vfioRegion(4, of: address).map(\.bytes) ?? 0
    #expect(usemem == (names.contains(Self.names[3]) ? 2 << 30 : 0))
  }
}
