// SPDX-License-Identifier: GPL-2.0-or-later

/// The System Resource Affinity Table (ACPI 6.5, 5.2.16): what belongs to which proximity domain.
public struct SRAT: Sendable {
  /// Bytes before the first entry: the header, a dword that is one, and eight that are reserved.
  static let firstEntry = 48

  /// The file.
  public let table: TableBytes
  /// All entries whose length lets one walk over them, in table order, unknown types included.
  public let entries: [SRATEntry]
  /// Where the walk ended too early, and the length that was there; `nil` if it came to the end of the table.
  public let stop: (offset: Int, length: Int)?

  /// Walks the entries by their length.
  public init(_ table: TableBytes) {
    self.table = table
    var entries: [SRATEntry] = []
    var stop: (offset: Int, length: Int)?
    var offset = Self.firstEntry
    while offset < table.end {
      let length = table.byte(at: offset + 1).map(Int.init) ?? 1
      guard let type = table.byte(at: offset), length >= 2, length <= table.end - offset else {
        stop = (offset, length)
        break
      }
      let bytes = TableBytes(source: table.source, bytes: Array(table.slice(offset..<offset + length)))
      entries.append(SRATEntry(type: .init(rawValue: type), offset: offset, bytes: bytes))
      offset += length
    }
    self.entries = entries
    self.stop = stop
  }

  /// Domains that an enabled entry names: the ones that an operating system makes nodes of.
  var domains: Set<UInt32> { Set(enabled.compactMap(\.domain)) }

  /// Domains with a processor or a generic initiator, which counts when it is disabled, too: a rule of its own tells
  /// of that.
  var initiatorDomains: Set<UInt32> {
    Set(enabled.filter(\.type.isProcessor).compactMap(\.domain) + initiators.map(\.domain))
  }

  /// Entries that are whole and enabled.
  var enabled: [SRATEntry] {
    entries.filter { entry in
      entry.isEnabled && entry.type.layout.map { entry.bytes.count >= $0.byteCount } == true
    }
  }

  var memory: [MemoryAffinity] { entries.compactMap(MemoryAffinity.init) }

  var initiators: [InitiatorAffinity] { entries.compactMap(InitiatorAffinity.init) }
}

/// A range of memory and its domain (ACPI 6.5, 5.2.16.2).
struct MemoryAffinity: Sendable {
  let entry: SRATEntry
  let domain: UInt32
  /// First address, and number of bytes.
  let base: UInt64
  let length: UInt64
  let flags: UInt32

  init?(_ entry: SRATEntry) {
    guard entry.type == .memory, let domain = entry.domain, let base = entry.bytes.qword(at: 8),
      let length = entry.bytes.qword(at: 16), let flags = entry.bytes.dword(at: 28)
    else { return nil }
    self.entry = entry
    self.domain = domain
    self.base = base
    self.length = length
    self.flags = flags
  }

  var isEnabled: Bool { flags & 1 != 0 }
  var isHotPluggable: Bool { flags & 2 != 0 }

  /// Whether this is RAM from the start: neither a place for memory that is added later nor non-volatile. Firmware
  /// puts ranges of single devices into the place for all of them, and an operating system does not mind.
  var isPresent: Bool { flags & 6 == 0 }

  var range: AddressRange { AddressRange(base: base, length: length) }
}

/// A device without processors that accesses memory, and its domain (ACPI 6.5, 5.2.16.6).
struct InitiatorAffinity: Sendable {
  let entry: SRATEntry
  let domain: UInt32
  /// 0: ACPI, 1: PCI.
  let handleType: UInt8
  /// The sixteen bytes that name the device.
  let handle: [UInt8]

  init?(_ entry: SRATEntry) {
    guard entry.type == .genericInitiator, entry.bytes.count >= 32, let domain = entry.domain,
      let handleType = entry.bytes.byte(at: 3)
    else { return nil }
    self.entry = entry
    self.domain = domain
    self.handleType = handleType
    handle = Array(entry.bytes.slice(8..<24))
  }

  var isEnabled: Bool { entry.isEnabled }
  /// Whether the handle is read as PCI's. It is if the type is a wrong one: a rule of its own tells of that.
  var isPCI: Bool { handleType != 0 || !hasHardwareID }

  /// Whether the first eight bytes can be a `_HID`: letters and digits, then zeros.
  var hasHardwareID: Bool {
    let characters = handle[..<8].prefix { $0 != 0 }
    return !characters.isEmpty && handle[characters.count..<8].allSatisfy { $0 == 0 }
      && characters.allSatisfy { Character(UnicodeScalar($0)).isASCIILetterOrDigit }
  }

  /// The function that the handle names: segment in bytes 0 and 1, bus in byte 2, device and function in byte 3.
  var function: PCIAddress {
    PCIAddress(segment: UInt32(handle[0]) | UInt32(handle[1]) << 8, bus: handle[2], devfn: handle[3])
  }
}

extension Character {
  fileprivate var isASCIILetterOrDigit: Bool { isASCII && (isLetter || isNumber) }
}
