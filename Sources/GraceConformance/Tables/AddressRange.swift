// SPDX-License-Identifier: GPL-2.0-or-later

/// Physical addresses: where they begin, and how many bytes there are.
struct AddressRange: Sendable, Equatable {
  let base: UInt64
  let length: UInt64

  /// Whether the range would continue past the last 64-bit address.
  var wraps: Bool { length > 0 && base.addingReportingOverflow(length - 1).overflow }

  /// The last address; a range that wraps ends with the last address that there is.
  var last: UInt64 {
    let sum = base.addingReportingOverflow(length &- 1)
    return sum.overflow ? .max : sum.partialValue
  }

  /// Whether the two have a byte in common.
  func overlaps(_ other: AddressRange) -> Bool {
    length > 0 && other.length > 0 && base <= other.last && other.base <= last
  }

  /// Such as `0x40000000 to 0xbfffffff`.
  var text: String { length == 0 ? "\(hex(base)), no bytes" : "\(hex(base)) to \(hex(last))" }
}

/// A number as C writes it in hexadecimal.
func hex(_ number: some BinaryInteger) -> String { "0x" + String(number, radix: 16) }

/// Bytes as two digits each, with blanks between.
func hexBytes(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}
