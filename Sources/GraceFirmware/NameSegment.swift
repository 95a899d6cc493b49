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
  /// `_PXM`
  static var proximity: NameSegment { NameSegment(checked: [0x5f, 0x50, 0x58, 0x4d]) }
  /// `_RST`
  static var reset: NameSegment { NameSegment(checked: [0x5f, 0x52, 0x53, 0x54]) }
  /// `_DSD`
  static var deviceData: NameSegment { NameSegment(checked: [0x5f, 0x44, 0x53, 0x44]) }
  /// `_SB_`
  static var systemBus: NameSegment { NameSegment(checked: [0x5f, 0x53, 0x42, 0x5f]) }

  /// A name that is known to be valid: four characters.
  init(checked bytes: [UInt8]) { self.bytes = bytes }

  private static func isLead(_ byte: UInt8) -> Bool { (0x41...0x5a).contains(byte) || byte == 0x5f }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? 0x30 + value : 0x41 + value - 10
  }
}
