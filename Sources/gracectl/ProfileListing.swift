// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel

/// A profile as other programs read it: configuration space the way `lspci -xxxx` prints it, and the registers of BAR0.
struct ProfileListing {
  private let options: DeviceOptions
  private let config: [UInt8]

  init(_ options: DeviceOptions) {
    self.options = options
    var device = GraceDevice(options: options, host: ListingHost())
    device.attachConfig()
    device.reset(.cold)
    config = device.host.bytes
  }

  /// What `lspci -xxxx` prints of the function on bus 1, which `lspci -F` takes.
  var configuration: String {
    var text = "01:00.0 3D controller: NVIDIA Corporation \(options.profile.product)\n"
    for start in stride(from: 0, to: config.count, by: 16) {
      let bytes = config[start..<start + 16].map { Self.hex(UInt32($0), digits: 2) }
      text += "\(Self.hex(UInt32(start), digits: 2)): \(bytes.joined(separator: " "))\n"
    }
    return text
  }

  /// A register of BAR0 or an array of them.
  struct Register: Codable {
    let offset: String
    let name: String
    let count: UInt32
    let reset: String
    let writable: String
    let meaning: String
    let source: String
  }

  /// The registers of BAR0; all others read zero.
  var registers: [Register] {
    options.profile.chip.registers(options.profile.chip, options.memorySize).map { register in
      Register(
        offset: "0x" + Self.hex(register.offset, digits: 6), name: "\(register.name)", count: register.count,
        reset: register.behaviour == .stored ? "0x" + Self.hex(register.reset, digits: 8) : "live",
        writable: "0x" + Self.hex(register.writable, digits: 8), meaning: "\(register.meaning)",
        source: "\(register.source)")
    }
  }

  /// The registers as a table.
  var registerMap: String {
    var lines = ["offset    reset       writable    name"]
    for register in registers {
      let reset = register.reset + String(repeating: " ", count: 10 - register.reset.count)
      let array = register.count > 1 ? " (\(register.count) registers)" : ""
      lines.append("\(register.offset)  \(reset)  \(register.writable)  \(register.name)\(array)")
      lines.append("          \(register.meaning)")
      lines.append("          \(register.source)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func hex(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}

/// Keeps configuration space and nothing else.
private struct ListingHost: DeviceHost {
  private(set) var bytes = [UInt8](repeating: 0, count: ConfigLayout.byteCount)

  func log(_ level: LogLevel, _ message: StaticString) {}
  func now() -> UInt64 { 0 }
  func setTimer(deadline: UInt64) {}
  func setMode(_ mode: RegionMode, region index: Int) {}
  func setPresence(_ isPresent: Bool) {}
  func clearMemory(from offset: UInt64, byteCount: UInt64) {}
  func readBus(at address: UInt64, count: Int, into block: inout TransferBlock) -> Bool { false }
  func writeBus(at address: UInt64, count: Int, from block: inout TransferBlock) -> Bool { false }
  func readMemory(at offset: UInt64, count: Int, into block: inout TransferBlock) -> Bool { false }
  func writeMemory(at offset: UInt64, count: Int, from block: inout TransferBlock) -> Bool { false }
  func interrupt(_ vector: UInt32) {}
  func setPoison(_ isBad: Bool, at offset: UInt64) {}
  func configByte(at offset: Int) -> UInt8 { bytes[offset] }
  mutating func setConfigByte(_ byte: UInt8, at offset: Int) { bytes[offset] = byte }
  func setConfigMasks(_ masks: ConfigMasks, at offset: Int) {}
}
