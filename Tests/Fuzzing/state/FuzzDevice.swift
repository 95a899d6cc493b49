// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel

typealias FuzzDevice = GraceDevice<RecordingHost>

/// Settings that devices differ in, as far as saved state does.
let setups: [[(String, String)]] = [
  [("profile", "gh200-480gb")],
  [("representation", "bare-metal"), ("egm-size", "1G"), ("poison", "egm:0+4K")],
  [("profile", "gb200")],
  [("profile", "gb200"), ("representation", "bare-metal"), ("cxl-valid-ms", "50")],
  [("profile", "blackwell-next"), ("fault", "cxl-ones")],
  [("memory-size", "1610612736"), ("c2c-ready-ms", "5"), ("reset-clears-memory", "on")],
  [("profile-text", "base = gh200-144gb\nname = own\nregister = 0x140000 0x12345678 writable=0xffff")],
  [
    (
      "profile-text",
      "base = gb300\nname = own\nmsix-vectors = 64\nmsix-table = 0x340000\nregister = 0x200000 7"
    )
  ],
]

func options(_ settings: [(String, String)]) -> DeviceOptions {
  do throws(OptionError) {
    return try DeviceOptions(settings.map { Setting(name: $0.0, value: $0.1) })
  } catch {
    fatalError("broken: the fuzzer's own settings are right: \(error.message)")
  }
}

/// A device after its power-on reset.
func started(_ options: DeviceOptions) -> FuzzDevice {
  var device = FuzzDevice(options: options, host: RecordingHost())
  device.host.memorySize = options.backingSize
  device.attachConfig()
  device.reset(.cold)
  return device
}

/// One thing that a guest or the host does, eight bytes of the input; the result is what was read.
func step(_ device: inout FuzzDevice, _ input: inout Input) -> UInt64 {
  let form = input.byte()
  let place = input.byte()
  let value = input.dword()
  let more = input.word()
  switch form % 10 {
  case 0, 1:
    let offset = registers[Int(place) % registers.count] + UInt64(more & 0x3c)
    device.writeRegion(0, at: offset, value: UInt64(value), size: form & 0x80 != 0 ? 2 : 4)
  case 2:
    return device.readRegion(0, at: registers[Int(place) % registers.count] + UInt64(more & 0x3f), size: 4)
  case 3:
    let offset = Int(place) << 2 | Int(more & 0xc00)
    device.host.guestWrites(value, at: offset)
    device.configDidWrite(at: UInt32(offset), size: 4)
  case 4: device.reset([.cold, .bus, .function][Int(place) % 3])
  case 5:
    device.host.time &+= UInt64(value) << UInt64(place % 8)
    device.clock(device.host.time)
  case 6: device.setFault(Fault.allCases[Int(place) % Fault.allCases.count])
  case 7:
    let setting = Setting(name: "poison", value: more & 1 == 0 ? "\(value)" : "egm:\(UInt64(value) << 4)+0")
    if let pages = try? device.options.poison(setting) { device.setPoison(pages) }
  case 8:
    return device.readRegion(Int(place % 6), at: UInt64(value) << UInt64(more % 32), size: UInt32(more >> 8))
  default:
    device.writeRegion(
      Int(place % 6), at: UInt64(value) << UInt64(more % 32), value: .max, size: UInt32(more >> 8))
  }
  return 0
}

/// Registers that do something, from docs/device.md, with some behind each.
private let registers: [UInt64] = [
  0x00_0000, 0x00_1400, 0x00_1498, 0x00_9400, 0x02_00bc, 0x03_0080, 0x10_0b20, 0x11_8234, 0x14_0000,
  0x20_0000,
  0x84_4100, 0x84_4118, 0x84_4128, 0x84_41c0, 0x84_43c0, 0x84_4400, 0x84_4484, 0x8f_2ac0, 0x8f_2c00,
  0x8f_2c80,
  0xff_f000,
]
