// SPDX-License-Identifier: GPL-2.0-or-later

/// Four characters that name an ACPI object (ACPI 6.5, 20.2.2, NameSeg).
public struct NameSegment: Equatable, Sendable {
  /// The characters as ASCII.
  public let bytes: [UInt8]

  /// The name `text`, filled up with `_` to four characters; nil if it is not a valid name.
  public init?(_ text: String) {
    var bytes = Array(text.utf8)
    guard (1...4).contains(bytes.count), let first = bytes.first, Self.isLead(first) else { return nil }
    for byte in bytes where !Self.isLead(byte) && !(0x30...0x39).contains(byte) { return nil }
    while bytes.count < 4 { bytes.append(0x5f) }
    self.bytes = bytes
  }

  /// The name of a function below a bridge, as QEMU gives it: `S` and `devfn` in two hexadecimal digits.
  static func slot(devfn: UInt8) -> NameSegment {
    NameSegment(checked: [0x53, hexDigit(devfn >> 4), hexDigit(devfn & 15), 0x5f])
  }

  /// The name of a GPU: `GPU0` for function 0 of device 0, as NVIDIA's firmware calls it (edk2-nvidia,
  /// SsdtPcieTemplate.asl), `GPU1` for function 1, ...; elsewhere on a bus that of its slot.
  static func gpu(devfn: UInt8) -> NameSegment {
    devfn < 8 ? NameSegment(checked: [0x47, 0x50, 0x55, 0x30 + devfn]) : slot(devfn: devfn)
  }
  /// `_ADR`
  static var address: NameSegment { NameSegment(checked: [0x5f, 0x41, 0x44, 0x52]) }
  /// `_DSD`
  static var deviceData: NameSegment { NameSegment(checked: [0x5f, 0x44, 0x53, 0x44]) }
  /// `_SB_`
  static var systemBus: NameSegment { NameSegment(checked: [0x5f, 0x53, 0x42, 0x5f]) }

  private init(checked bytes: [UInt8]) { self.bytes = bytes }

  private static func isLead(_ byte: UInt8) -> Bool { (0x41...0x5a).contains(byte) || byte == 0x5f }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? 0x30 + value : 0x41 + value - 10
  }
}

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
    static var extended: UInt8 { 0x5b }
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
