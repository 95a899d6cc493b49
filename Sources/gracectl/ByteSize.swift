// SPDX-License-Identifier: GPL-2.0-or-later

/// Sizes and addresses as people write them.
enum ByteSize {
  /// Bytes of `480G`, `1.5g`, `96GiB`, `0x80000000` or `4096`: units are powers of 1024, as QEMU's. nil for what is no
  /// whole number of bytes or has more than 64 bits.
  static func bytes(_ text: String) -> UInt64? {
    let lower = text.lowercased()
    if lower.hasPrefix("0x") { return digits(lower.dropFirst(2), radix: 16) }
    let number = lower.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard let unit = unit(lower.dropFirst(number.count)) else { return nil }
    let parts = number.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = digits(parts[0], radix: 10) else { return nil }
    let (bytes, overflow) = whole.multipliedReportingOverflow(by: unit)
    guard !overflow else { return nil }
    guard parts.count == 2 else { return bytes }
    guard unit > 1, parts[1].count <= 6, let fraction = digits(parts[1], radix: 10) else { return nil }
    // At most 10^6 * 2^40, which fits.
    let scale = (0..<parts[1].count).reduce(UInt64(1)) { scale, _ in scale * 10 }
    guard fraction * unit % scale == 0 else { return nil }
    let (sum, sumOverflow) = bytes.addingReportingOverflow(fraction * unit / scale)
    return sumOverflow ? nil : sum
  }

  private static func unit(_ suffix: Substring) -> UInt64? {
    switch suffix {
    case "", "b": 1
    case "k", "kib": 1 << 10
    case "m", "mib": 1 << 20
    case "g", "gib": 1 << 30
    case "t", "tib": 1 << 40
    default: nil
    }
  }

  private static func digits(_ text: Substring, radix: Int) -> UInt64? {
    guard !text.isEmpty, text.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return nil }
    return UInt64(text, radix: radix)
  }

  /// `96 GiB`, or the largest unit that leaves no rest.
  static func text(_ bytes: UInt64) -> String {
    for (shift, unit) in [(40, "TiB"), (30, "GiB"), (20, "MiB")]
    where bytes > 0 && bytes % (UInt64(1) << UInt64(shift)) == 0 {
      return "\(bytes >> UInt64(shift)) \(unit)"
    }
    return "\(bytes) bytes"
  }
}
