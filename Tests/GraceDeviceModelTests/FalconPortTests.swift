// SPDX-License-Identifier: GPL-2.0-or-later

import Testing

@testable import GraceDeviceModel

@Suite("Ports into small memories")
struct FalconPortTests {
  /// A port: its control register, and the size of the memory in bytes.
  private static let ports: [(UInt64, UInt64)] =
    (0..<4).map { (EngineRegister.port + $0 * 8, 4096) }
    + (0..<8).map { (EngineRegister.messagePort + $0 * 8, 8192) }

  @Test("the address goes on after a write, after a read, after both or not at all", arguments: ports)
  func advancing(port: UInt64, size: UInt64) throws {
    for (flags, afterWrite, afterRead) in [(0, 0, 0), (1, 4, 0), (2, 0, 4), (3, 4, 4)]
      as [(UInt64, UInt32, UInt32)]
    {
      var device = try device()
      device.set(port, flags << 24 | 0x104)
      device.set(port + 4, 0x1234_5678)
      let written = device.get(port)
      #expect(written == UInt32(flags << 24) | (0x104 + afterWrite))
      _ = device.get(port + 4)
      let read = device.get(port)
      #expect(read == UInt32(flags << 24) | (0x104 + afterWrite + afterRead))
      device.set(port, 0x104)
      let word = device.get(port + 4)
      #expect(word == 0x1234_5678)
    }
  }

  @Test("all of a memory can be written and read, and nothing past its end", arguments: ports)
  func extent(port: UInt64, size: UInt64) throws {
    var device = try device()
    device.set(port, 1 << 24)
    for index in 0..<0x4000 as Range<UInt64> { device.set(port + 4, index &* 0x9e37_79b9) }
    let end = device.get(port)
    #expect(end == 1 << 24, "after the last of 64 KiB comes the first")
    device.set(port, 1 << 25)
    for index in 0..<0x4000 as Range<UInt64> {
      let word = device.get(port + 4)
      #expect(word == (index * 4 < size ? UInt32(truncatingIfNeeded: index &* 0x9e37_79b9) : 0))
    }
  }

  @Test("a part of a data register reaches its own bytes, and is one access")
  func lanes() throws {
    for port in [EngineRegister.port, EngineRegister.messagePort + 16] {
      var device = try device()
      device.set(port, 0x20)
      device.set(port + 4, 0x4433_2211)
      device.set(port, 3 << 24 | 0x20)
      device.writeRegion(0, at: port + 5, value: 0xbbaa, size: 2)
      #expect(read(&device, 0, at: port, size: 4) == 3 << 24 | 0x24)
      device.set(port, 3 << 24 | 0x20)
      #expect(read(&device, 0, at: port + 5, size: 3) == 0x44_bbaa)
      #expect(read(&device, 0, at: port, size: 2) == 0x24)
      // Eight bytes are the control register and then the dword that it names.
      device.writeRegion(0, at: port, value: 0x5566_7788_0000_0040, size: 8)
      #expect(read(&device, 0, at: port, size: 8) == 0x5566_7788_0000_0040)
    }
  }

  @Test("bits of a control register that mean nothing read zero")
  func reserved() throws {
    var device = try device()
    for (port, _) in Self.ports {
      device.set(port, 0xffff_ffff)
      #expect(read(&device, 0, at: port, size: 4) == 0x0300_fffc)
    }
  }

  @Test("ports are apart, the memory behind them is one")
  func shared() throws {
    var device = try device()
    device.set(EngineRegister.messagePort, 0x800)
    device.set(EngineRegister.messagePort + 56, 0x804)
    device.set(EngineRegister.messagePort + 4, 7)
    device.set(EngineRegister.messagePort + 56, 0x800)
    #expect(read(&device, 0, at: EngineRegister.messagePort + 60, size: 4) == 7)
    #expect(read(&device, 0, at: EngineRegister.messagePort, size: 4) == 0x800)
    device.set(EngineRegister.port, 0x800)
    #expect(read(&device, 0, at: EngineRegister.port + 4, size: 4) == 0, "and not the other memory")
  }

  @Test("the size of the data memory can be read")
  func size() throws {
    var device = try device()
    let configuration = device.get(EngineRegister.configuration)
    #expect((configuration & 0x3fe00) >> 1 == 4096)
    #expect(configuration & 0x1ff == 0)
  }
}
