// SPDX-License-Identifier: GPL-2.0-or-later

/// The registers of one BAR while the device runs: a register map made small and flat.
///
/// An access must not allocate nor count references, so everything lies in inline arrays. It finds its register by two
/// loads, whichever it is: a row of 64 registers for each 256 bytes in which there are any, and a cell in the row.
struct RegisterFile {
  /// Entries that a map may have: those of a chip, 33 on Hopper, and a user's own.
  static var capacity: Int { 96 }
  /// Values that a map may have: an array takes one for each register.
  static var valueCapacity: Int { 256 }
  /// Where registers end: at 16 MiB, the size of BAR0.
  static var byteCount: UInt64 { 16 << 20 }

  /// What an access needs to know of a register or of an array of them.
  struct Entry {
    var offset: UInt32 = 0
    var end: UInt32 = 0
    var writable: UInt32 = 0
    var clearedByOne: UInt32 = 0
    var reset: UInt32 = 0
    var firstValue: UInt16 = 0
    var behaviour: RegisterBehaviour = .stored
  }

  /// A register that an access found: its entry, and the place of its value.
  struct Location {
    var entry: Int
    var value: Int
  }

  private(set) var entries = InlineArray<96, Entry>(repeating: Entry())
  private(set) var entryCount = 0
  /// The values, and behind them a zero, which stands for every register that is not declared. There is room up to the
  /// next power of two, so that the place in a cell is always one of the array.
  private(set) var values = InlineArray<512, UInt32>(repeating: 0)
  private(set) var valueCount = 0
  /// The bits of each value that a write changes.
  private var writable = InlineArray<512, UInt32>(repeating: 0)
  /// Which entry a value is of.
  private var owners = InlineArray<512, UInt8>(repeating: 0)
  /// The row of each 256 bytes; row 0 has nothing. There are fewer than 255, as entries and values are few.
  private var rows = InlineArray<65536, UInt8>(repeating: 0)
  private var cells = InlineArray<16384, UInt16>(repeating: RegisterCell.nothing.bits)
  private var rowCount = 1

  /// Takes over a map whose registers are in ascending order and do not overlap.
  ///
  /// A map is ours or comes from a profile's text, which is checked (RegisterEdits.swift). A register that does not fit is
  /// left out.
  init(_ map: [RegisterSpec]) {
    for spec in map {
      let end = spec.offset &+ spec.count &* 4
      guard entryCount < Self.capacity, valueCount + Int(spec.count) <= Self.valueCapacity,
        end > spec.offset, UInt64(end) <= Self.byteCount
      else {
        assertionFailure("the register map does not fit")
        continue
      }
      let entry = Entry(
        offset: spec.offset, end: end, writable: spec.writable, clearedByOne: spec.clearedByOne,
        reset: spec.reset, firstValue: UInt16(truncatingIfNeeded: valueCount), behaviour: spec.behaviour)
      entries[entryCount] = entry
      for index in 0..<spec.count { place(entry, at: spec.offset &+ index &* 4) }
      entryCount += 1
    }
    resetValues()
  }

  /// Gives the next value to the register at `offset` of an entry.
  private mutating func place(_ entry: Entry, at offset: UInt32) {
    let block = Int(offset >> 8)
    if rows[block] == 0 {
      rows[block] = UInt8(truncatingIfNeeded: rowCount)
      rowCount += 1
    }
    cells[Int(rows[block]) << 6 | Int(offset >> 2 & 63)] = RegisterCell(entry, value: valueCount).bits
    writable[valueCount] = entry.writable
    owners[valueCount] = UInt8(truncatingIfNeeded: entryCount)
    valueCount += 1
  }

  /// Gives every register its reset value.
  mutating func resetValues() {
    for index in 0..<entryCount {
      let entry = entries[index]
      let first = Int(entry.firstValue)
      for value in first..<first + Int((entry.end &- entry.offset) / 4) where value < Self.valueCapacity {
        values[value] = entry.reset
      }
    }
  }

  /// What is at `offset`, a multiple of 4 below `byteCount`.
  @inline(__always)
  mutating func cell(at offset: UInt32) -> RegisterCell {
    let row = Int(rows[Int(offset >> 8 & 0xffff)])
    return RegisterCell(bits: cells[row << 6 | Int(offset >> 2 & 63)])
  }

