// SPDX-License-Identifier: GPL-2.0-or-later

import Testing

@testable import GraceDeviceModel

@Suite("Registers in BAR0")
struct RegisterTests {
  @Test(
    "published registers read as published",
    arguments: [
      (0x0, 0x1800_00a1), (0x4, 0), (0xa00, 0x180a_1000), (0x1498, 0xff), (0x2_00bc, 0xff),
      (0x10_0ce0, 96 << 4 | 10), (0x11_83a4, 98304), (0x1400, 0), (0x14fc, 0), (0x1_0000, 0),
      (0xff_fffc, 0),
    ] as [(UInt64, UInt64)])
  func published(offset: UInt64, value: UInt64) throws {
    var device = try device()
    let read = device.readRegion(0, at: offset, size: 4)
    #expect(read == value)
  }

  @Test(
    "the memory size is stated in GiB where that is exact, else in MiB",
    arguments: [
      (1536, 1536 << 4), (2048, 2 << 4 | 10), (2304, 2304 << 4), (99328, 97 << 4 | 10),
    ] as [(UInt64, UInt64)])
  func memoryRange(mebibytes: UInt64, value: UInt64) throws {
    var device = try device(["memory-size": "\(mebibytes << 20)"])
    #expect(read(&device, 0, at: 0x10_0ce0, size: 4) == value)
  }

  @Test("a read of any width and alignment gives the bytes that dword reads give")
  func lanes() throws {
    var device = try device()
    for index in 0..<4 as Range<UInt64> {
      device.writeRegion(0, at: 0x1400 + index * 4, value: 0x0403_0201 &* (index + 1), size: 4)
    }
    let bytes = (0..<16).map { index in
      UInt8(truncatingIfNeeded: device.readRegion(0, at: 0x1400 + index / 4 * 4, size: 4) >> (index % 4 * 8))
    }
    for size in 1...8 {
      for offset in 0...8 {
        let expected = (0..<size).reduce(UInt64(0)) { $0 | UInt64(bytes[offset + $1]) << UInt64($1 * 8) }
        let read = device.readRegion(0, at: 0x1400 + UInt64(offset), size: UInt32(size))
        #expect(read == expected, "\(size) bytes at \(offset)")
      }
    }
  }

  @Test("a write of any width and alignment reaches only its own bytes")
  func writeLanes() throws {
    for size in 1...8 {
      for offset in 0...8 {
        var device = try device()
        for index in 0..<4 as Range<UInt64> {
          device.writeRegion(0, at: 0x1400 + index * 4, value: 0xffff_ffff, size: 4)
        }
        device.writeRegion(0, at: 0x1400 + UInt64(offset), value: 0, size: UInt32(size))
        for byte in 0..<16 {
          let isWritten = byte >= offset && byte < offset + size
          let read = device.readRegion(0, at: 0x1400 + UInt64(byte), size: 1)
          #expect(read == (isWritten ? 0 : 0xff), "byte \(byte) after \(size) bytes at \(offset)")
        }
      }
    }
  }

  @Test(
    "read-only registers keep their value",
    arguments: [0x0, 0x4, 0xa00, 0x1498, 0x2_00bc, 0x10_0ce0, 0x11_83a4, 0x8000] as [UInt64])
  func readOnly(offset: UInt64) throws {
    var device = try device()
    let before = device.readRegion(0, at: offset, size: 4)
    for value in [0, 0xffff_ffff, 0x5aa5_1234] as [UInt64] {
      device.writeRegion(0, at: offset, value: value, size: 4)
    }
    device.writeRegion(0, at: offset & ~7, value: 0, size: 8)
    #expect(read(&device, 0, at: offset, size: 4) == before)
  }

  @Test("time is the host's, and the low five bits of TIME_0 are zero")
  func time() throws {
    var device = try device()
    device.host.time = 0x1234_5678_9abc_deff
    #expect(read(&device, 0, at: 0x9400, size: 4) == 0x9abc_dee0)
    #expect(read(&device, 0, at: 0x9410, size: 4) == 0x1234_5678)
    for (view, timer) in [(0x3_0080, 0x9400), (0x3_0084, 0x9410)] as [(UInt64, UInt64)] {
      let seen = read(&device, 0, at: view, size: 4)
      #expect(seen == read(&device, 0, at: timer, size: 4))
    }
  }

  @Test("a reset gives registers their reset value", arguments: [ResetKind.cold, .bus, .function])
  func reset(kind: ResetKind) throws {
    var device = try device()
    device.writeRegion(0, at: 0x14fc, value: 7, size: 4)
    device.reset(kind)
    #expect(read(&device, 0, at: 0x14fc, size: 4) == 0)
    #expect(read(&device, 0, at: 0x0, size: 4) == 0x1800_00a1)
  }

  @Test("a write of one clears, other lanes and bits stay")
  func clearedByOne() {
    let merged = RegisterSpec.merging(
      0x00ff_0f0f, lanes: 0x00ff_ffff, into: 0xffff_ffff, writable: 0x0000_00ff, clearedByOne: 0xffff_ff00)
    #expect(merged == 0xff00_f00f)
  }

  @Test(
    "8 bytes are the low register and then the high one, whatever the two are",
    arguments: Profile.all.map(\.name))
  func pairs(profile: String) throws {
    let chip = try #require(Profile.named(profile)).chip
    var whole = try device(["profile": profile])
    var halves = try device(["profile": profile])
    let ends = chip.registers(chip, 96 << 30).flatMap { [$0.offset, $0.offset + $0.count * 4 - 4] }
    let places = Set(ends.map { UInt64($0 & ~7) }).sorted()
    for (round, value) in ([0x0123_4567_89ab_cdef, 0xffff_0000_00ff_ff0f, .max, 0] as [UInt64]).enumerated() {
      for place in places {
        let low = halves.readRegion(0, at: place, size: 4)
        let high = halves.readRegion(0, at: place + 4, size: 4)
        #expect(read(&whole, 0, at: place, size: 8) == low | high << 32, "\(place), round \(round)")
        whole.writeRegion(0, at: place, value: value, size: 8)
        halves.writeRegion(0, at: place, value: value & 0xffff_ffff, size: 4)
        halves.writeRegion(0, at: place + 4, value: value >> 32, size: 4)
      }
    }
    #expect(whole.host.calls == halves.host.calls)
    #expect(whole.host.transfers == halves.host.transfers)
  }

  @Test("every map is in order, does not overlap and names its sources", arguments: Profile.all.map(\.name))
  func maps(profile: String) throws {
    let profile = try #require(Profile.named(profile))
    let map = profile.chip.registers(profile.chip, profile.memorySize)
    #expect(map.count <= RegisterFile.capacity)
    #expect(map.reduce(0) { $0 + Int($1.count) } <= RegisterFile.valueCapacity)
    var end: UInt32 = 0
    for register in map {
      #expect(register.offset >= end, "\(register.name)")
      #expect(register.offset % 4 == 0, "\(register.name)")
      #expect(register.count > 0, "\(register.name)")
      #expect(register.writable & register.clearedByOne == 0, "\(register.name)")
      #expect(register.source.utf8CodeUnitCount > 10, "\(register.name)")
      end = register.offset + register.count * 4
    }
    #expect(UInt64(end) <= profile.chip.registerBARSize)
  }
}
