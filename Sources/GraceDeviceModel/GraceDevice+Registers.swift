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
    guard let cell = wholeRegister(index, at: offset, size: size) else {
      return readUncommon(index, at: offset, size: size)
    }
    return UInt64(cell.isReadAsStored ? storedValue(cell) : readActive(cell))
  }

  /// Writes the low `size` bytes of `value`; dropped wherever `readRegion` reads ones.
  @inline(__always)
  public mutating func writeRegion(_ index: Int, at offset: UInt64, value: UInt64, size: UInt32) {
    guard let cell = wholeRegister(index, at: offset, size: size) else {
      return writeUncommon(index, at: offset, value: value, size: size)
    }
    let word = UInt32(truncatingIfNeeded: value)
    if cell.isStoredAsWritten { store(word, cell) } else { write(word, lanes: .max, to: cell) }
  }

  // A host that calls from C takes the two apart, so that what is rare is behind a jump and costs the rest nothing.

  /// The register that an access is all of, as nearly every one is; nil for any other access. The size of BAR0 is a multiple
  /// of 4, so that a dword ends inside if it begins there.
  @inline(__always)
  public mutating func wholeRegister(_ index: Int, at offset: UInt64, size: UInt32) -> RegisterCell? {
    // One test for three things: region 0 (registers), 4 bytes, a multiple of 4.
    let difference = UInt64(truncatingIfNeeded: index ^ RegionList.registers) | UInt64(size ^ 4) | offset & 3
    guard difference == 0, offset < registerLimit else { return nil }
    return registers.cell(at: UInt32(truncatingIfNeeded: offset))
  }

  /// The value of a register that is read as stored.
  @inline(__always)
  public mutating func storedValue(_ cell: RegisterCell) -> UInt32 { registers.value(cell) }

  /// Writes a register that is stored as written.
  @inline(__always)
  public mutating func store(_ value: UInt32, _ cell: RegisterCell) { registers.setValue(value, cell) }

  /// The two registers that an access of 8 bytes is all of; nil for any other access.
  @inline(__always)
  private mutating func wholePair(_ index: Int, at offset: UInt64, size: UInt32)
    -> (low: RegisterCell, high: RegisterCell)?
  {
    let difference = UInt64(truncatingIfNeeded: index ^ RegionList.registers) | UInt64(size ^ 8) | offset & 7
    guard difference == 0, offset < registerLimit else { return nil }
    return registers.pair(at: UInt32(truncatingIfNeeded: offset))
  }

  /// Reads whatever is not a whole register.
  @inline(__always)
  public mutating func readUncommon(_ index: Int, at offset: UInt64, size: UInt32) -> UInt64 {
    if let pair = wholePair(index, at: offset, size: size), pair.low.isReadAsStored, pair.high.isReadAsStored
    {
      return UInt64(storedValue(pair.low)) | UInt64(storedValue(pair.high)) << 32
    }
    guard index == RegionList.registers else {
      return index == regions.retiredPages ? readRetiredPages(at: offset, size: size) : ones(size)
    }
    guard isInRegisters(offset, size) else { return ones(size) }
    let position = UInt32(truncatingIfNeeded: offset)
    let lane = position & 3
    if lane &+ size <= 4 {
      return UInt64(register(at: position & ~3) >> (lane &* 8)) & ones(size)
    }
    return readLanes(at: position, size: size)
  }

  /// Writes whatever is not a whole register.
  @inline(__always)
  public mutating func writeUncommon(_ index: Int, at offset: UInt64, value: UInt64, size: UInt32) {
    if let pair = wholePair(index, at: offset, size: size), !pair.low.actsOnWrite, !pair.high.actsOnWrite {
      registers.merge(UInt32(truncatingIfNeeded: value), lanes: .max, into: pair.low)
      return registers.merge(UInt32(truncatingIfNeeded: value >> 32), lanes: .max, into: pair.high)
    }
    guard index == RegionList.registers, isInRegisters(offset, size) else { return }
    let position = UInt32(truncatingIfNeeded: offset)
    let lane = position & 3
    if lane &+ size <= 4 {
      let lanes = UInt32(truncatingIfNeeded: ones(size)) << (lane &* 8)
      return writeRegister(UInt32(truncatingIfNeeded: value) << (lane &* 8), lanes: lanes, at: position & ~3)
    }
    writeLanes(at: position, value: value, size: size)
  }

  /// Bytes of the table of retired pages; ones past its end.
  @inline(never)
  private mutating func readRetiredPages(at offset: UInt64, size: UInt32) -> UInt64 {
    guard size >= 1, size <= 8,
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
    guard UInt64(offset) < registerLimit else { return 0 }
    let cell = registers.cell(at: offset)
    return cell.isReadAsStored ? registers.value(cell) : readActive(cell)
  }

  /// Writes the byte lanes in `lanes` of the register at `offset`, a multiple of 4.
  @inline(__always)
  private mutating func writeRegister(_ value: UInt32, lanes: UInt32, at offset: UInt32) {
    guard UInt64(offset) < registerLimit else { return }
    write(value, lanes: lanes, to: registers.cell(at: offset))
  }

  /// An access that is not one aligned dword: up to three dwords, cut to its bytes.
  @inline(never)
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
  @inline(never)
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

  /// Whether an access of BAR0 lies inside of it.
  @inline(__always)
  private mutating func isInRegisters(_ offset: UInt64, _ size: UInt32) -> Bool {
    size >= 1 && size <= 8 && offset < registerBARSize && UInt64(size) <= registerBARSize &- offset
  }
}

/// `size` bytes of ones; 64 bits for sizes that no access has.
@inline(__always)
func ones(_ size: UInt32) -> UInt64 {
  size >= 1 && size < 8 ? (1 << UInt64(size &* 8)) &- 1 : .max
}
