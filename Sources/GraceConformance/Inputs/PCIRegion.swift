// SPDX-License-Identifier: GPL-2.0-or-later

/// Memory behind a base address register.
public struct PCIRegion: Sendable, Equatable {
  /// The register's number, 0 to 5.
  public let index: Int
  /// The first address.
  public let base: UInt64
  /// Number of bytes; `nil` if the listing does not say.
  public let byteCount: UInt64?

  /// A region at an address.
  public init(index: Int, base: UInt64, byteCount: UInt64?) {
    self.index = index
    self.base = base
    self.byteCount = byteCount
  }

  /// The addresses that are known to be the region's: the first at least.
  var range: AddressRange { AddressRange(base: base, length: byteCount ?? 1) }

  /// A line of lspci -v such as `Region 4: Memory at 8000000000 (64-bit, prefetchable) [size=128G]`; `nil` if it is
  /// another line, or the function does not decode the region.
  init?(_ line: Substring) {
    let words = line.split(whereSeparator: \.isWhitespace)
    guard words.count > 4, words[0] == "Region", words[2] == "Memory", words[3] == "at",
      !words.contains("[disabled]"), let index = Int(words[1].dropLast()), (0..<6).contains(index),
      let base = UInt64(hexDigits: words[4]), base > 0
    else { return nil }
    let size = words.last { $0.hasPrefix("[size=") }?.dropFirst(6).dropLast()
    self.init(index: index, base: base, byteCount: size.flatMap(Self.byteCount))
  }

  /// A number with K, M, G or T behind it.
  private static func byteCount(_ text: Substring) -> UInt64? {
    let shifts: [Character: Int] = ["K": 10, "M": 20, "G": 30, "T": 40]
    guard let last = text.last else { return nil }
    guard let shift = shifts[last] else { return UInt64(text) }
    guard let number = UInt64(text.dropLast()), number <= .max >> UInt64(shift) else { return nil }
    return number << UInt64(shift)
  }

  /// The regions in the first 64 bytes of configuration space (PCI Local Bus 3.0, 6.1 and 6.2.5).
  ///
  /// Only those above 4 GiB: below, a host bridge may translate, and the register then has another address than the
  /// processors use.
  static func all(in header: TableBytes) -> [PCIRegion] {
    // Memory decoding is on, and this is no bridge.
    guard let command = header.word(at: 4), command & 2 != 0, let type = header.byte(at: 14), type & 0x7f == 0
    else { return [] }
    var regions: [PCIRegion] = []
    var index = 0
    while index < 6, let low = header.dword(at: 0x10 + 4 * index) {
      // Bit 0: I/O; bits 2:1: 2 for an address of 64 bits, which takes the next register, too.
      let isWide = low & 1 == 0 && low >> 1 & 3 == 2
      if isWide, index < 5, let high = header.dword(at: 0x14 + 4 * index), high > 0 {
        let base = UInt64(high) << 32 | UInt64(low & ~0xf)
        regions.append(PCIRegion(index: index, base: base, byteCount: nil))
      }
      index += isWide ? 2 : 1
    }
    return regions
  }
}
