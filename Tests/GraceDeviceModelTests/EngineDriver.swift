// SPDX-License-Identifier: GPL-2.0-or-later

@testable import GraceDeviceModel

// The engine as a driver uses it: the sequence of the kernel's selftest driver (Linux 7.3, nv_falcon.c), with numbers of its
// own, so that a wrong number in the model is found.

/// Registers of the engine and around it.
enum EngineRegister {
  static let bootComplete: UInt64 = 0x2_00bc
  static let memoryClear: UInt64 = 0x10_0b20
  static let topAddress: UInt64 = 0x10_0f04
  static let firmwareBoot: UInt64 = 0x11_8234
  static let configuration: UInt64 = 0x84_4108
  static let control: UInt64 = 0x84_410c
  static let base: UInt64 = 0x84_4110
  static let local: UInt64 = 0x84_4114
  static let command: UInt64 = 0x84_4118
  static let offset: UInt64 = 0x84_411c
  static let highBase: UInt64 = 0x84_4128
  static let port: UInt64 = 0x84_41c0
  static let lock: UInt64 = 0x84_43c0
  static let aperture: UInt64 = 0x84_4400
  static let interface: UInt64 = 0x84_4424
  static let interface2: UInt64 = 0x84_4484
  static let messagePort: UInt64 = 0x8f_2ac0
  static let commandQueue: UInt64 = 0x8f_2c00
  static let answerQueue: UInt64 = 0x8f_2c80
  static let doorbell: UInt64 = 0xff_f000
  static let result: UInt64 = 0xff_f004
}

/// Where the other end of a transfer is: what a driver writes into an aperture.
enum EngineTarget: UInt64, CaseIterable {
  case memory = 4
  case coherentSystem = 5
  case system = 6
}

extension GraceDevice<RecordingHost> {
  /// A dword of BAR0.
  mutating func get(_ offset: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: readRegion(0, at: offset, size: 4))
  }

  /// Writes a dword of BAR0.
  mutating func set(_ offset: UInt64, _ value: UInt64) {
    writeRegion(0, at: offset, value: value, size: 4)
  }

  /// Writes a packet into a channel's memory, and says that it is there.
  mutating func send(_ words: [UInt32], channel: UInt64 = 2) {
    let base = channel * 1024
    set(EngineRegister.messagePort + channel * 8, base | 3 << 24)
    for word in words { set(EngineRegister.messagePort + channel * 8 + 4, UInt64(word)) }
    set(EngineRegister.commandQueue + channel * 8 + 4, base + UInt64(words.count - 1) * 4)
    set(EngineRegister.commandQueue + channel * 8, base)
  }

  /// Takes the packet that lies in a channel, if there is one, and says that it was taken.
  mutating func receive(channel: UInt64 = 2) -> [UInt32]? {
    let head = get(EngineRegister.answerQueue + channel * 8)
    let tail = get(EngineRegister.answerQueue + channel * 8 + 4)
    guard head != tail else { return nil }
    set(EngineRegister.messagePort + channel * 8, channel * 1024 | 3 << 24)
    let count = Int((tail &- head) / 4) + 1
    let words = (0..<min(count, 256)).map { _ in get(EngineRegister.messagePort + channel * 8 + 4) }
    set(EngineRegister.answerQueue + channel * 8 + 4, UInt64(head))
    return words
  }

  /// Sends the command that enables transfers; whether the answer says that it worked.
  mutating func enable(channel: UInt64 = 2) -> Bool {
    send([0xc000_0000, 0x2210_de7e, 1], channel: channel)
    return receive(channel: channel) == [0xc000_0000, 0x1510_de7e, 0, 0x22, 0]
  }

  /// Aims an aperture, and allows what has to be allowed.
  mutating func open(_ target: EngineTarget, aperture: UInt64 = 0) {
    set(EngineRegister.port, 0)
    set(EngineRegister.aperture + aperture * 4, target.rawValue)
    set(EngineRegister.interface2, 1)
    set(EngineRegister.interface, 0x90)
    set(EngineRegister.control, 0)
  }

  /// Starts a transfer of 4 << `size` bytes; whether the engine says that it is done.
  mutating func move(
    at address: UInt64, size: UInt64, isWrite: Bool, local: UInt64 = 0, aperture: UInt64 = 0
  ) -> Bool {
    set(EngineRegister.topAddress, address >> 47 & 0x1_ffff)
    set(EngineRegister.highBase, address >> 40 & 0x7f)
    set(EngineRegister.base, address >> 8 & 0xffff_ffff)
    set(EngineRegister.offset, address & 0xff)
    set(EngineRegister.local, local)
    set(EngineRegister.command, size << 8 | (isWrite ? 0x20 : 0) | aperture << 12)
    return get(EngineRegister.command) & 3 == 2
  }

  /// All of the data memory, through a port that goes on by itself.
  mutating func dataMemory() -> [UInt32] {
    set(EngineRegister.port + 24, 1 << 25)
    return (0..<1024).map { _ in get(EngineRegister.port + 28) }
  }

  /// Fills the data memory.
  mutating func fillDataMemory(_ word: (Int) -> UInt32) {
    set(EngineRegister.port + 24, 1 << 24)
    for index in 0..<1024 { set(EngineRegister.port + 28, UInt64(word(index))) }
  }
}

/// A device whose engine is enabled and aimed at a memory.
func engine(_ target: EngineTarget, _ settings: KeyValuePairs<String, String> = [:]) throws
  -> GraceDevice<RecordingHost>
{
  var device = try device(settings)
  guard device.enable() else { throw EngineError.notEnabled }
  device.open(target)
  device.host.calls = []
  return device
}

/// Why a test cannot begin.
enum EngineError: Error { case notEnabled }
