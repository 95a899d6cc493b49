// SPDX-License-Identifier: GPL-2.0-or-later

/// A number of bytes as people write it: `1536M`, `1.5G`, `96GiB`, `1610612736`.
public struct ByteCount: Hashable, Sendable {
  /// The number of bytes.
  public let bytes: UInt64

  /// A size of that many bytes.
  public init(_ bytes: UInt64) {
    self.bytes = bytes
  }

  private static let units: [(letter: Character, name: String, shift: UInt64)] = [
    ("T", "TiB", 40), ("G", "GiB", 30), ("M", "MiB", 20), ("K", "KiB", 10),
  ]

  /// Reads a size. Units are powers of two; `GB` is refused, as it may mean either.
  public init(parsing text: String) throws(ByteCountError) {
    var rest = Substring(text)
    let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    rest = rest.dropFirst(number.count)
    guard !number.isEmpty, rest.allSatisfy(\.isLetter) else { throw .notANumber(text) }
    let shift = try ByteCount.shift(ofUnit: String(rest), in: text)

    let parts = number.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let whole = UInt64(parts[0]) else {
      throw .notANumber(text)
    }
    var (bytes, overflow) = whole.multipliedReportingOverflow(by: 1 << shift)
    if parts.count == 2 {
      // Six decimals of a TiB are below 2^60, so the shift loses nothing.
      guard let fraction = UInt64(parts[1]), parts[1].count <= 6 else { throw .notANumber(text) }
      let scale = parts[1].reduce(UInt64(1)) { scale, _ in scale * 10 }
      guard (fraction << shift).isMultiple(of: scale) else { throw .notWholeBytes(text) }
      let (sum, carry) = bytes.addingReportingOverflow((fraction << shift) / scale)
      bytes = sum
      overflow = overflow || carry
    }
    guard !overflow else { throw .tooLarge(text) }
    self.bytes = bytes
  }

  private static func shift(ofUnit unit: String, in text: String) throws(ByteCountError) -> UInt64 {
    guard let letter = unit.uppercased().first else { return 0 }
    for known in units where known.letter == letter {
      if unit.count == 1 || unit.lowercased() == known.name.lowercased() { return known.shift }
    }
    throw .unknownUnit(text)
  }
}

extension ByteCount: CustomStringConvertible {
  /// The size in the largest unit that shows it exactly with at most two decimals, such as `2.25 GiB`.
  public var description: String {
    for unit in ByteCount.units {
      let whole = bytes >> unit.shift
      let remainder = bytes & ((1 << unit.shift) - 1)
      guard whole > 0, (remainder * 100) & ((1 << unit.shift) - 1) == 0 else { continue }
      let hundredths = (remainder * 100) >> unit.shift
      switch (hundredths, hundredths % 10) {
      case (0, _): return "\(whole) \(unit.name)"
      case (_, 0): return "\(whole).\(hundredths / 10) \(unit.name)"
      default: return "\(whole).\(hundredths < 10 ? "0" : "")\(hundredths) \(unit.name)"
      }
    }
    return bytes == 1 ? "1 byte" : "\(bytes) bytes"
  }
}

extension ByteCount {
  /// The size in the largest unit that leaves a whole part, cut after one decimal, such as `1.9 GiB`.
  var approximately: String {
    for unit in ByteCount.units where bytes >> unit.shift > 0 {
      let tenths = (bytes >> (unit.shift - 10)) % 1024 * 10 / 1024
      return "\(bytes >> unit.shift).\(tenths) \(unit.name)"
    }
    return description
  }
}

/// Why a text is no size.
public enum ByteCountError: Error, Equatable, CustomStringConvertible {
  /// The text does not start with a decimal number.
  case notANumber(String)
  /// The unit after the number is not one of the binary ones.
  case unknownUnit(String)
  /// The fraction leaves a part of a byte.
  case notWholeBytes(String)
  /// The size does not fit into 64 bits.
  case tooLarge(String)

  /// The error as one sentence.
  public var description: String {
    switch self {
    case .notANumber(let text):
      "'\(text)' is not a size; write bytes or a binary unit, such as 1536M, 1.5G or 96GiB."
    case .unknownUnit(let text):
      "'\(text)' has an unknown unit; use K, M, G, T or KiB, MiB, GiB, TiB, which are powers of two."
    case .notWholeBytes(let text):
      "'\(text)' is not a whole number of bytes; use a smaller unit or fewer decimals."
    case .tooLarge(let text):
      "'\(text)' is more than 64 bits can count; give a smaller size."
    }
  }
}
