// SPDX-License-Identifier: GPL-2.0-or-later

/// The Heterogeneous Memory Attribute Table (ACPI 6.5, 5.2.28).
public struct HMAT: Sendable {
  /// Bytes before the first structure: the header and four that are reserved.
  static let firstStructure = 40
  /// Bytes that every structure begins with: type, two that are reserved, length.
  static let structureHeader = 8

  /// The file.
  public let table: TableBytes
  /// All structures whose length lets one walk over them.
  public let structures: [HMATStructure]
  /// Where the walk ended too early, and the length that was there.
  public let stop: (offset: Int, length: UInt32)?

  /// Walks the structures by their length.
  public init(_ table: TableBytes) {
    self.table = table
    var structures: [HMATStructure] = []
    var stop: (offset: Int, length: UInt32)?
    var offset = Self.firstStructure
    while offset < table.end {
      let length = table.dword(at: offset + 4) ?? 0
      guard let type = table.word(at: offset), length >= UInt32(Self.structureHeader),
        UInt64(length) <= UInt64(table.end - offset)
      else {
        stop = (offset, length)
        break
      }
      let bytes = TableBytes(source: table.source, bytes: Array(table.slice(offset..<offset + Int(length))))
      structures.append(HMATStructure(type: type, offset: offset, bytes: bytes))
      offset += Int(length)
    }
    self.structures = structures
    self.stop = stop
  }
}

/// One structure of an HMAT as it stands in the table.
public struct HMATStructure: Sendable {
  /// 0: memory proximity domain attributes, 1: latency and bandwidth, 2: memory side cache.
  public let type: UInt16
  /// Bytes from the start of the table.
  public let offset: Int
  /// All bytes of the structure, as many as its length says.
  public let bytes: TableBytes

  /// Bytes that a structure of this type has before what it repeats; `nil` for an unknown type.
  var fixedLength: Int? { [0: 40, 1: 32, 2: 32][type] }

  /// Bytes that the structure must have for the counts in it; `nil` if they are not there or are absurd.
  var expectedLength: UInt64? {
    switch type {
    case 0: return 40
    case 1:
      guard let rows = initiatorCount, let columns = targetCount else { return nil }
      // Each factor has 32 bits, so none of this leaves 64 bits but the last doubling.
      let entries = UInt64(rows).multipliedReportingOverflow(by: UInt64(columns)).partialValue
      let bytes = entries.multipliedReportingOverflow(by: 2)
      let sum = bytes.partialValue.addingReportingOverflow(32 + 4 * (UInt64(rows) + UInt64(columns)))
      return bytes.overflow || sum.overflow ? nil : sum.partialValue
    case 2: return bytes.word(at: 30).map { 32 + 2 * UInt64($0) }
    default: return nil
    }
  }

  /// Whether everything that the counts promise is there.
  var isWhole: Bool { expectedLength.map { $0 <= UInt64(bytes.count) } ?? false }

  /// Type 1: number of initiator domains, and of target domains.
  var initiatorCount: UInt32? { bytes.dword(at: 12) }
  var targetCount: UInt32? { bytes.dword(at: 16) }

  /// Type 1: the initiator domains and where each stands, in bytes from the start of the structure.
  var initiators: [(domain: UInt32, offset: Int)] {
    isWhole ? domains(at: 32, count: Int(initiatorCount ?? 0)) : []
  }

  /// Type 1: the target domains and where each stands.
  var targets: [(domain: UInt32, offset: Int)] {
    isWhole ? domains(at: 32 + 4 * Int(initiatorCount ?? 0), count: Int(targetCount ?? 0)) : []
  }

  /// Type 1: the values, row by row: initiators down, targets across.
  var entries: [UInt16] {
    guard type == 1, isWhole else { return [] }
    let (rows, columns) = (Int(initiatorCount ?? 0), Int(targetCount ?? 0))
    return (0..<rows * columns).compactMap { bytes.word(at: 32 + 4 * (rows + columns) + 2 * $0) }
  }

  private func domains(at start: Int, count: Int) -> [(domain: UInt32, offset: Int)] {
    guard type == 1 else { return [] }
    return (0..<count).compactMap { index in
      bytes.dword(at: start + 4 * index).map { ($0, start + 4 * index) }
    }
  }
}
