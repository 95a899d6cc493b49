// SPDX-License-Identifier: GPL-2.0-or-later

extension ProfileDraft {
  /// Capability ids behind which the host does something, so that they cannot be made of dwords: power management, MSI,
  /// PCI Express and MSI-X, and of the extended ones AER.
  private static var activeIDs: [UInt16] { [0x01, 0x05, 0x10, 0x11] }
  private static var activeExtendedID: UInt16 { 0x0001 }

  /// A setting about capabilities.
  mutating func takeCapability(_ line: ProfileLine) throws(ProfileError) {
    if line.setting.isNamed("dword") {
      try takeDword(line)
    } else {
      close()
      if line.setting.isNamed("capability") {
        open = try Self.capability(line)
      } else if line.setting.isNamed("dvsec") {
        open = try Self.designated(line)
      } else {
        try takeChange(line)
      }
    }
  }

  /// No more dwords for the capability that was declared last.
  mutating func close() {
    if let open { capabilities.added.append((open.capability, open.line)) }
    open = nil
  }

  private mutating func takeChange(_ line: ProfileLine) throws(ProfileError) {
    let isMove = line.setting.isNamed("capability-move")
    guard line.words.count == (isMove ? 2 : 1) else {
      throw line.error("write %", [isMove ? "capability-move = FROM TO" : "capability-remove = OFFSET"])
    }
    let offset = UInt16(truncatingIfNeeded: try line.number(0, upTo: 0xfff))
    if let earlier = capabilities.change(of: offset) {
      throw line.error(
        "line % changes the capability at % already; leave out one",
        [ProfileText.decimal(earlier.line), ProfileText.hex(offset)])
    }
    let place = isMove ? try Self.place(line, 1) : nil
    if let place, (place < 0x100) != (offset < 0x100) {
      throw line.error("a capability stays below or above 0x100, where it is; use another offset")
    }
    capabilities.changes.append(.init(line: line.number, offset: offset, place: place))
  }

  private mutating func takeDword(_ line: ProfileLine) throws(ProfileError) {
    guard var capability = open else {
      throw line.error("this dword belongs to nothing; write it below a capability or dvsec")
    }
    guard line.words.count >= 2 else {
      throw line.error("write dword = OFFSET VALUE, and writable=BITS if it has some")
    }
    let place = UInt16(truncatingIfNeeded: try line.number(0, upTo: 0xfff))
    guard capability.byteCount > 4 else {
      throw line.error("this capability has no dwords but its header; give it a larger length=")
    }
    guard place % 4 == 0, place >= 4, place < capability.byteCount else {
      throw line.error(
        "a dword of this capability is at a multiple of 4 from 0x4 to %, counted from its start, and not at %; use one of them",
        [ProfileText.hex(capability.byteCount - 4), ProfileText.hex(place)])
    }
    if let earlier = capability.given.first(where: { $0.place == place }) {
      throw line.error(
        "line % has the dword at % already; leave out one",
        [ProfileText.decimal(earlier.line), ProfileText.hex(place)])
    }
    let value = UInt32(truncatingIfNeeded: try line.number(1, upTo: UInt64(UInt32.max)))
    let bits = try line.attributes(from: 2, named: ["writable"])
    let writable = UInt32(
      truncatingIfNeeded: try line.number("writable", in: bits, upTo: UInt64(UInt32.max)) ?? 0)
    let index = Int(place) / 4 - 1
    let old = capability.registers[index].reset
    if capability.isDesignated {
      guard place != 4 else {
        throw line.error("vendor, revision and length of a dvsec stand in its own line; leave out this dword")
      }
      let id = place == 8 ? old & 0xffff : 0
      guard place != 8 || ((value & 0xffff == 0 || value & 0xffff == id) && writable & 0xffff == 0) else {
        throw line.error(
          "bits 15:0 of the dword at 0x8 are the id of a dvsec, which stands in its own line; use 0 there")
      }
      capability.registers[index] = ConfigRegister(
        at: capability.offset + place, reset: value | id, writable: writable)
    } else {
      capability.registers[index] = ConfigRegister(
        at: capability.offset + place, reset: value, writable: writable)
    }
    capability.given.append((place, line.number))
    open = capability
  }

