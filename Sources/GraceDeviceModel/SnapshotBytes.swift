// SPDX-License-Identifier: GPL-2.0-or-later

/// Appends numbers in little-endian order. All are of 32 bits or two of those, so it is words that are kept: there are some
/// thousand of them, and the guest stands still meanwhile.
struct SnapshotWriter {
  private var words: [UInt32] = []

  /// For about so many bytes.
  init(byteCount: Int = 0) { words.reserveCapacity(byteCount / 4) }

  mutating func append(_ value: UInt32) { words.append(value.littleEndian) }

  mutating func append(_ value: UInt64) {
    append(UInt32(truncatingIfNeeded: value))
    append(UInt32(truncatingIfNeeded: value >> 32))
  }

  /// What was appended.
  var bytes: [UInt8] {
    words.withUnsafeBytes { words in
      [UInt8](unsafeUninitializedCapacity: words.count) { bytes, count in
        UnsafeMutableRawBufferPointer(bytes).copyMemory(from: words)
        count = words.count
      }
    }
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
    let start = position
    position += 4
    if position <= bytes.count {
      return bytes.withUnsafeBytes { bytes in
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self))
      }
    }
    var value: UInt32 = 0
    for lane in 0..<4 where start + lane < bytes.count {
      value |= UInt32(bytes[start + lane]) << UInt32(lane * 8)
    }
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
func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.withUnsafeBytes(checksum) }

/// The same of a whole array.
func checksum(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes(checksum) }

/// Four bytes at a time: saved state has some 13 KB, the guest stands still meanwhile, and a fuzzer saves it a million times.
private func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
  /// What a byte leaves behind after itself, and after one, two and three bytes more.
  var remainders = InlineArray<1024, UInt32>(repeating: 0)
  for byte in 0..<256 {
    var remainder = UInt32(truncatingIfNeeded: byte)
    for _ in 0..<8 { remainder = remainder >> 1 ^ (0xedb8_8320 & (0 &- (remainder & 1))) }
    remainders[byte] = remainder
  }
  for place in 256..<1024 {
    let shorter = remainders[place - 256]
    remainders[place] = shorter >> 8 ^ remainders[Int(shorter & 255)]
  }
  var crc: UInt32 = .max
  var position = 0
  while bytes.count - position >= 4 {
    crc ^= UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
    crc =
      remainders[Int(crc & 255) + 768] ^ remainders[Int(crc >> 8 & 255) + 512]
      ^ remainders[Int(crc >> 16 & 255) + 256] ^ remainders[Int(crc >> 24)]
    position += 4
  }
  while position < bytes.count {
    crc = crc >> 8 ^ remainders[Int((crc ^ UInt32(bytes[position])) & 255)]
    position += 1
  }
  return ~crc
}
