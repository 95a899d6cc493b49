// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// Chips whose memory nobody divides, and which show all of it in a BAR of their own.
@Suite("Blackwell, and memory that is divided otherwise than the chip's")
struct BlackwellTests {
  private let address = "0000:01:00.0"
  /// 3 GiB, and the BAR that shows them.
  private let small: UInt64 = 3 << 30
  private let smallBAR: UInt64 = 4 << 30

  private func guest(
    _ profile: GPUProfile, _ representation: Representation, migFix: String? = nil
  ) async throws -> GuestRun {
    var options = MachineOptions(profile: profile, representation: representation, memorySize: small)
    if let migFix { options.deviceProperties["mig-fix"] = migFix }
    return try await GuestLab.guest(options)
  }

  @Test(
    "everything holds that is expected of each product",
    arguments: [GPUProfile.gb200, .gb300, .blackwellNext], Representation.allCases)
  func products(profile: GPUProfile, representation: Representation) async throws {
    let guest = try await guest(profile, representation)
    #expect(try guest.function().device == profile.deviceID)
    try guest.expectAllHeld()
  }

  @Test("a gb300 shows its 288 GiB in BARs of 512 GiB", arguments: Representation.allCases)
  func fullSize(representation: Representation) async throws {
    let guest = try await GuestLab.guest(MachineOptions(profile: .gb300, representation: representation))
    let isVM = representation == .vm
    let bars = guest.facts.bars.map(\.bytes)
    #expect(bars == [0x100_0000, 0x80_0000_0000] + (isVM ? [0x80_0000_0000] : []))
    #expect(guest.facts.usableBytes(ofBAR: 2, of: address) == 0x48_0000_0000)
    #expect(guest.facts.usableBytes(ofBAR: 4, of: address) == 0x48_0000_0000)
    try guest.expectAllHeld()
  }

  @Test(
    "several gb300 of full size fit the window",
    arguments: [(2, .switch), (8, .rootPorts)] as [(Int, PCITree)],
    Representation.allCases)
  func severalOfFullSize(shape: (gpus: Int, tree: PCITree), representation: Representation) async throws {
    var options = MachineOptions(profile: .gb300, representation: representation, gpuCount: shape.gpus)
    options.tree = shape.tree
    try await GuestLab.guest(options).expectAllHeld()
  }

  @Test("in a virtual machine BAR2 and BAR4 show the same memory", arguments: [GPUProfile.gb200, .gb300])
  func sameMemory(profile: GPUProfile) async throws {
    let guest = try await guest(profile, .vm)
    #expect(guest.facts.bar(2, of: address)?.bytes == smallBAR)
    #expect(guest.facts.bar(4, of: address)?.bytes == smallBAR)
    try guest.expectPassed("BAR2 and BAR4 show the same memory", in: "bar-check")
  }

  @Test("the driver gives all memory as region 4, and passes BAR2 through")
  func regions() async throws {
    let guest = try await guest(.gb200, .bareMetal)
    #expect(guest.facts.bars.map(\.index) == [0, 2])
    #expect(guest.facts.vfioRegion(4, of: address)?.areas.map(\.bytes) == [small])
    #expect(guest.facts.vfioRegion(2, of: address)?.areas == [])
    #expect(guest.facts.vfioRegion(2, of: address)?.bytes == smallBAR)
    try guest.expectPassed("region 2 and region 4 show the same memory", in: "vfio-check")
  }

  @Test(
    "a CXL device DVSEC says that the memory is ready, on one product alone",
    arguments: Representation.allCases)
  func readiness(representation: Representation) async throws {
    try await guest(.blackwellNext, representation).expectPassed(
      "\(address): a CXL device DVSEC says that the memory is ready", in: "sysfs-check")
    try await guest(.gb300, representation).expectPassed(
      "\(address): there is no CXL device DVSEC", in: "sysfs-check")
  }

  @Test("the driver binds another device id than the product's, too", arguments: Representation.allCases)
  func otherID(representation: Representation) async throws {
    var options = MachineOptions(profile: .blackwellNext, representation: representation, memorySize: small)
    options.deviceProperties = ["device-id": "0x3342"]
    let guest = try await GuestLab.guest(options)
    #expect(try guest.function().device == "3342")
    try guest.expectAllHeld()
  }

