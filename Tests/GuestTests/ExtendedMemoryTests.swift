// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

@Suite("Extended memory")
struct ExtendedMemoryTests {
  private func machine(_ properties: [String: String], gpus: Int = 1) -> MachineOptions {
    var options = MachineOptions(representation: .bareMetal, memorySize: 3 << 30, gpuCount: gpus)
    options.deviceProperties = properties
    return options
  }

  @Test("_DSD names its place, its domain and the table of retired pages, and the kernel leaves it alone")
  func properties() async throws {
    let guest = try await GuestLab.guest(machine(["egm-size": "1G"], gpus: 2))
    func property(_ name: String, _ gpu: Int) -> UInt64? {
      guest.facts.property("nvidia,egm-\(name)", of: guest.options.places[gpu].address)
    }
    #expect(property("base-pa", 0) == 0x800_0000_0000)
    #expect(property("base-pa", 1) == 0x1800_0000_0000)
    #expect(property("size", 0) == 0x4000_0000)
    #expect(property("pxm", 0) == 0)
    #expect(property("retired-pages-data-base", 0) == 0x800_4000_0000)
    for place in guest.options.places {
      try guest.expectPassed(
        "\(place.address): the _DSD's extended memory is no RAM of the kernel", in: "sysfs-check")
    }
    try guest.expectAllHeld()
  }

  @Test("it can have a domain of its own, and no table")
  func ownDomain() async throws {
    let guest = try await GuestLab.guest(
      machine(["egm-size": "512M", "egm-base": "0x90000000000", "egm-pxm": "9", "egm-retired-pages": "off"]))
    #expect(guest.facts.property("nvidia,egm-base-pa", of: "0000:01:00.0") == 0x900_0000_0000)
    #expect(guest.facts.property("nvidia,egm-pxm", of: "0000:01:00.0") == 9)
    #expect(guest.facts.property("nvidia,egm-retired-pages-data-base", of: "0000:01:00.0") == nil)
    #expect(guest.facts.memoryAffinities.filter { $0.domain == 9 }.map(\.length) == [0])
    #expect(guest.facts.nodes.filter(\.possible).map(\.id) == Array(0...9))
    try guest.expectAllHeld()
  }
}
