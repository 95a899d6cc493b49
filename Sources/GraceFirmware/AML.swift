// SPDX-License-Identifier: GPL-2.0-or-later

/// An AML term as a value; bytes are made at the edge.
public indirect enum AML: Sendable {
  /// `Scope (path) { terms }`, the path counted from the root.
  case scope([NameSegment], [AML])
  /// `Device (name) { terms }`
  case device(NameSegment, [AML])
  /// `Name (name, value)`
  case name(NameSegment, AML)
  /// An integer in its shortest form.
  case integer(UInt64)
  /// A string of ASCII characters other than zero.
  case string(String)
  /// `Buffer () { bytes }`
  case buffer([UInt8])
  /// `Package () { elements }`, at most 255 of them.
  case package([AML])
  /// `Method (name, 0, Serialized) { terms }`: without arguments, and one call at a time.
  case method(NameSegment, [AML])
  /// `OperationRegion (name, PCI_Config, offset, length)`: bytes of the function's configuration space.
  case configRegion(NameSegment, offset: UInt64, length: UInt64)
  /// `Field (region, WordAcc, NoLock, Preserve) { names }`: 16 bits for each name.
  case wordFields(NameSegment, [NameSegment])
  /// An object, by a name that is looked up from here.
  case reference(NameSegment)
  /// `Or (first, second, target)`
  case or(AML, AML, target: AML)
  /// `Sleep (milliseconds)`
  case sleep(UInt64)

  /// The term in AML (ACPI 6.5, 20.2).
  public var encoded: [UInt8] {
    switch self {
    case .scope(let path, let terms):
      return [Opcode.scope] + AML.withLength(AML.rootPath(path) + AML.concatenated(terms))
    case .device(let name, let terms):
      return [Opcode.extended, Opcode.device] + AML.withLength(name.bytes + AML.concatenated(terms))
    case .name(let name, let value):
      return [Opcode.name] + name.bytes + value.encoded
    case .integer(let value):
      return AML.integerBytes(value)
    case .string(let text):
      return [Opcode.string] + Array(text.utf8) + [0]
    case .buffer(let bytes):
      return [Opcode.buffer] + AML.withLength(AML.integerBytes(UInt64(bytes.count)) + bytes)
    case .package(let elements):
      let count = UInt8(truncatingIfNeeded: elements.count)
      return [Opcode.package] + AML.withLength([count] + AML.concatenated(elements))
    case .method(let name, let terms):
      // Flags: no arguments, bit 3 serialized.
      return [Opcode.method] + AML.withLength(name.bytes + [0x08] + AML.concatenated(terms))
    case .configRegion(let name, let offset, let length):
      // Space 2 is PCI_Config.
      let bounds = AML.integerBytes(offset) + AML.integerBytes(length)
      return [Opcode.extended, Opcode.region] + name.bytes + [0x02] + bounds
    case .wordFields(let region, let names):
      // Flags: access type 2, a word; each element is a name and its bits.
      var fields: [UInt8] = []
      for name in names { fields += name.bytes + [16] }
      return [Opcode.extended, Opcode.field] + AML.withLength(region.bytes + [0x02] + fields)
    case .reference(let name):
      return name.bytes
    case .or(let first, let second, let target):
      return [Opcode.or] + first.encoded + second.encoded + target.encoded
    case .sleep(let milliseconds):
      return [Opcode.extended, Opcode.sleep] + AML.integerBytes(milliseconds)
    }
  }

  /// Terms one after another, as the body of a table.
  public static func concatenated(_ terms: [AML]) -> [UInt8] {
    var bytes: [UInt8] = []
    for term in terms { bytes += term.encoded }
    return bytes
  }

  /// ACPI 6.5, 20.2.1 to 20.2.5.
  private enum Opcode {
    static var zero: UInt8 { 0x00 }
    static var one: UInt8 { 0x01 }
    static var name: UInt8 { 0x08 }
    static var byte: UInt8 { 0x0a }
    static var word: UInt8 { 0x0b }
    static var dword: UInt8 { 0x0c }
    static var string: UInt8 { 0x0d }
    static var qword: UInt8 { 0x0e }
    static var scope: UInt8 { 0x10 }
    static var buffer: UInt8 { 0x11 }
    static var package: UInt8 { 0x12 }
    static var method: UInt8 { 0x14 }
    static var or: UInt8 { 0x7d }
    static var extended: UInt8 { 0x5b }
    static var sleep: UInt8 { 0x22 }
    static var region: UInt8 { 0x80 }
    static var field: UInt8 { 0x81 }
    static var device: UInt8 { 0x82 }
    static var root: UInt8 { 0x5c }
    static var dualName: UInt8 { 0x2e }
    static var multiName: UInt8 { 0x2f }
  }

  private static func rootPath(_ path: [NameSegment]) -> [UInt8] {
    var bytes = [Opcode.root]
    switch path.count {
    case 0: bytes.append(0)
    case 1: break
    case 2: bytes.append(Opcode.dualName)
    default: bytes += [Opcode.multiName, UInt8(truncatingIfNeeded: path.count)]
    }
    for name in path { bytes += name.bytes }
    return bytes
  }

  private static func integerBytes(_ value: UInt64) -> [UInt8] {
    var sink = ByteSink()
    switch value {
    case 0: sink.byte(Opcode.zero)
    case 1: sink.byte(Opcode.one)
    case 2...0xff:
      sink.byte(Opcode.byte)
      sink.littleEndian(value, byteCount: 1)
    case 0x100...0xffff:
      sink.byte(Opcode.word)
      sink.littleEndian(value, byteCount: 2)
    case 0x1_0000...0xffff_ffff:
      sink.byte(Opcode.dword)
      sink.littleEndian(value, byteCount: 4)
    default:
      sink.byte(Opcode.qword)
      sink.littleEndian(value, byteCount: 8)
    }
    return sink.bytes
  }

  /// `body` after its PkgLength, which counts itself (ACPI 6.5, 20.2.4): one byte up to 63, then two to four
  /// with the low four bits of the length in the first.
  private static func withLength(_ body: [UInt8]) -> [UInt8] {
    if body.count + 1 <= 0x3f { return [UInt8(body.count + 1)] + body }
    var following = 1
    while following < 3, body.count + 1 + following >= 1 << (4 + 8 * following) { following += 1 }
    let length = body.count + 1 + following
    var bytes = [UInt8(following << 6 | length & 0x0f)]
    for index in 0..<following { bytes.append(UInt8(truncatingIfNeeded: length >> (4 + 8 * index))) }
    return bytes + body
  }
}