  /// A product, what the guest is told on top of the truth, and the tests that must fail then.
  private static let lies: [(GPUProfile, String, [String: [String]])] = [
    (
      .gb200, "grace.chip=gh100",
      [
        "sysfs-check": [
          "0000:01:00.0: ids and class are those of a GH200",
          "0000:01:00.0: it has the 64-bit prefetchable BARs 0 and 4, and no others",
        ],
        "bar-check": [
          "BOOT_0 and BOOT_42 name the chip of a GH200",
          "the memory range register decodes to the configured memory",
        ],
      ]
    ),
    (
      .gb200, "grace.chip=gh100 grace.divided=on",
      [
        "sysfs-check": ["0000:01:00.0: no DVSEC says that the MIG bug is fixed"],
        "bar-check": [
          "BAR2 has the size that the memory's split gives", "BAR4 and BAR2 share no memory",
        ],
      ]
    ),
    (.gh200With480GB, "grace.chip=gb100", ["bar-check": ["BAR2 and BAR4 show the same memory"]]),
    (
      .gb300, "grace.chip=blackwell-next",
      [
        "sysfs-check": ["0000:01:00.0: a CXL device DVSEC says that the memory is ready"]
      ]
    ),
    (.blackwellNext, "grace.chip=gb110", ["sysfs-check": ["0000:01:00.0: there is no CXL device DVSEC"]]),
  ]

  @Test("a guest that was told something else notices what differs", arguments: lies.indices)
  func toldSomethingElse(index: Int) async throws {
    let (profile, words, expected) = BlackwellTests.lies[index]
    var options = MachineOptions(profile: profile, representation: .vm, memorySize: small)
    options.kernelWords = words.split(separator: " ").map(String.init)
    let guest = try await GuestLab.guest(options)
    for (program, tests) in expected {
      let failed = try guest.program(program).cases.filter { $0.result == .failed }.map(\.name)
      #expect(Set(failed).isSuperset(of: tests), "\(program): \(failed)")
    }
  }

  @Test(
    "a guest refuses a chip and a division that it does not know",
    arguments: ["grace.chip=ga100", "grace.divided=maybe", "grace.device=xyz"])
  func unknownWords(word: String) async throws {
    var options = MachineOptions(profile: .gb200, representation: .vm, memorySize: small)
    options.kernelWords = [word, "grace.tests=sysfs-check"]
    let guest = try await GuestLab.guest(options)
    let result = try #require(guest.results.cases.first { $0.name == "command-line" })
    #expect(result.result == .failed)
    #expect(result.diagnostics.contains { $0.contains(word.split(separator: "=")[1]) })
  }

  @Test("a gh200-480gb without the bug has no BAR2 and no region 2", arguments: Representation.allCases)
  func undividedHopper(representation: Representation) async throws {
    let guest = try await guest(.gh200With480GB, representation, migFix: "on")
    #expect(guest.facts.bars.map(\.index) == (representation == .vm ? [0, 4] : [0]))
    #expect(guest.facts.vfioRegions.map(\.index) == (representation == .vm ? [] : [0, 4]))
    #expect(guest.facts.usableBytes(ofBAR: 4, of: address) == small)
    try guest.expectAllHeld()
  }

  @Test("a gb200 with the bug has its memory divided, and on the host region 2 is no longer its BAR2")
  func dividedBlackwell() async throws {
    let host = try await guest(.gb200, .bareMetal, migFix: "off")
    #expect(host.facts.vfioRegion(4, of: address)?.areas.map(\.bytes) == [2 << 30])
    #expect(host.facts.vfioRegion(2, of: address)?.areas.map(\.bytes) == [1 << 30])
    #expect(host.facts.bar(2, of: address)?.bytes == smallBAR)
    try host.expectAllHeld()
    let guest = try await guest(.gb200, .vm, migFix: "off")
    #expect(guest.facts.usableBytes(ofBAR: 4, of: address) == 2 << 30)
    #expect(guest.facts.usableBytes(ofBAR: 2, of: address) == small)
    try guest.expectAllHeld()
  }
}
