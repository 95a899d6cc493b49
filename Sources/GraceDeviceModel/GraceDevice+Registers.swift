// SPDX-License-Identifier: GPL-2.0-or-later

// Everything here is `mutating`, reads included: a mutating method reaches the device in place, where a
// borrowing one copies the inline arrays that it indexes, several kilobytes for each access.

extension GraceDevice {
  /// Reads `size` bytes at `offset` of region `index`; the first byte is the lowest of the result.
  ///
  /// - Parameters:
  ///   - index: a region; all ones for one that is not there.
  ///   - offset: bytes from its start; all ones past its end. Memory is never read here: the part of a
  ///     region behind which memory lies is the host's, the rest reads as ones.
  ///   - size: 1 to 8, at any alignment; another size reads as 64 ones.
  @inline(__always)
  public mutating func readRegion(_ index: Int, at offset: UInt64, size: UInt32) -> UInt64 {
    if isDword(index, offset, size) {
      return UInt64(register(at: UInt32(truncatingIfNeeded: offset)))
    }
    guard isInRegisters(index, offset, size) else {
      return index == RegionList.registers ? ones(size) : readElsewhere(index, at: offset, size: size)
    }
    return readLanes(at: UInt32(truncatingIfNeeded: offset), size: size)
  }

  /// Writes the low `size` bytes of `value`; dropped wherever `readRegion` reads ones.
  @inline(__always)
  public mutating func writeRegion(_ index: Int, at offset: UInt64, value: UInt64, size: UInt32) {
    let position = UInt32(truncatingIfNeeded: offset)
    if isDword(index, offset, size) {
      writeRegister(UInt32(truncatingIfNeeded: value), lanes: .max, at: position)
    } else if isInRegisters(index, offset, size) {
      writeLanes(at: position, value: value, size: size)
    }
  }

  /// Bytes of the table of retired pages; ones elsewhere. Out of line, so that registers do not pay for it.
  @inline(never)
  private mutating func readElsewhere(_ index: Int, at offset: UInt64, size: UInt32) -> UInt64 {
    guard index == regions.retiredPages, size >= 1, size <= 8,
      offset < ExtendedMemory.retiredPagesSize, UInt64(size) <= ExtendedMemory.retiredPagesSize &- offset,
      let memory = options.firmware.extendedMemory
    else { return ones(size) }
    let shift = (offset & 7) &* 8
    var result = retiredPagesEntry(offset >> 3, of: memory) >> shift
    if shift > 0 { result |= retiredPagesEntry((offset >> 3) &+ 1, of: memory) << (64 &- shift) }
    return result & ones(size)
  }

  /// The register at `offset`, a multiple of 4; 0 where none is declared.
  @inline(__always)
  private mutating func register(at offset: UInt32) -> UInt32 {
    guard let location = registers.locate(offset) else { return 0 }
    let behaviour = registers.entries[location.entry].behaviour
    // Most are stored: they need not go through a table of jumps.
    if _fastPath(behaviour == .stored) { return registers.value(location) }
    switch behaviour {
    case .linkStatus: return linkStatus
    case .bootStatus: return bootStatus
    case .timeLow: return UInt32(truncatingIfNeeded: host.now()) & 0xffff_ffe0
    case .timeHigh: return UInt32(truncatingIfNeeded: host.now() >> 32)
    default: return readActive(location)
    }
  }

  /// Writes the byte lanes in `lanes` of the register at `offset`, a multiple of 4.
  private mutating func writeRegister(_ value: UInt32, lanes: UInt32, at offset: UInt32) {
    guard let location = registers.locate(offset) else { return }
    if registers.entries[location.entry].behaviour.actsOnWrite {
      writeActive(value, lanes: lanes, to: location)
    } else {
      registers.write(value, lanes: lanes, to: location)
    }
  }

  /// An access that is not one aligned dword: up to three dwords, cut to its bytes.
  private mutating func readLanes(at offset: UInt32, size: UInt32) -> UInt64 {
    var result: UInt64 = 0
    var position: UInt32 = 0
    while position < size {
      let address = offset &+ position
      let lane = address & 3
      let dword = register(at: address & ~3) >> (lane &* 8)
      result |= UInt64(dword) << UInt64(position &* 8)
      position &+= 4 &- lane
    }
    return result & ones(size)
  }

  /// Each dword that the access touches gets one write, with the bytes that are its own.
  private mutating func writeLanes(at offset: UInt32, value: UInt64, size: UInt32) {
    var position: UInt32 = 0
    while position < size {
      let address = offset &+ position
      let lane = address & 3
      let count = min(4 &- lane, size &- position)
      let lanes = UInt32(truncatingIfNeeded: ones(count)) << (lane &* 8)
      let dword = UInt32(truncatingIfNeeded: value >> UInt64(position &* 8)) << (lane &* 8)
      writeRegister(dword, lanes: lanes, at: address & ~3)
      position &+= count
    }
  }

  /// Whether an access is one whole register, as nearly every one is. The size of a BAR is a multiple of 4, so that it ends
  /// inside if it begins there.
  @inline(__always)
  private mutating func isDword(_ index: Int, _ offset: UInt64, _ size: UInt32) -> Bool {
    index == RegionList.registers && size == 4 && offset & 3 == 0 && offset < registerBARSize
  }

  /// Whether an access lies within the registers; every other region holds memory, which is the host's.
  @inline(__always)
  private mutating func isInRegisters(_ index: Int, _ offset: UInt64, _ size: UInt32) -> Bool {
    index == RegionList.registers && size >= 1 && size <= 8 && offset < registerBARSize
      && UInt64(size) <= registerBARSize &- offset
  }
}

/// `size` bytes of ones; 64 bits for sizes that no access has.
@inline(__always)
func ones(_ size: UInt32) -> UInt64 {
  size >= 1 && size < 8 ? (1 << UInt64(size &* 8)) &- 1 : .max
}