  /// `capability = OFFSET id=ID length=BYTES [version=N] [upper=BITS]`
  private static func capability(_ line: ProfileLine) throws(ProfileError) -> DeclaredCapability {
    let offset = try place(line, 0)
    let isExtended = offset >= 0x100
    let attributes = try line.attributes(
      from: 1, named: isExtended ? ["id", "length", "version"] : ["id", "length", "upper"])
    // All ones is what a function that is gone answers, and 0 is no capability.
    let number = try line.number("id", in: attributes, upTo: isExtended ? 0xfffe : 0xff)
    guard let number, number > 0 else {
      throw line.error("a capability has no id=, or 0; write capability = OFFSET id=ID length=BYTES")
    }
    let id = UInt16(number)
    guard isExtended ? id != activeExtendedID : !activeIDs.contains(id) else {
      throw line.error(
        "QEMU takes part in capabilities of id %, so there can only be the base's; move that one",
        [ProfileText.hex(id)])
    }
    guard !isExtended || id != 0x0023 else {
      throw line.error(
        "id 0x23 is a designated vendor-specific one; write dvsec = % vendor= id= length=",
        [ProfileText.hex(offset)])
    }
    let length = try length(line, attributes, at: offset, least: isExtended ? 8 : 4)
    // The third byte of a vendor-specific capability is its length (PCIe Base 6.0, 7.9.4).
    let usual = id == 0x09 && !isExtended ? UInt64(length) : 0
    return DeclaredCapability(
      line: line.number, id: id,
      version: isExtended
        ? UInt16(truncatingIfNeeded: try line.number("version", in: attributes, upTo: 15) ?? 1) : 0,
      offset: offset,
      byteCount: length,
      headerUpperHalf: UInt32(
        truncatingIfNeeded: try line.number("upper", in: attributes, upTo: 0xffff) ?? usual),
      isDesignated: false, registers: Capability.zeros(from: offset + 4, to: offset + length))
  }

  /// `dvsec = OFFSET vendor=ID id=ID length=BYTES [revision=N]`
  private static func designated(_ line: ProfileLine) throws(ProfileError) -> DeclaredCapability {
    let offset = try place(line, 0)
    guard offset >= 0x100 else {
      throw line.error(
        "a dvsec is an extended capability and % is below 0x100; use 0x100 to 0xff4",
        [ProfileText.hex(offset)])
    }
    let attributes = try line.attributes(from: 1, named: ["vendor", "id", "length", "revision"])
    guard let vendor = try line.number("vendor", in: attributes, upTo: 0xffff),
      let id = try line.number("id", in: attributes, upTo: 0xffff)
    else {
      throw line.error(
        "a dvsec has no vendor= or no id=; write dvsec = OFFSET vendor=ID id=ID length=BYTES")
    }
    let length = try length(line, attributes, at: offset, least: 12)
    let made = Capability.designated(
      at: offset, vendor: UInt16(vendor), id: UInt16(id),
      revision: UInt8(truncatingIfNeeded: try line.number("revision", in: attributes, upTo: 15) ?? 0),
      byteCount: length)
    guard !made.isCXLDevice else {
      throw line.error(
        "the DVSEC for CXL devices changes while the device runs; write readiness = cxl for the base's")
    }
    return DeclaredCapability(
      line: line.number, id: made.id, version: made.version, offset: offset, byteCount: length,
      headerUpperHalf: 0,
      isDesignated: true, registers: made.registers)
  }

  /// Word `index` as the offset of a capability.
  @inline(never)
  private static func place(_ line: ProfileLine, _ index: Int) throws(ProfileError) -> UInt16 {
    let offset = UInt16(truncatingIfNeeded: try line.number(index, upTo: 0xffff))
    guard offset % 4 == 0, offset >= 0x40, offset < 0x1000 else {
      throw line.error(
        "a capability cannot be at %; use a multiple of 4 from 0x40 to 0xffc", [ProfileText.hex(offset)])
    }
    return offset
  }

  @inline(never)
  private static func length(
    _ line: ProfileLine, _ attributes: [Setting], at offset: UInt16, least: UInt64
  ) throws(ProfileError) -> UInt16 {
    guard let length = try line.number("length", in: attributes, upTo: 0x1000), length % 4 == 0,
      length >= least
    else {
      throw line.error(
        "% has no length= that is a multiple of 4 bytes from % on; add one",
        [line.setting.name, ProfileText.decimal(least)])
    }
    return UInt16(length)
  }
}