  /// What is at `offset`, a multiple of 8 below `byteCount`, and in the 4 bytes that follow: cells of the same row.
  @inline(__always)
  mutating func pair(at offset: UInt32) -> (low: RegisterCell, high: RegisterCell) {
    let first = Int(rows[Int(offset >> 8 & 0xffff)]) << 6 | Int(offset >> 2 & 62)
    return (RegisterCell(bits: cells[first]), RegisterCell(bits: cells[first | 1]))
  }

  /// The stored value of a cell; 0 of one that has nothing.
  @inline(__always)
  mutating func value(_ cell: RegisterCell) -> UInt32 { values[cell.value] }

  /// Stores into a register of which every bit can be written.
  @inline(__always)
  mutating func setValue(_ value: UInt32, _ cell: RegisterCell) { values[cell.value] = value }

  /// The entry and the value that a cell stands for.
  @inline(__always)
  mutating func location(_ cell: RegisterCell) -> Location {
    Location(entry: Int(owners[cell.value]), value: cell.value)
  }

  /// The register at `offset`, a multiple of 4, or nil where none is declared.
  mutating func locate(_ offset: UInt32) -> Location? {
    guard UInt64(offset) < Self.byteCount else { return nil }
    let cell = cell(at: offset)
    return cell.isNothing ? nil : location(cell)
  }

  /// The stored value at `location`; 0 for a location that is none of ours.
  @inline(__always)
  mutating func value(_ location: Location) -> UInt32 {
    location.value < Self.valueCapacity ? values[location.value] : 0
  }

  /// The stored value of the register at `offset`, a multiple of 4; 0 where none is declared.
  mutating func value(at offset: UInt32) -> UInt32 {
    guard let location = locate(offset) else { return 0 }
    return value(location)
  }

  /// Stores a value, whatever the masks say; nothing happens at a location that is none of ours.
  mutating func setValue(_ value: UInt32, _ location: Location) {
    if location.value < Self.valueCapacity { values[location.value] = value }
  }

  /// The same for the register at `offset`, a multiple of 4.
  mutating func setValue(_ value: UInt32, at offset: UInt32) {
    if let location = locate(offset) { setValue(value, location) }
  }

  /// Which register of an array lies at `location`.
  mutating func index(_ location: Location) -> Int {
    location.value &- Int(entries[location.entry].firstValue)
  }

  /// Writes `value` to the byte lanes in `lanes` of a register that no one clears. Where there is none the mask is empty.
  @inline(__always)
  mutating func merge(_ value: UInt32, lanes: UInt32, into cell: RegisterCell) {
    let old = values[cell.value]
    values[cell.value] = old ^ ((old ^ value) & writable[cell.value] & lanes)
  }

  /// The same for any register.
  mutating func write(_ value: UInt32, lanes: UInt32, to cell: RegisterCell) {
    values[cell.value] = RegisterSpec.merging(
      value, lanes: lanes, into: values[cell.value], writable: writable[cell.value],
      clearedByOne: entries[Int(owners[cell.value])].clearedByOne)
  }

  /// Stores what the registers say that tell how far the device is; they are read far more often than it changes.
  mutating func setStatus(link: UInt32, boot: UInt32) {
    for index in 0..<entryCount {
      let value = Int(entries[index].firstValue)
      guard value < Self.valueCapacity else { continue }
      if entries[index].behaviour == .linkStatus { values[value] = link }
      if entries[index].behaviour == .bootStatus { values[value] = boot }
    }
  }

  /// What a snapshot has of a value: the bits that a guest can change, and the others as after a reset.
  func savedValue(at index: Int) -> UInt32 {
    guard index >= 0, index < valueCount else { return 0 }
    let changeable = writable[index] | entries[Int(owners[index])].clearedByOne
    return (entries[Int(owners[index])].reset & ~changeable) | (values[index] & changeable)
  }

  /// Puts back a stored value, as a snapshot does; bits that no guest can change keep their reset value.
  mutating func restore(_ value: UInt32, at index: Int) {
    guard index >= 0, index < valueCount else { return }
    let changeable = writable[index] | entries[Int(owners[index])].clearedByOne
    values[index] = (entries[Int(owners[index])].reset & ~changeable) | (value & changeable)
  }
}
