// SPDX-License-Identifier: GPL-2.0-or-later

/// Kinds of entries in the System Resource Affinity Table (ACPI 6.5, 5.2.16; RINTC: ACPI 6.6, 5.2.16).
public struct SRATEntryType: Sendable, Hashable, RawRepresentable {
  /// The type byte.
  public let rawValue: UInt8
  /// A type, known or not.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  static let localAPIC = Self(rawValue: 0)
  static let memory = Self(rawValue: 1)
  static let localX2APIC = Self(rawValue: 2)
  static let gicc = Self(rawValue: 3)
  static let its = Self(rawValue: 4)
  static let genericInitiator = Self(rawValue: 5)
  static let genericPort = Self(rawValue: 6)
  static let rintc = Self(rawValue: 7)

  /// How an entry of this type is laid out; `nil` for a type that this checker does not know.
  var layout: SRATEntryLayout? {
    switch self {
    case .localAPIC: .init(name: "processor (local APIC)", byteCount: 16, domain: 2, width: 1, flags: 4)
    case .memory:
      .init(name: "memory", byteCount: 40, flags: 28, flagMask: 0x7, reserved: [6..<8, 24..<28, 32..<40])
    case .localX2APIC:
      .init(name: "processor (x2APIC)", byteCount: 24, domain: 4, flags: 12, reserved: [2..<4, 20..<24])
    case .gicc: .init(name: "processor (GICC)", byteCount: 18, flags: 10)
    case .its: .init(name: "interrupt translation service", byteCount: 12, reserved: [6..<8])
    case .genericInitiator:
      .init(
        name: "generic initiator", byteCount: 32, domain: 4, flags: 24, flagMask: 0x3,
        reserved: [2..<3, 28..<32])
    case .genericPort:
      .init(
        name: "generic port", byteCount: 32, domain: 4, flags: 24, flagMask: 0x3, reserved: [2..<3, 28..<32])
    case .rintc: .init(name: "processor (RINTC)", byteCount: 20, domain: 4, flags: 12, reserved: [2..<4])
    default: nil
    }
  }

  /// Whether entries of this type give processors a domain.
  var isProcessor: Bool { [.localAPIC, .localX2APIC, .gicc, .rintc].contains(self) }
}

/// Where the fields of a kind of entry are; offsets in bytes from the entry's start.
struct SRATEntryLayout: Sendable {
  let name: String
  /// Bytes of an entry.
  let byteCount: Int
  /// Offset of the proximity domain, and the number of bytes it has there.
  var domain = 2
  var width = 4
  /// Offset of the flags; bit 0 is always "enabled". `nil`: the entry has none.
  var flags: Int?
  /// The flags that are defined.
  var flagMask: UInt32 = 0x1
  /// Bytes that must be zero.
  var reserved: [Range<Int>] = []
}

/// One entry of an SRAT as it stands in the table.
public struct SRATEntry: Sendable, Equatable {
  /// The kind of entry.
  public let type: SRATEntryType
  /// Bytes from the start of the table.
  public let offset: Int
  /// All bytes of the entry, as many as its length says.
  public let bytes: TableBytes

  /// The proximity domain; `nil` for unknown types and entries that end before it.
  public var domain: UInt32? {
    guard let layout = type.layout else { return nil }
    guard let low = bytes.number(at: layout.domain, width: layout.width) else { return nil }
    // The local APIC's domain is in two places: bits 7:0 at 2, bits 31:8 at 9.
    guard type == .localAPIC else { return UInt32(truncatingIfNeeded: low) }
    return bytes.number(at: 9, width: 3).map { UInt32(truncatingIfNeeded: low | $0 << 8) }
  }

  /// The flags; zero if the type has none.
  public var flags: UInt32 { type.layout?.flags.flatMap { bytes.dword(at: $0) } ?? 0 }

  /// Whether the operating system uses the entry: bit 0 of the flags, or always where there are none.
  public var isEnabled: Bool { type.layout?.flags == nil || flags & 1 != 0 }

  var name: String { type.layout?.name ?? "entry of type \(type.rawValue)" }
}
