// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// A gh200-480gb with its 96 GiB, as the host of the superchip sees it, and what the unmodified driver makes
/// of it.
@Suite("The bare-metal representation")
struct BareMetalTests {
  private let address = "0000:01:00.0"

  private func guest() async throws -> GuestRun {
    try await GuestLab.guest(.bareMetal)
  }

  @Test("everything holds that is expected of the machine")
  func expectations() async throws {
    try await guest().expectAllHeld()
  }

  @Test("there is BAR0, and neither BAR2 nor BAR4")
  func bars() async throws {
    let bars = try await guest().facts.bars
    #expect(bars.map(\.index) == [0])
    #expect(bars.map(\.bytes) == [0x100_0000])
  }

  @Test("_DSD has the address and the size of the memory")
  func properties() async throws {
    let facts = try await guest().facts
    #expect(facts.property("nvidia,gpu-mem-base-pa", of: address) == 0x4000_0000_0000)
    #expect(facts.property("nvidia,gpu-mem-size", of: address) == 0x18_0000_0000)
  }

  @Test("the upstream driver binds")
  func driver() async throws {
    let guest = try await guest()
    #expect(try guest.function().driver == "nvgrace_gpu_vfio_pci")
    try guest.expectPassed("nvgrace_gpu_vfio_pci binds the function", in: "vfio-check")
  }

  @Test("VFIO region 4 has 128 GiB and region 2 has 1 GiB")
  func regionSizes() async throws {
    let facts = try await guest().facts
    #expect(facts.vfioRegion(4, of: address)?.bytes == 0x20_0000_0000)
    #expect(facts.vfioRegion(2, of: address)?.bytes == 0x4000_0000)
  }

  @Test("a region can be mapped up to its real length")
  func areas() async throws {
    let facts = try await guest().facts
    #expect(facts.vfioRegion(4, of: address)?.areas.map(\.bytes) == [0x17_c000_0000])
    #expect(facts.vfioRegion(2, of: address)?.areas.map(\.bytes) == [0x4000_0000])
  }

  @Test("what was written through a mapping is read with pread", arguments: [2, 4])
  func mappedWrite(region: Int) async throws {
    try await guest().expectPassed("region \(region) gives to pread what a mapping wrote", in: "vfio-check")
  }

  @Test("the memory survives closing and opening the device")
  func reopen() async throws {
    try await guest().expectPassed("the memory survives closing and opening the device", in: "vfio-check")
  }

  @Test("pread past the real length gives ones")
  func pastTheEnd() async throws {
    try await guest().expectPassed("region 4 past its real end reads ones and drops writes", in: "vfio-check")
  }

  @Test("a mapping past the real length gives EINVAL", arguments: [2, 4])
  func mappingPastTheEnd(region: Int) async throws {
    try await guest().expectPassed(
      "region \(region) refuses a mapping past its real end with EINVAL", in: "vfio-check")
  }

  @Test("the BARs that the driver emulates size correctly in configuration space", arguments: [2, 4])
  func sizing(bar: Int) async throws {
    let guest = try await guest()
    try guest.expectPassed(
      "BAR\(bar) in configuration space sizes as 64-bit prefetchable", in: "vfio-check")
  }

  @Test("after a reset the device becomes ready again and keeps its memory")
  func reset() async throws {
    let guest = try await guest()
    try guest.expectPassed("the readiness registers say ready after the reset", in: "vfio-check")
    try guest.expectPassed("a reset keeps the memory and forgets the emulated BARs", in: "vfio-check")
  }

  @Test("code that was copied into the memory runs, and an atomic add works there")
  func memory() async throws {
    let guest = try await guest()
    try guest.expectPassed("code copied into region 4 runs", in: "vfio-check")
    try guest.expectPassed("region 4 does atomic adds (LDADD)", in: "vfio-check")
  }

  @Test("the memory can be put at another address")
  func otherAddress() async throws {
    var options = MachineOptions(representation: .bareMetal, memorySize: 3 << 30)
    options.deviceProperties["memory-base"] = "0x80000000000"
    let guest = try await GuestLab.guest(options)
    #expect(guest.facts.property("nvidia,gpu-mem-base-pa", of: address) == 0x800_0000_0000)
    try guest.expectAllHeld()
  }
}
