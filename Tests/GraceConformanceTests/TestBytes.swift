// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance

/// Little-endian bytes of a number.
func le<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
  (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> Number($0 * 8)) }
}

/// A table with a right header around `body`.
func sealedTable(_ signature: String, revision: UInt8, body: [UInt8]) -> [UInt8] {
  var bytes = Array(signature.utf8) + le(UInt32(36 + body.count)) + [revision, 0]
  bytes +=
    Array("TESTID".utf8) + Array("TESTTABL".utf8) + le(UInt32(1)) + Array("TEST".utf8) + le(UInt32(1)) + body
  return sealed(bytes)
}

/// The bytes with the checksum that makes their sum zero.
func sealed(_ bytes: [UInt8]) -> [UInt8] {
  var bytes = bytes
  guard bytes.count > 9 else { return bytes }
  bytes[9] = 0
  bytes[9] = 0 &- bytes.reduce(0, &+)
  return bytes
}

/// Entries of an SRAT, byte by byte (ACPI 6.5, 5.2.16).
enum Entry {
  static func gicc(domain: UInt32, processor: UInt32 = 0) -> [UInt8] {
    [3, 18] + le(domain) + le(processor) + le(UInt32(1)) + le(UInt32(0))
  }

  static func memory(domain: UInt32, base: UInt64, length: UInt64, flags: UInt32 = 1) -> [UInt8] {
    [1, 40] + le(domain) + [0, 0] + le(base) + le(length) + [0, 0, 0, 0] + le(flags) + [
      0, 0, 0, 0, 0, 0, 0, 0,
    ]
  }

  /// `handle` is filled up with zeros.
  static func initiator(domain: UInt32, handle: [UInt8], type: UInt8 = 1, flags: UInt32 = 3) -> [UInt8] {
    [5, 32, 0, type] + le(domain) + handle + Array(repeating: 0, count: 16 - handle.count) + le(flags) + [
      0, 0, 0, 0,
    ]
  }
}

/// Structures of an HMAT, byte by byte (ACPI 6.5, 5.2.28).
enum Structure {
  static func attributes(initiator: UInt32, memory: UInt32) -> [UInt8] {
    [0, 0, 0, 0] + le(UInt32(40)) + [1, 0, 0, 0] + le(initiator) + le(memory) + Array(repeating: 0, count: 20)
  }

  static func locality(
    dataType: UInt8, initiators: [UInt32], targets: [UInt32], unit: UInt64 = 1000, value: UInt16 = 100
  ) -> [UInt8] {
    let entries = Array(repeating: value, count: initiators.count * targets.count).flatMap { le($0) }
    let length = UInt32(32 + 4 * (initiators.count + targets.count) + entries.count)
    return [1, 0, 0, 0] + le(length) + [0, dataType, 1, 0] + le(UInt32(initiators.count))
      + le(UInt32(targets.count)) + [0, 0, 0, 0] + le(unit) + initiators.flatMap { le($0) }
      + targets.flatMap { le($0) } + entries
  }

  static func cache(memory: UInt32) -> [UInt8] {
    [2, 0, 0, 0] + le(UInt32(32)) + le(memory) + [0, 0, 0, 0] + le(UInt64(1 << 20)) + le(UInt32(0x0040_1111))
      + [0, 0, 0, 0]
  }
}
