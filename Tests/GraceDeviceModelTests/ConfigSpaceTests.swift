// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel
import Testing

@Suite("Configuration space")
struct ConfigSpaceTests {
  @Test(
    "the header tells a 3D controller of NVIDIA's with pin A and no I/O space",
    arguments: [
      (0x00, 0x2345_10de), (0x08, 0x0302_00a1), (0x2c, 0x1809_10de), (0x34, 0x40), (0x3c, 0x100),
      (0x10, 0xc), (0x18, 0xc), (0x20, 0xc), (0x30, 0),
    ] as [(Int, UInt32)])
  func header(offset: Int, value: UInt32) throws {
    #expect(try device().host.dword(offset) == value)
  }

  @Test("the capability list has power management, MSI, PCI Express, vendor and MSI-X at Hopper's offsets")
  func capabilities() throws {
    let host = try device().host
    var found: [(id: UInt8, offset: Int)] = []
    var offset = Int(host.config[0x34])
    while offset != 0, found.count < 48 {
      found.append((host.config[offset], offset))
      offset = Int(host.config[offset + 1])
    }
    #expect(found.map(\.id) == [0x01, 0x05, 0x10, 0x09, 0x11])
    #expect(found.map(\.offset) == [0x40, 0x48, 0x60, 0x9c, 0xb0])
    #expect(host.config[0x9e] == 0x14)
  }

  @Test("the extended list begins at 0x100 and has AER, version 2, at 0x1b8")
  func extendedCapabilities() throws {
    let host = try device().host
    #expect(host.dword(0x100) == 0x12c1_0019)
    #expect(host.dword(0x1b8) == 0x2502_0001)
  }

  @Test("the function offers function level reset, 16 MSI vectors, and 9 MSI-X vectors in BAR0")
  func features() throws {
    let host = try device().host
    #expect(host.dword(0x64) & 1 << 28 != 0)
    // 16 messages (2^4), 64-bit addresses, a mask for each.
    #expect(host.dword(0x48) >> 16 == 0x188)
    #expect(host.dword(0xb0) >> 16 & 0x7ff == 8)
    #expect(host.dword(0xb4) == 0x00b9_0000)
    #expect(host.dword(0xb8) == 0x00ba_0000)
  }

  @Test(
    "a BAR takes address bits from its size up, and no others",
    arguments: [(0x10, 16 << 20), (0x18, 1 << 30), (0x20, 128 << 30)] as [(Int, UInt64)])
  func barSizing(offset: Int, size: UInt64) throws {
    var device = try device()
    device.host.guestWrites(.max, at: offset)
    device.host.guestWrites(.max, at: offset + 4)
    let read = UInt64(device.host.dword(offset + 4)) << 32 | UInt64(device.host.dword(offset))
    #expect(read == ~(size - 1) | 0xc)
  }

  @Test("no bit is both writable and cleared by one, and no changeable bit is checked by a migration")
  func masks() throws {
    for (offset, masks) in try device().host.masks.enumerated() {
      #expect(masks.writable & masks.clearedByOne == 0, "byte \(offset)")
      #expect(masks.checked & (masks.writable | masks.clearedByOne) == 0, "byte \(offset)")
    }
  }

  @Test("bytes that belong to nothing read zero and cannot be written, that of Linux' HDA quirk included")
  func unowned() throws {
    let device = try device()
    let owned = Set(device.layout.registers.flatMap { register in (0..<4).map { Int(register.offset) + $0 } })
    for offset in 0..<4096 where !owned.contains(offset) {
      #expect(device.host.config[offset] == 0, "byte \(offset)")
      #expect(device.host.masks[offset].writable == 0, "byte \(offset)")
      #expect(device.host.masks[offset].clearedByOne == 0, "byte \(offset)")
    }
    #expect(device.host.masks[0x48b].writable & 2 == 0)
  }

  @Test("registers of each profile are in order, inside their capability and do not overlap")
  func layouts() throws {
    for profile in Profile.all {
      let layout = try device(["profile": profile.name]).layout
      var end = 0
      for register in layout.registers {
        #expect(Int(register.offset) >= end)
        #expect(register.offset % 4 == 0)
        end = Int(register.offset) + 4
      }
      #expect(end <= 4096)
      for (capability, next) in zip(layout.capabilities, layout.capabilities.dropFirst()) {
        #expect(capability.offset + capability.byteCount <= next.offset)
      }
    }
  }
}
