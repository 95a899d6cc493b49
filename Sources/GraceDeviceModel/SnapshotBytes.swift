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
///
/// Half a byte at a time: saved state has some 13 KB, and a byte at a time would need a table of 1 KiB.
func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
  /// What four steps of the division do to a value, for each of its lowest four bits.
  let steps: InlineArray<16, UInt32> = [
    0x0000_0000, 0x1db7_1064, 0x3b6e_20c8, 0x26d9_30ac, 0x76dc_4190, 0x6b6b_51f4, 0x4db2_6158, 0x5005_713c,
    0xedb8_8320, 0xf00f_9344, 0xd6d6_a3e8, 0xcb61_b38c, 0x9b64_c2b0, 0x86d3_d2d4, 0xa00a_e278, 0xbdbd_f21c,
  ]
  var crc: UInt32 = .max
  for byte in bytes {
    crc ^= UInt32(byte)
    crc = crc >> 4 ^ steps[Int(crc & 15)]
    crc = crc >> 4 ^ steps[Int(crc & 15)]
  }
  return ~crc
}
