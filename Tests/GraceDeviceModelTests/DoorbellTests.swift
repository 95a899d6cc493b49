// SPDX-License-Identifier: GPL-2.0-or-later

import Testing

@testable import GraceDeviceModel

@Suite("Doorbell")
struct DoorbellTests {
  @Test(
    "each vector of the device is sent, and no other",
    arguments: [("gh200-480gb", 16), ("gb200", 9)] as [(String, UInt32)])
  func vectors(profile: String, count: UInt32) throws {
    var device = try device(["profile": profile])
    for vector in [0, 1, 8, count - 1, count, count + 1, 255, 0x8000_0000, .max] as [UInt32] {
      device.set(EngineRegister.doorbell, UInt64(vector))
    }
    #expect(device.host.calls == [.interrupt(0), .interrupt(1), .interrupt(8), .interrupt(count - 1)])
    #expect(read(&device, 0, at: EngineRegister.doorbell, size: 4) == 4)
  }

  @Test("a write of any width rings once, with the bytes that are its own")
  func lanes() throws {
    var device = try device()
    device.writeRegion(0, at: EngineRegister.doorbell, value: 3, size: 1)
    device.writeRegion(0, at: EngineRegister.doorbell, value: 4, size: 2)
    device.writeRegion(0, at: EngineRegister.doorbell, value: 5, size: 8)
    device.writeRegion(0, at: EngineRegister.doorbell + 1, value: 1, size: 1)
    device.writeRegion(0, at: EngineRegister.doorbell - 4, value: 6 << 32, size: 8)
    #expect(device.host.calls == [.interrupt(3), .interrupt(4), .interrupt(5), .interrupt(6)])
  }

  @Test("a reset begins to count anew", arguments: [ResetKind.cold, .bus, .function])
  func reset(kind: ResetKind) throws {
    var device = try device()
    device.set(EngineRegister.doorbell, 0)
    device.reset(kind)
    #expect(read(&device, 0, at: EngineRegister.doorbell, size: 4) == 0)
  }
}
