// SPDX-License-Identifier: GPL-2.0-or-later

/// A register of a user's profile: one of the base with another reset value, or a new one.
struct RegisterEdit: Sendable {
  let line: Int
  let offset: UInt32
  let reset: UInt32
  /// Bits that a write changes; nil for those of the base's register, or none.
  let writable: UInt32?
  /// The name; nil for that of the base's register, or none of its own.
  let name: String?

  /// A map with these registers in it.
  static func applying(_ edits: [RegisterEdit], to map: [RegisterSpec]) -> [RegisterSpec] {
    var map = map
    for edit in edits { map = edit.applied(to: map) }
    return map
  }

  /// A map in which this register stands between those around it. An array that it is one of is cut in up to three.
  private func applied(to map: [RegisterSpec]) -> [RegisterSpec] {
    var result: [RegisterSpec] = []
    var isDone = false
    for old in map {
      if isDone || old.end <= offset {
        result.append(old)
        continue
      }
      isDone = true
      guard old.offset <= offset else {
        result.append(spec(from: nil))
        result.append(old)
        continue
      }
      if old.offset < offset { result.append(old.part(from: old.offset, to: offset)) }
      result.append(spec(from: old))
      if offset &+ 4 < old.end { result.append(old.part(from: offset &+ 4, to: old.end)) }
    }
    if !isDone { result.append(spec(from: nil)) }
    return result
  }

  private func spec(from old: RegisterSpec?) -> RegisterSpec {
    RegisterSpec(
      name ?? old?.name ?? "register of the profile's own", at: offset, reset: reset,
      writable: writable ?? old?.writable ?? 0, meaning: "As the profile's file says.",
      source: "the profile's file")
  }
}

extension RegisterSpec {
  /// The offset behind it.
  var end: UInt32 { offset &+ count &* 4 }

  /// Registers of the array from one offset up to another.
  func part(from start: UInt32, to end: UInt32) -> RegisterSpec {
    RegisterSpec(
      name, at: start, count: (end &- start) / 4, reset: reset, writable: writable,
      clearedByOne: clearedByOne,
      behaviour: behaviour, meaning: meaning, source: source)
  }
}

extension ProfileDraft {
  /// `register = OFFSET VALUE [writable=BITS] [name=NAME]`
  mutating func takeRegister(_ line: ProfileLine) throws(ProfileError) {
    guard line.words.count >= 2 else {
      throw line.error("write register = OFFSET VALUE, and writable=BITS if it has some")
    }
    let offset = UInt32(truncatingIfNeeded: try line.number(0, upTo: UInt64(UInt32.max)))
    guard offset % 4 == 0 else {
      throw line.error(
        "a register is at a multiple of 4 and not at %; use %",
        [ProfileText.hex(offset), ProfileText.hex(offset & ~3)])
    }
    if let earlier = registers.first(where: { $0.offset == offset }) {
      throw line.error(
        "line % has the register at % already; leave out one",
        [ProfileText.decimal(earlier.line), ProfileText.hex(offset)])
    }
    let reset = UInt32(truncatingIfNeeded: try line.number(1, upTo: UInt64(UInt32.max)))
    let attributes = try line.attributes(from: 2, named: ["writable", "name"])
    let writable = try line.number("writable", in: attributes, upTo: UInt64(UInt32.max))
    registers.append(
      RegisterEdit(
        line: line.number, offset: offset, reset: reset, writable: writable.map { UInt32($0) },
        name: attributes.first { $0.isNamed("name") }?.value))
    guard registers.count <= RegisterFile.capacity else {
      throw line.error(
        "there is room for fewer than % registers; leave some out",
        [ProfileText.decimal(RegisterFile.capacity)])
    }
  }

  /// Whether the registers are in BAR0, and its map has room for them.
  func checkRegisters() throws(ProfileError) {
    let chip = profile.chip
    let base = chip.registers(chip, profile.memorySize)
    let end = min(chip.registerBARSize, RegisterFile.byteCount)
    for edit in registers {
      guard UInt64(edit.offset) < end else {
        throw ProfileError(
          edit.line, "registers of BAR0 end at % and this one is at %; use a lower offset",
          [ProfileText.hex(end), ProfileText.hex(edit.offset)])
      }
      for old in base where old.offset <= edit.offset && edit.offset < old.end {
        guard old.behaviour == .stored else {
          throw ProfileError(
            edit.line, "% at % changes while the device runs; leave out this register",
            [old.name, ProfileText.hex(edit.offset)])
        }
      }
    }
    try checkMessageRanges(RegisterEdit.applying(registers, to: base))
    // One at a time, to name the first for which there is no room.
    for count in 0..<registers.count {
      let map = RegisterEdit.applying(Array(registers[...count]), to: base)
      var values: UInt32 = 0
      for register in map { values &+= register.count }
      guard map.count <= RegisterFile.capacity, values <= RegisterFile.valueCapacity else {
        throw ProfileError(
          registers[count].line,
          "there is no room for more than % registers of a profile's own; leave some out",
          [ProfileText.decimal(count)])
      }
    }
  }

  /// Over the MSI-X table and its pending bits a register could not be reached.
  private func checkMessageRanges(_ map: [RegisterSpec]) throws(ProfileError) {
    for (name, range) in [
      ("table", profile.chip.messageTable), ("pending bits", profile.chip.messagePending),
    ] {
      for register in map
      where UInt64(register.offset) < range.upperBound && UInt64(register.end) > range.lowerBound {
        let edit = registers.first { $0.offset == register.offset }
        throw ProfileError(
          edit?.line ?? max(line(of: "msix-table"), line(of: "msix-pending"), line(of: "msix-vectors")),
          "the MSI-X % would hide the register at %; use another offset",
          [name, ProfileText.hex(register.offset)])
      }
    }
  }
}
