// SPDX-License-Identifier: GPL-2.0-or-later

/// The registers of one BAR while the device runs: a register map made small and flat.
///
/// An access must not allocate nor count references, so everything lies in inline arrays: a page index that
/// leads to the first entry of a 4 KiB page, entries in the order of their offsets, and the stored values.
struct RegisterFile {
  /// Entries that a map may have: those of a chip, 33 on Hopper, and a user's own.
  static var capacity: Int { 96 }
  /// Values that a map may have: an array takes one for each register.
  static var valueCapacity: Int { 256 }
  /// 16 MiB, the size of BAR0, in 4 KiB pages.
  static var pageCount: Int { 4096 }

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
  private(set) var values = InlineArray<256, UInt32>(repeating: 0)
  private(set) var valueCount = 0
  /// For each page the first entry that reaches into it, or `noEntry`.
  private var firstEntry = InlineArray<4096, UInt8>(repeating: 0xff)
  private static var noEntry: UInt8 { 0xff }

  /// Takes over a map whose registers are in ascending order and do not overlap.
  ///
  /// A map is ours or comes from a profile's text, which is checked (RegisterEdits.swift). A register that does not fit is
  /// left out.
  init(_ map: [RegisterSpec]) {
    for spec in map {
      let end = spec.offset &+ spec.count &* 4
      let lastPage = Int((end &- 1) >> 12)
      guard entryCount < Self.capacity, valueCount + Int(spec.count) <= Self.valueCapacity,
        end > spec.offset, lastPage < Self.pageCount
      else {
        assertionFailure("the register map does not fit")
        continue
      }
      entries[entryCount] = Entry(
        offset: spec.offset, end: end, writable: spec.writable, clearedByOne: spec.clearedByOne,
        reset: spec.reset, firstValue: UInt16(truncatingIfNeeded: valueCount), behaviour: spec.behaviour)
      for page in Int(spec.offset >> 12)...lastPage where firstEntry[page] == Self.noEntry {
        firstEntry[page] = UInt8(truncatingIfNeeded: entryCount)
      }
      entryCount += 1
      valueCount += Int(spec.count)
    }
    resetValues()
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

  /// The register at `offset`, a multiple of 4, or nil where none is declared.
  @inline(__always)
  mutating func locate(_ offset: UInt32) -> Location? {
    let page = Int(offset >> 12)
    guard page < Self.pageCount else { return nil }
    var index = Int(firstEntry[page])
    while index < entryCount {
      let entry = entries[index]
      if offset < entry.offset { return nil }
      if offset < entry.end {
        return Location(entry: index, value: Int(entry.firstValue) &+ Int((offset &- entry.offset) >> 2))
      }
      index &+= 1
    }
    return nil
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

  /// Writes `value` to the byte lanes in `lanes` of a register, as its masks allow.
  mutating func write(_ value: UInt32, lanes: UInt32, to location: Location) {
    guard location.value < Self.valueCapacity else { return }
    let entry = entries[location.entry]
    values[location.value] = RegisterSpec.merging(
      value, lanes: lanes, into: values[location.value], writable: entry.writable,
      clearedByOne: entry.clearedByOne)
  }

  /// Puts back a stored value, as a snapshot does; bits that no guest can change keep their reset value.
  mutating func restore(_ value: UInt32, at index: Int) {
    guard index >= 0, index < valueCount else { return }
    for entryIndex in 0..<entryCount {
      let entry = entries[entryIndex]
      let first = Int(entry.firstValue)
      if index >= first, index < first + Int((entry.end &- entry.offset) / 4) {
        let changeable = entry.writable | entry.clearedByOne
        values[index] = (entry.reset & ~changeable) | (value & changeable)
      }
    }
  }
}
