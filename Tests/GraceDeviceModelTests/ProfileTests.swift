// SPDX-License-Identifier: GPL-2.0-or-later

import Testing

@testable import GraceDeviceModel

@Suite("Profiles")
struct ProfileTests {
  private static let names = Profile.all.map(\.name)

  @Test(
    "capabilities are in the order of their offsets, apart from one another and from the header",
    arguments: names)
  func capabilities(name: String) throws {
    for settings in [["profile": name], ["profile": name, "ats": "on", "mig-fix": "on"]]
      as [KeyValuePairs<String, String>]
    {
      let capabilities = try device(settings).layout.capabilities
      var end: UInt16 = 0x40
      for capability in capabilities {
        if capability.isExtended { end = max(end, 0x100) }
        #expect(capability.offset >= end, "\(capability.id) at \(capability.offset)")
        #expect(capability.offset % 4 == 0)
        end = capability.offset + capability.byteCount
        // Every dword of it is declared, once.
        #expect(
          capability.registers.map(\.offset)
            == stride(from: capability.offset + 4, to: end, by: 4).map { $0 }, "\(capability.id)")
      }
      #expect(end <= 4096)
      #expect(capabilities.first { $0.isExtended }?.offset == 0x100)
    }
  }

  @Test("no bit is both the guest's to write and to clear", arguments: names)
  func masks(name: String) throws {
    for register in try device(["profile": name, "ats": "on"]).layout.registers {
      #expect(register.writable & register.clearedByOne == 0)
      #expect(register.live & (register.writable | register.clearedByOne) == 0)
    }
  }

  @Test(
    "drivers tell the chip by its boot registers",
    arguments: [
      ("gh200-480gb", 0x1800_00a1, 0x180a_1000), ("gb200", 0x1a00_00a1, 0x1a0a_1000),
      ("gb300", 0x1a30_00a1, 0x1a3a_1000),
    ] as [(String, UInt64, UInt64)])
  func chips(name: String, boot0: UInt64, boot42: UInt64) throws {
    var device = try device(["profile": name])
    #expect(read(&device, 0, at: 0, size: 4) == boot0)
    #expect(read(&device, 0, at: 4, size: 4) == 0)
    #expect(read(&device, 0, at: 0xa00, size: 4) == boot42)
  }

  @Test("the size of the memory is where firmware reads it on each chip")
  func sizes() throws {
    var hopper = try device(["profile": "gh200-144gb"])
    #expect(read(&hopper, 0, at: 0x10_0ce0, size: 4) == 144 << 4 | 10)
    #expect(read(&hopper, 0, at: 0x1f_a3e0, size: 4) == 0)
    var blackwell = try device(["profile": "gb200"])
    #expect(read(&blackwell, 0, at: 0x1f_a3e0, size: 4) == 186 << 4 | 10)
    #expect(read(&blackwell, 0, at: 0x10_0ce0, size: 4) == 0)
    #expect(read(&blackwell, 0, at: 0x11_83a4, size: 4) == 186 << 10)
  }

  @Test("Blackwell shows its own BAR1 as BAR2, all of the memory in BAR4, and reserves none")
  func blackwellRegions() throws {
    let guest = try device(["profile": "gb200"]).regions
    #expect(guest.count == 3)
    #expect(guest[1] == Region(place: .bar(2), size: 256 << 30, backedSize: 186 << 30, memoryOffset: 0))
    #expect(guest[2] == Region(place: .bar(4), size: 256 << 30, backedSize: 186 << 30, memoryOffset: 0))
    let host = try device(["profile": "gb200", "representation": "bare-metal"]).regions
    #expect(host.count == 3)
    #expect(host[1]?.place == .bar(2))
    #expect(host[2]?.place == .fixed(1 << 46))
  }

  @Test("the bit of the MIG fix decides whether the memory is divided, on any chip")
  func migFix() throws {
    let fixed = try device(["profile": "gh200-480gb", "mig-fix": "on"])
    #expect(fixed.regions.count == 2)
    #expect(fixed.regions[1]?.place == .bar(4))
    #expect(fixed.regions[1]?.backedSize == 96 << 30)
    #expect(fixed.host.dword(0x310 + 4) == 0x0100_10de)
    #expect(fixed.host.dword(0x310 + 8) == 0x0001_0003)
    let unfixed = try device(["profile": "gb200", "mig-fix": "off", "memory-size": "3221225472"])
    #expect(unfixed.host.dword(0xb0c + 8) == 0x0000_0003)
    #expect(try device(["profile": "gb200"]).host.dword(0xb0c + 8) == 0x0001_0003)
    // Without the bit a driver divides; the memory in BAR4 is what it takes for usemem.
    #expect(unfixed.regions[2]?.backedSize == 2 << 30)
  }

  @Test("a device id and a serial number of the user's own")
  func ids() throws {
    let device = try device([
      "profile": "blackwell-next", "device-id": "0x2b00", "serial-number": "0x1122334455667788",
    ])
    #expect(device.host.dword(0) == 0x2b00_10de)
    #expect(device.host.dword(0x104) == 0x5566_7788)
    #expect(device.host.dword(0x108) == 0x1122_3344)
  }

  @Test("the CXL DVSEC says valid, then active, each after its own delay, and the memory is there with both")
  func cxlReadiness() throws {
    var device = try device([
      "profile": "blackwell-next", "cxl-valid-ms": "200", "cxl-active-ms": "3000", "cxl-active-timeout": "2",
    ])
    // 288 GiB is 0x48_0000_0000; media type and class 2, time-out 2 in bits 15:13.
    #expect(device.host.dword(0x10c + 0x18) == 0x48)
    func readiness(after milliseconds: UInt64) -> UInt32 {
      device.host.time = milliseconds * 1_000_000
      device.clock(device.host.time)
      return device.host.dword(0x10c + 0x1c)
    }
    #expect(readiness(after: 0) == 0x4048)
    #expect(readiness(after: 199) == 0x4048)
    #expect(readiness(after: 200) == 0x4049)
    #expect(device.memoryMode == .ones)
    #expect(readiness(after: 3000) == 0x404b)
    #expect(device.memoryMode == .memory)
    device.reset(.function)
    #expect(device.host.dword(0x10c + 0x1c) == 0x4048)
    #expect(device.memoryMode == .ones)
    // The guest cannot change it.
    device.host.guestWrites(.max, at: 0x10c + 0x1c)
    #expect(device.host.dword(0x10c + 0x1c) == 0x4048)
  }
}
