// SPDX-License-Identifier: GPL-2.0-or-later

import Testing

@testable import GraceDeviceModel

@Suite("Regions")
struct RegionTests {
  @Test("a virtual machine sees registers in BAR0, reserved memory in BAR2 and usable memory in BAR4")
  func virtualMachine() throws {
    let regions = try device().regions
    #expect(regions.count == 3)
    #expect(
      regions[0]
        == Region(
          place: .bar(0), size: 16 << 20, backedSize: 0, memoryOffset: 0, isCoherentMemory: false))
    #expect(regions[1] == Region(place: .bar(2), size: 1 << 30, backedSize: 1 << 30, memoryOffset: 95 << 30))
    #expect(regions[2] == Region(place: .bar(4), size: 128 << 30, backedSize: 95 << 30, memoryOffset: 0))
    #expect(regions[3] == nil)
    #expect(regions[-1] == nil)
  }

  @Test("a Grace host sees registers in BAR0, and the whole memory at its fixed address in no BAR")
  func bareMetal() throws {
    let regions = try device(["representation": "bare-metal"]).regions
    #expect(regions.count == 2)
    #expect(
      regions[0]
        == Region(
          place: .bar(0), size: 16 << 20, backedSize: 0, memoryOffset: 0, isCoherentMemory: false))
    #expect(
      regions[1] == Region(place: .fixed(1 << 46), size: 96 << 30, backedSize: 96 << 30, memoryOffset: 0))
  }

  @Test("extended memory lies at its own address behind the GPU's memory, and its table beside it")
  func extendedMemory() throws {
    let regions = try device([
      "representation": "bare-metal", "memory-size": "3221225472", "egm-size": "1G", "egm-base": "2T",
    ]).regions
    #expect(regions.count == 4)
    #expect(
      regions[2]
        == Region(
          place: .fixed(2 << 40), size: 1 << 30, backedSize: 1 << 30, memoryOffset: 3 << 30,
          isCoherentMemory: false))
    #expect(
      regions[3]
        == Region(
          place: .fixed(2 << 40 + 1 << 30), size: 0x1_0000, backedSize: 0, memoryOffset: 0,
          isCoherentMemory: false))
  }

  @Test("the table of retired pages has their number, then their addresses, at any width and alignment")
  func retiredPages() throws {
    var device = try device([
      "representation": "bare-metal", "egm-size": "1G", "egm-retired-pages": "0x1122334455667788+0x20000",
    ])
    #expect(read(&device, 3, at: 0, size: 8) == 2)
    #expect(read(&device, 3, at: 8, size: 8) == 0x1122_3344_5566_7788)
    #expect(read(&device, 3, at: 16, size: 4) == 0x20000)
    #expect(read(&device, 3, at: 24, size: 8) == 0)
    #expect(read(&device, 3, at: 0x8000, size: 8) == 0)
    #expect(read(&device, 3, at: 7, size: 3) == 0x77_8800)
    // 33, 22, 11 of the first address, then 00, 00, 02, 00, 00 of the second.
    #expect(read(&device, 3, at: 13, size: 8) == 0x0000_0200_0011_2233)
    #expect(read(&device, 3, at: 0xfff9, size: 8) == .max)
    #expect(read(&device, 3, at: 0x1_0000, size: 1) == 0xff)
    #expect(read(&device, 3, at: .max, size: 8) == .max)
    device.writeRegion(3, at: 0, value: 9, size: 8)
    #expect(read(&device, 3, at: 0, size: 8) == 2)
  }

  @Test("a reset takes the GPU's memory away for a while, and not the host's")
  func extendedMemoryStays() throws {
    var device = try device(["representation": "bare-metal", "egm-size": "1G", "hbm-ready-ms": "5"])
    device.reset(.function)
    device.clock(.max)
    let modes = device.host.calls.compactMap { call -> Int? in
      if case .mode(_, let region) = call { region } else { nil }
    }
    #expect(Set(modes) == [1])
  }

  @Test("what is not there reads as ones of the access's width, and takes no write")
  func nothingThere() throws {
    var device = try device()
    let accesses: [(Int, UInt64, UInt32, UInt64)] = [
      (3, 0, 4, 0xffff_ffff), (-1, 0, 4, 0xffff_ffff), (.max, 0, 8, .max), (.min, 0, 1, 0xff),
      (0, 16 << 20, 1, 0xff), (0, (16 << 20) - 1, 2, 0xffff), (0, (16 << 20) - 4, 8, .max),
      (0, .max, 8, .max), (0, .max - 3, 4, 0xffff_ffff), (0, 0, 0, .max), (0, 0, 9, .max),
      (0, 0, .max, .max), (1, 0, 4, 0xffff_ffff), (2, 95 << 30, 8, .max), (2, 128 << 30, 2, 0xffff),
    ]
    for (region, offset, size, expected) in accesses {
      device.writeRegion(region, at: offset, value: 0, size: size)
      #expect(read(&device, region, at: offset, size: size) == expected)
    }
    #expect(read(&device, 0, at: 0, size: 4) == 0x1800_00a1)
    #expect(read(&device, 0, at: (16 << 20) - 1, size: 1) == 0)
  }

  @Test("no access traps, whatever region, offset, size and value it has")
  func anyAccess() throws {
    var numbers = SeededNumbers(seed: 20_260_920)
    var device = try device()
    let edges: [UInt64] = [0, 0x1400, 0x1498, 0x9400, 0x10_0ce0, 16 << 20, 95 << 30, 128 << 30, .max]
    for _ in 0..<200_000 {
      let region = Int(truncatingIfNeeded: numbers.next() % 5)
      let edge = edges[Int(numbers.next() % UInt64(edges.count))]
      let offset = edge &+ numbers.next() % 32 &- 16
      let size = UInt32(truncatingIfNeeded: numbers.next() % 10)
      if numbers.next() & 1 == 0 {
        _ = device.readRegion(region, at: offset, size: size)
      } else {
        device.writeRegion(region, at: offset, value: numbers.next(), size: size)
      }
      if numbers.next() % 1024 == 0 { device.reset(.function) }
    }
    #expect(read(&device, 0, at: 0, size: 4) == 0x1800_00a1)
    #expect(read(&device, 0, at: 0x1498, size: 4) == 0xff)
  }
}
