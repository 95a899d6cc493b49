// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel

/// A host that stores configuration space, turns its clock by hand, and writes down what it is asked.
struct RecordingHost: DeviceHost {
  /// What the device asked for, in order.
  enum Call: Equatable {
    case timer(UInt64)
    case mode(RegionMode, region: Int)
    case presence(Bool)
    case clear(from: UInt64, byteCount: UInt64)
    case poison(Bool, at: UInt64)
    case interrupt(UInt32)
  }

  /// A transfer that the device asked for: of one of the two memories, at an address, with so many bytes.
  struct Transfer: Equatable {
    var isBus: Bool
    var isWrite: Bool
    var address: UInt64
    var count: Int
  }

  /// Every transfer that was asked for, also those that were refused.
  var transfers: [Transfer] = []
  /// Pages of the device's memory that cannot be read.
  var badPages: Set<UInt64> = []

  /// Main memory, by bus address; what is not there is not mapped.
  var bus: [UInt64: UInt8] = [:]
  /// What was written to the device's memory.
  var memory: [UInt64: UInt8] = [:]
  /// Where the device's memory ends.
  var memorySize: UInt64 = 1 << 30

  var calls: [Call] = []
  var time: UInt64 = 0
  var config = [UInt8](repeating: 0xee, count: 4096)
  var masks = [ConfigMasks](
    repeating: ConfigMasks(writable: 0xff, clearedByOne: 0xff, checked: 0), count: 4096)

  mutating func log(_ level: LogLevel, _ message: StaticString) {}
  func now() -> UInt64 { time }
  mutating func setTimer(deadline: UInt64) { calls.append(.timer(deadline)) }
  mutating func setMode(_ mode: RegionMode, region index: Int) { calls.append(.mode(mode, region: index)) }
  mutating func setPresence(_ isPresent: Bool) { calls.append(.presence(isPresent)) }
  mutating func clearMemory(from offset: UInt64, byteCount: UInt64) {
    calls.append(.clear(from: offset, byteCount: byteCount))
  }
  mutating func readBus(at address: UInt64, count: Int, into block: inout TransferBlock) -> Bool {
    transfers.append(Transfer(isBus: true, isWrite: false, address: address, count: count))
    for index in 0..<count {
      guard let byte = bus[address &+ UInt64(index)] else { return false }
      block.bytes[index] = byte
    }
    return true
  }
  mutating func writeBus(at address: UInt64, count: Int, from block: inout TransferBlock) -> Bool {
    transfers.append(Transfer(isBus: true, isWrite: true, address: address, count: count))
    for index in 0..<count {
      guard bus[address &+ UInt64(index)] != nil else { return false }
      bus[address &+ UInt64(index)] = block.bytes[index]
    }
    return true
  }
  mutating func readMemory(at offset: UInt64, count: Int, into block: inout TransferBlock) -> Bool {
    transfers.append(Transfer(isBus: false, isWrite: false, address: offset, count: count))
    guard offset < memorySize, UInt64(count) <= memorySize - offset, !badPages.contains(offset & ~0xfff)
    else { return false }
    for index in 0..<count { block.bytes[index] = memory[offset + UInt64(index)] ?? 0 }
    return true
  }
  mutating func writeMemory(at offset: UInt64, count: Int, from block: inout TransferBlock) -> Bool {
    transfers.append(Transfer(isBus: false, isWrite: true, address: offset, count: count))
    guard offset < memorySize, UInt64(count) <= memorySize - offset else { return false }
    for index in 0..<count { memory[offset + UInt64(index)] = block.bytes[index] }
    return true
  }
  mutating func interrupt(_ vector: UInt32) { calls.append(.interrupt(vector)) }
  mutating func setPoison(_ isBad: Bool, at offset: UInt64) {
    calls.append(.poison(isBad, at: offset))
    if isBad { badPages.insert(offset) } else { badPages.remove(offset) }
  }
  func configByte(at offset: Int) -> UInt8 { config[offset] }
  mutating func setConfigByte(_ byte: UInt8, at offset: Int) { config[offset] = byte }
  mutating func setConfigMasks(_ masks: ConfigMasks, at offset: Int) { self.masks[offset] = masks }

  /// What a guest's write does in a host: masks decide.
  mutating func guestWrites(_ value: UInt32, at offset: Int, size: Int = 4) {
    for lane in 0..<size {
      let byte = UInt8(truncatingIfNeeded: value >> UInt32(lane * 8))
      let mask = masks[offset + lane]
      let kept = config[offset + lane] & ~mask.writable | byte & mask.writable
      config[offset + lane] = kept & ~(byte & mask.clearedByOne)
    }
  }

  /// The dword at `offset`.
  func dword(_ offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(config[offset + $1]) << UInt32($1 * 8) }
  }
}

/// Settings as text, the way QEMU gives them.
func options(_ settings: KeyValuePairs<String, String> = [:]) throws -> DeviceOptions {
  try DeviceOptions(settings.map { Setting(name: $0.key, value: $0.value) })
}

/// A device with a configuration space, after its power-on reset.
func device(_ settings: KeyValuePairs<String, String> = [:]) throws -> GraceDevice<RecordingHost> {
  var device = GraceDevice(options: try options(settings), host: RecordingHost())
  device.attachConfig()
  device.reset(.cold)
  device.host.calls = []
  return device
}

/// What a guest reads. A function, because an expectation cannot hold a mutating method's call.
func read(_ device: inout GraceDevice<RecordingHost>, _ region: Int, at offset: UInt64, size: UInt32)
  -> UInt64
{
  device.readRegion(region, at: offset, size: size)
}

/// Numbers that look random and are the same in every run with the same seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}
