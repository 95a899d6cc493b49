// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

@Suite("Other machines")
struct MachineVariationTests {
  /// Size in MiB, and in MiB what nvgrace_gpu_init_nvdev_struct() makes of it: usemem, its BAR, resmem, its
  /// BAR.
  private static let sizes: [(UInt64, UInt64, UInt64, UInt64, UInt64)] = [
    (1536, 512, 512, 1024, 1024),
    (2304, 1024, 2048, 1280, 2048),
    (99328, 98304, 131072, 1024, 1024),
  ]

  @Test("a guest finds BARs and real lengths of each size", arguments: sizes)
  func vm(size: UInt64, usemem: UInt64, usememBAR: UInt64, resmem: UInt64, resmemBAR: UInt64) async throws {
    let guest = try await GuestLab.guest(MachineOptions(representation: .vm, memorySize: size << 20))
    let address = try guest.function().address
    #expect(guest.facts.bar(4, of: address)?.bytes == usememBAR << 20)
    #expect(guest.facts.bar(2, of: address)?.bytes == resmemBAR << 20)
    #expect(guest.facts.usableBytes(ofBAR: 4, of: address) == usemem << 20)
    #expect(guest.facts.usableBytes(ofBAR: 2, of: address) == resmem << 20)
    try guest.expectAllHeld()
  }

  @Test("the driver makes the same of each size on the host", arguments: sizes)
  func bareMetal(size: UInt64, usemem: UInt64, usememBAR: UInt64, resmem: UInt64, resmemBAR: UInt64)
    async throws
  {
    let guest = try await GuestLab.guest(MachineOptions(representation: .bareMetal, memorySize: size << 20))
    let address = try guest.function().address
    #expect(guest.facts.property("nvidia,gpu-mem-size", of: address) == size << 20)
    #expect(guest.facts.vfioRegion(4, of: address)?.bytes == usememBAR << 20)
    #expect(guest.facts.vfioRegion(2, of: address)?.bytes == resmemBAR << 20)
    #expect(guest.facts.vfioRegion(4, of: address)?.areas.map(\.bytes) == [usemem << 20])
    #expect(guest.facts.vfioRegion(2, of: address)?.areas.map(\.bytes) == [resmem << 20])
    try guest.expectAllHeld()
  }

  @Test(
    "two GPUs have nodes of their own, in the order of their addresses", arguments: Representation.allCases)
  func twoGPUs(representation: Representation) async throws {
    let guest = try await GuestLab.guest(
      MachineOptions(representation: representation, memorySize: 3 << 30, gpuCount: 2))
    #expect(guest.facts.functions.map(\.address) == ["0000:01:00.0", "0000:02:00.0"])
    #expect(guest.facts.initiators.map(\.domain) == Array(1...16))
    #expect(
      guest.facts.initiators.map(\.bus) == Array(repeating: 1, count: 8) + Array(repeating: 2, count: 8))
    #expect(guest.facts.nodes.filter(\.hasGenericInitiator).count == 16)
    try guest.expectAllHeld()
  }

  @Test("two GPUs of 96 GiB fit a machine whose window has grown")
  func twoLargeGPUs() async throws {
    try await GuestLab.guest(MachineOptions(representation: .vm, gpuCount: 2)).expectAllHeld()
  }

  @Test(
    "the other products have their own ids and memory",
    arguments: [GPUProfile.gh200With120GB, .gh200With144GB],
    Representation.allCases)
  func profiles(profile: GPUProfile, representation: Representation) async throws {
    let guest = try await GuestLab.guest(MachineOptions(profile: profile, representation: representation))
    #expect(try guest.function().device == profile.deviceID)
    try guest.expectAllHeld()
  }

  @Test("nodes given by hand keep the order of their ids")
  func nodesByHand() async throws {
    var machine = MachineOptions(representation: .vm, memorySize: 3 << 30)
    machine.deviceProperties = ["numa-nodes": "0"]
    for node in 1...8 {
      machine.extraArguments += [
        "-numa", "node,nodeid=\(node)",
        "-object", "acpi-generic-initiator,id=gi\(node),pci-dev=gpu0,node=\(node)",
      ]
    }
    let facts = try await GuestLab.guest(machine).facts
    #expect(facts.initiators.map(\.domain) == Array(1...8))
    #expect(facts.initiators.allSatisfy { $0.bus == 1 && $0.device == 0 && $0.function == 0 })
    #expect(facts.nodes.filter(\.hasGenericInitiator).map(\.id) == Array(1...8))
  }
}
