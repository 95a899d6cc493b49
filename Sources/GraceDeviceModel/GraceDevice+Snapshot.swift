// SPDX-License-Identifier: GPL-2.0-or-later

/// Why saved state cannot be used.
public enum SnapshotError: Error, Equatable, Sendable {
  /// Not as long (bytes) as the state of this device.
  case wrongLength(Int, expected: Int)
  /// Not a snapshot of a grace-gpu, or one with flipped bits.
  case damaged
  /// Written by a version with another layout.
  case otherVersion(UInt32, expected: UInt32)
  /// Of a device with another profile, representation or memory size.
  case otherDevice

  /// One sentence for the user: what is wrong, and what to do.
  public var message: String {
    switch self {
    case .wrongLength(let length, let expected):
      return "the saved state has \(length) bytes where this device has \(expected); load it with the "
        + "plug-in and the options that saved it"
    case .damaged:
      return "the saved state is damaged; save it again"
    case .otherVersion(let version, let expected):
      return "the saved state has version \(version), this plug-in reads version \(expected); load it with "
        + "the plug-in that saved it"
    case .otherDevice:
      return "the saved state is of a device with another profile, representation or memory-size; start "
        + "QEMU with the options that were used for saving"
    }
  }
}

extension GraceDevice {
  /// The layout that is written: all numbers are little-endian.
  private static var snapshotVersion: UInt32 { 4 }
  /// "GRSS" in ASCII.
  private static var snapshotMagic: UInt32 { 0x5353_5247 }

  /// The state of the device, without memory and configuration space, which are the host's.
  ///
  /// Magic, version, identity, memory size, readiness and fault, bad pages, register values, what the transfer engine
  /// and the security processor have beside them, messages sent by the doorbell, CRC-32.
  /// A transfer is over with the access that starts it, so none is ever under way here.
  public func snapshot() -> [UInt8] {
    var writer = SnapshotWriter()
    writer.append(Self.snapshotMagic)
    writer.append(Self.snapshotVersion)
    writer.append(identity)
    writer.append(options.memorySize)
    writer.append(readiness.flags | UInt32(hasHungReset ? 0x10 : 0) | UInt32(fault.rawValue) << 8)
    let deadlines = readiness.deadlines
    for index in deadlines.indices { writer.append(deadlines[index]) }
    for index in 0..<PoisonedPages.capacity { writer.append(poison[index] ?? .max) }
    for index in 0..<registers.valueCount { writer.append(registers.savedValue(at: index)) }
    writer.append(UInt32(transfers.result.rawValue) | UInt32(transfers.isEnabled ? 0x100 : 0))
    writer.append(doorbellCount)
    writer.append(processor.sent)
    for index in processor.unfinished.indices { writer.append(processor.unfinished[index].state) }
    writer.append(transfers.memory)
    writer.append(processor.memory)
    writer.append(checksum(writer.bytes))
    return writer.bytes
  }

  /// Takes over saved state. Timers and the mode of the memory follow; after an error nothing has changed.
  public mutating func restore(_ bytes: [UInt8]) throws(SnapshotError) {
    let expected = snapshotByteCount
    guard bytes.count == expected else { throw .wrongLength(bytes.count, expected: expected) }
    var reader = SnapshotReader(bytes)
    guard reader.next32() == Self.snapshotMagic else { throw .damaged }
    let version = reader.next32()
    guard version == Self.snapshotVersion else {
      throw .otherVersion(version, expected: Self.snapshotVersion)
    }
    var end = SnapshotReader(bytes, at: expected - 4)
    guard end.next32() == checksum(bytes.prefix(expected - 4)) else { throw .damaged }
    guard reader.next32() == identity, reader.next64() == options.memorySize else { throw .otherDevice }

    let flags = reader.next32()
    fault = Fault(rawValue: UInt8(truncatingIfNeeded: flags >> 8)) ?? .none
    hasHungReset = flags & 0x10 != 0
    readiness.restore(
      flags: flags,
      deadlines: [reader.next64(), reader.next64(), reader.next64(), reader.next64()])
    var pages = PoisonedPages()
    for _ in 0..<PoisonedPages.capacity {
      let page = reader.next64()
      if page < options.backingSize { _ = pages.insert(page) }
    }
    for index in 0..<registers.valueCount { registers.restore(reader.next32(), at: index) }
    let engine = reader.next32()
    transfers.result = TransferResult(rawValue: UInt8(truncatingIfNeeded: engine)) ?? .moved
    transfers.isEnabled = engine & 0x100 != 0
    doorbellCount = reader.next32()
    processor.sent = reader.next32()
    for index in processor.unfinished.indices {
      processor.unfinished[index] = UnfinishedMessage(state: reader.next32())
    }
    reader.fill(&transfers.memory)
    reader.fill(&processor.memory)
    // Configuration space is the host's, and saved and loaded by it before this.
    isAsleep = false
    followPowerState()
    followReadiness()
    followPresence()
    hasSaidPoison = true
    setPoison(pages)
  }

  /// The length of a snapshot in bytes, which depends on the profile only.
  public var snapshotByteCount: Int {
    13 * 4 + 2 * 4 + PoisonedPages.capacity * 8
      + (registers.valueCount + 3 + processor.unfinished.count + 1024 + 2048) * 4
  }

  /// What tells the device from others that a guest would see a difference to: a checksum over representation,
  /// configuration space and registers as declared. Not a profile's name, since a user's own profile can have any.
  private var identity: UInt32 {
    var writer = SnapshotWriter()
    writer.append(UInt32(options.representation.rawValue))
    for register in layout.registers {
      writer.append(UInt32(register.offset))
      writer.append(register.reset)
      writer.append(register.writable)
    }
    for index in 0..<registers.entryCount {
      let entry = registers.entries[index]
      writer.append(entry.offset)
      writer.append(entry.end)
      writer.append(entry.reset)
      writer.append(entry.writable)
    }
    return checksum(writer.bytes)
  }
}
