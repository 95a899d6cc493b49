// SPDX-License-Identifier: GPL-2.0-or-later

/// The resources in one `_CRS` (ACPI 6.5, 6.4), as far as they are windows for memory.
struct ResourceTemplate: Sendable {
  /// Addresses that a bridge passes on, as the processors see them.
  private(set) var windows: [AddressRange] = []
  /// What is wrong with the descriptors; `nil` if one can walk over all of them.
  private(set) var problem: String?

  /// Windows whose minimum, maximum and length do not go together, in words.
  private(set) var mismatches: [String] = []

  /// Walks the descriptors up to the end tag.
  init(_ bytes: [UInt8]) {
    let template = TableBytes(source: "_CRS", bytes: bytes)
    var offset = 0
    while let tag = template.byte(at: offset) {
      // Small items have their length in three bits (6.4.2), large ones in two bytes (6.4.3).
      let isLarge = tag & 0x80 != 0
      let header = isLarge ? 3 : 1
      let length = isLarge ? template.word(at: offset + 1).map(Int.init) : Int(tag & 7)
      guard let length, length <= template.count - offset - header else {
        problem = "descriptor \(hex(tag)) at byte \(offset) leaves the \(template.count) bytes"
        return
      }
      // The end tag (6.4.2.9).
      if tag >> 3 == 0x0f { return }
      let item = TableBytes(source: "_CRS", bytes: Array(template.slice(offset..<offset + header + length)))
      if let width = Self.widths[tag] { read(item, tag: tag, width: width, at: offset) }
      offset += header + length
    }
    problem = "no end tag in \(template.count) bytes"
  }

  /// Bytes of a number in the address space descriptors (6.4.3.5.1 to 6.4.3.5.4): quad word, double word, word,
  /// extended.
  private static let widths: [UInt8: Int] = [0x8a: 8, 0x87: 4, 0x88: 2, 0x8b: 8]

  /// Granularity, minimum, maximum, translation and length, one after the other.
  private mutating func read(_ item: TableBytes, tag: UInt8, width: Int, at offset: Int) {
    // The extended one has its revision and a reserved byte before them.
    let start = tag == 0x8b ? 8 : 6
    guard let type = item.byte(at: 3), let minimum = item.number(at: start + width, width: width),
      let maximum = item.number(at: start + 2 * width, width: width),
      let translation = item.number(at: start + 3 * width, width: width),
      let length = item.number(at: start + 4 * width, width: width)
    else {
      problem = "descriptor \(hex(tag)) at byte \(offset) has \(item.count) bytes"
      return
    }
    // Type 0 is memory; a length of 0 is a window that is not there.
    guard type == 0, length > 0 else { return }
    if maximum < minimum || maximum - minimum != length - 1 {
      mismatches.append("\(hex(minimum)) to \(hex(maximum)), \(hex(length)) bytes")
    }
    // Linux takes minimum and maximum, and a window that ends before it begins for none.
    guard maximum >= minimum else { return }
    let span = (maximum - minimum).addingReportingOverflow(1)
    let count = span.overflow ? length : min(length, span.partialValue)
    windows.append(AddressRange(base: minimum &+ translation, length: count))
  }
}
