// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel
import Testing

@Suite("Power states")
struct PowerTests {
  /// Power Management Control/Status of each chip.
  private static let control: KeyValuePairs = ["gh200-480gb": 0x44, "gb200": 0x8c, "blackwell-next": 0x8c]

  /// A guest's write, of which the host tells the device.
  private func write(
    _ value: UInt32, at offset: Int, size: UInt32 = 4, to device: inout GraceDevice<RecordingHost>
  ) {
    device.host.guestWrites(value, at: offset)
    device.configDidWrite(at: UInt32(offset), size: size)
  }

  @Test("in D3hot memory that is in no BAR reads as ones; back in D0 it is there, and nothing was reset")
  func sleep() throws {
    for (profile, control) in Self.control {
      // The chip's own BAR2, then the memory; GH100 has none.
      let regions = profile == "gh200-480gb" ? [1] : [1, 2]
      var device = try device(["profile": profile, "representation": "bare-metal"])
      device.writeRegion(0, at: 0x1400, value: 0x1234, size: 4)
      write(3, at: control, to: &device)
      #expect(device.host.calls == regions.map { .mode(.ones, region: $0) } + [.timer(.max)])
      device.host.calls = []
      write(0, at: control, to: &device)
      #expect(device.host.calls == regions.map { .mode(.memory, region: $0) } + [.timer(.max)])
      #expect(read(&device, 0, at: 0x1400, size: 4) == 0x1234)
      #expect(read(&device, 0, at: 0x1498, size: 4) == 0xff)
      #expect(device.host.dword(control) & 8 == 8, "No_Soft_Reset")
    }
  }

  @Test("a write beside the power state, of any width, changes nothing")
  func otherWrites() throws {
    var device = try device(["representation": "bare-metal"])
    for (offset, size) in [(0x40, 4), (0x45, 1), (0x48, 4), (0x46, 2), (0, 4), (0xffc, 4)] {
      write(.max, at: offset, size: UInt32(size), to: &device)
      device.host.setConfigByte(8, at: 0x44)
    }
    device.configDidWrite(at: .max, size: 4)
    device.configDidWrite(at: 0x44, size: 0)
    #expect(device.host.calls.isEmpty)
  }

  @Test("a byte that is written alone, or as part of a wider write, sets the state")
  func widths() throws {
    for (offset, size) in [(0x44, 1), (0x44, 2), (0x44, 4), (0x40, 8)] {
      var device = try device(["representation": "bare-metal"])
      device.host.setConfigByte(3, at: 0x44)
      device.configDidWrite(at: UInt32(offset), size: UInt32(size))
      #expect(device.host.calls.first == .mode(.ones, region: 1), "\(size) bytes at \(offset)")
    }
  }

  @Test(
    "a reset wakes the function; memory is there when it is ready",
    arguments: [ResetKind.function, .bus, .cold])
  func reset(kind: ResetKind) throws {
    var device = try device(["representation": "bare-metal", "c2c-ready-ms": "0", "hbm-ready-ms": "5"])
    device.clock(5_000_000)
    write(3, at: 0x44, to: &device)
    device.host.calls = []
    // The host puts the state back, before or after.
    device.host.setConfigByte(8, at: 0x44)
    device.reset(kind)
    #expect(device.host.calls == [.timer(5_000_000)])
    device.clock(5_000_000)
    #expect(device.host.calls.contains(.mode(.memory, region: 1)))
  }

  @Test("a machine that was saved in D3hot is in D3hot when it is loaded, and wakes")
  func snapshot() throws {
    var saved = try device(["representation": "bare-metal"])
    write(3, at: 0x44, to: &saved)
    var loaded = try device(["representation": "bare-metal"])
    loaded.host.config = saved.host.config
    try loaded.restore(saved.snapshot())
    #expect(loaded.host.calls.contains(.mode(.ones, region: 1)))
    loaded.host.calls = []
    write(0, at: 0x44, to: &loaded)
    #expect(loaded.host.calls.first == .mode(.memory, region: 1))
  }

  @Test("readiness that comes while the function sleeps shows when it wakes")
  func readyAsleep() throws {
    var device = try device(["representation": "bare-metal", "hbm-ready-ms": "5"])
    write(3, at: 0x44, to: &device)
    device.clock(5_000_000)
    #expect(!device.host.calls.contains(.mode(.memory, region: 1)))
    write(0, at: 0x44, to: &device)
    #expect(device.host.calls.contains(.mode(.memory, region: 1)))
  }
}
