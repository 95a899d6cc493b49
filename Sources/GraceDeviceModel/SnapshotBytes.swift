// SPDX-License-Identifier: GPL-2.0-or-later

/// Appends numbers in little-endian order.
struct SnapshotWriter {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ value: UInt32) {
    for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  mutating func append(_ value: UInt64) {
    append(UInt32(truncatingIfNeeded: value))
    append(UInt32(truncatingIfNeeded: value >> 32))
  }
}

extension SnapshotWriter {
  /// Appends all of a memory.
  mutating func append<let wordCount: Int>(_ memory: borrowing FalconMemory<wordCount>) {
    let words = memory.words.span
    for index in words.indices { append(words[index]) }
  }
}

/// Reads numbers in little-endian order; zeros past the end.
struct SnapshotReader {
  private let bytes: [UInt8]
  private var position: Int

  init(_ bytes: [UInt8], at position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  mutating func next32() -> UInt32 {
    var value: UInt32 = 0
    for lane in 0..<4 where position + lane < bytes.count {
      value |= UInt32(bytes[position + lane]) << UInt32(lane * 8)
    }
    position += 4
    return value
  }

  mutating func next64() -> UInt64 {
    let low = next32()
    return UInt64(low) | UInt64(next32()) << 32
  }
}

extension SnapshotReader {
  /// Takes over all of a memory.
  mutating func fill<let wordCount: Int>(_ memory: inout FalconMemory<wordCount>) {
    for index in 0..<wordCount { memory.setWord(next32(), at: index) }
  }
}

/// CRC-32 as in IEEE 802.3: polynomial 0x04c11db7, reflected, initial value and result inverted.
func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
  var crc: UInt32 = .max
  for byte in bytes {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xedb8_8320 : crc >> 1 }
  }
  return ~crc
}
