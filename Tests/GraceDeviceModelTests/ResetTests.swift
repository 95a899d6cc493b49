// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel
import Testing

@Suite("Reset and readiness")
struct ResetTests {
  static let deviceControl = 0x68
  static let uncorrectableMask = 0x1c0
  static let linkStatus: UInt64 = 0x1498
  static let bootStatus: UInt64 = 0x2_00bc

  @Test("a function reset keeps the payload size and sticky error masks, and resets the rest")
  func functionReset() throws {
    var device = try device()
    device.host.guestWrites(0xffff_ffff, at: Self.deviceControl)
    device.host.guestWrites(0xffff_ffff, at: Self.uncorrectableMask)
    device.reset(.function)
    #expect(device.host.dword(Self.deviceControl) == 0x0000_28f0)
    #expect(device.host.dword(Self.uncorrectableMask) == 0x03ff_f030)
  }

  @Test("a bus reset keeps sticky error masks, and resets the payload size too")
  func busReset() throws {
    var device = try device()
    device.host.guestWrites(0xffff_ffff, at: Self.deviceControl)
    device.host.guestWrites(0xffff_ffff, at: Self.uncorrectableMask)
    device.reset(.bus)
    #expect(device.host.dword(Self.deviceControl) == 0x0000_2810)
    #expect(device.host.dword(Self.uncorrectableMask) == 0x03ff_f030)
  }

  @Test("a cold reset reaches everything but what is the host's")
  func coldReset() throws {
    var device = try device()
    let fresh = device.host.config
    for offset in stride(from: 0, to: 4096, by: 4) { device.host.guestWrites(0xffff_ffff, at: offset) }
    device.reset(.cold)
    let hostOwned = Set([0x04, 0x05, 0x0c, 0x3c, 0x44, 0xb3] + Array(0x10..<0x28) + Array(0x4a..<0x60))
    for offset in 0..<4096 where !hostOwned.contains(offset) {
      #expect(device.host.config[offset] == fresh[offset], "byte \(offset)")
    }
  }

  @Test("without delays the device is ready at once, and asks for no timer and no change of its memory")
  func readyAtOnce() throws {
    var device = try device(["c2c-ready-ms": "0", "hbm-ready-ms": "0"])
    device.reset(.function)
    #expect(read(&device, 0, at: Self.linkStatus, size: 4) == 0xff)
    #expect(read(&device, 0, at: Self.bootStatus, size: 4) == 0xff)
    #expect(device.host.calls == [.timer(.max)])
  }

  @Test("after a reset the link and the boot come up after their own delays, and the memory with the later")
  func delays() throws {
    var device = try device(["c2c-ready-ms": "3", "hbm-ready-ms": "5"])
    #expect(read(&device, 0, at: Self.linkStatus, size: 4) == 0)
    device.host.time = 1_000_000_000
    device.reset(.function)
    #expect(device.host.calls == [.timer(1_003_000_000)])

    device.host.calls = []
    device.clock(1_002_999_999)
    #expect(read(&device, 0, at: Self.linkStatus, size: 4) == 0)
    device.clock(1_003_000_000)
    #expect(read(&device, 0, at: Self.linkStatus, size: 4) == 0xff)
    #expect(read(&device, 0, at: Self.bootStatus, size: 4) == 0)
    #expect(device.host.calls == [.timer(1_003_000_000), .timer(1_005_000_000)])

    device.host.calls = []
    device.clock(1_005_000_000)
    #expect(read(&device, 0, at: Self.bootStatus, size: 4) == 0xff)
    #expect(
      device.host.calls == [.mode(.memory, region: 1), .mode(.memory, region: 2), .timer(.max)])
  }

  @Test("from a reset until it is ready the memory of every region answers ones")
  func memoryMode() throws {
    for (representation, modes) in [
      ("vm", [RecordingHost.Call.mode(.ones, region: 1), .mode(.ones, region: 2)]),
      ("bare-metal", [.mode(.ones, region: 1)]),
    ] {
      var device = GraceDevice(
        options: try options(["representation": representation, "hbm-ready-ms": "1"]), host: RecordingHost())
      device.attachConfig()
      device.reset(.cold)
      #expect(device.host.calls == modes + [.timer(1_000_000)])
    }
  }

  @Test("a delay that would end past the end of time does not trap")
  func endOfTime() throws {
    var device = try device(["c2c-ready-ms": "3600000"])
    device.host.time = .max - 1
    device.reset(.cold)
    device.clock(.max - 1)
    #expect(read(&device, 0, at: Self.linkStatus, size: 4) == 0)
  }
}
