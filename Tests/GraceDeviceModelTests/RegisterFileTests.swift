// SPDX-License-Identifier: GPL-2.0-or-later

import Testing

@testable import GraceDeviceModel

@Suite("Where registers are found")
struct RegisterFileTests {
  private func device(_ lines: [String]) throws -> GraceDevice<RecordingHost> {
    let text = (["base = gh200-480gb", "name = mine"] + lines).joined(separator: "\n") + "\n"
    return GraceDevice(
      options: try DeviceOptions([Setting(name: "profile-text", value: text)]), host: RecordingHost())
  }

  @Test("sixty registers all over BAR0 are found, and none beside them")
  func spread() throws {
    let offsets = (0..<60).map { 0x1_0104 + UInt64($0) * 0x4_1104 }
    var device = try device(
      offsets.enumerated().map { "register = \($1) \(0x1000 + $0) writable=0xff" })
    for (index, offset) in offsets.enumerated() {
      device.writeRegion(0, at: offset, value: 0xffff_ff00 | UInt64(index), size: 4)
      device.writeRegion(0, at: offset + 4, value: 0xffff_ffff, size: 4)
      device.writeRegion(0, at: offset - 4, value: 0xffff_ffff, size: 4)
    }
    for (index, offset) in offsets.enumerated() {
      #expect(read(&device, 0, at: offset, size: 4) == UInt64((0x1000 + index) & ~0xff | index))
      for other in [offset - 4, offset + 4, offset ^ 0x100, offset ^ 0x100_0000 >> 1] {
        #expect(read(&device, 0, at: other, size: 4) == 0, "beside \(offset), at \(other)")
      }
    }
  }

  @Test("where BAR0 goes on after the last register that can be, reads are zero and writes are dropped")
  func largeBAR() throws {
    var device = try device(["bar0-size = 64M"])
    for base in [16, 32, 48].map({ UInt64($0) << 20 }) {
      #expect(read(&device, 0, at: base, size: 4) == 0)
      device.writeRegion(0, at: base + 0x1400, value: 0x1234, size: 4)
      device.writeRegion(0, at: base + 0x1404, value: 0x12, size: 1)
      #expect(read(&device, 0, at: base + 0x1400, size: 8) == 0)
    }
    #expect(read(&device, 0, at: 0x1400, size: 8) == 0)
    #expect(read(&device, 0, at: (16 << 20) - 4, size: 8) == 0)
    #expect(read(&device, 0, at: 64 << 20, size: 4) == 0xffff_ffff)
  }
}
