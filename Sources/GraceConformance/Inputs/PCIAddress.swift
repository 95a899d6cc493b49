// SPDX-License-Identifier: GPL-2.0-or-later

/// Where a PCI function is.
public struct PCIAddress: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The segment group (Linux: domain). The SRAT has 16 bits for it; Linux makes wider ones up.
  public let segment: UInt32
  /// The bus.
  public let bus: UInt8
  /// The device in bits 7:3 and the function in bits 2:0.
  public let devfn: UInt8

  /// An address from its numbers.
  public init(segment: UInt32, bus: UInt8, devfn: UInt8) {
    self.segment = segment
    self.bus = bus
    self.devfn = devfn
  }

  /// Parses `0000:01:00.0` or `01:00.0`, which is in segment 0.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2 || parts.count == 3, let last = parts.last else { return nil }
    let pair = last.split(separator: ".", omittingEmptySubsequences: false)
    guard pair.count == 2, pair[0].count == 2, pair[1].count == 1,
      let device = UInt8(hexDigits: pair[0]), device < 32,
      let function = UInt8(hexDigits: pair[1]), function < 8,
      parts[parts.count - 2].count == 2, let bus = UInt8(hexDigits: parts[parts.count - 2])
    else { return nil }
    var segment: UInt32 = 0
    if parts.count == 3 {
      guard parts[0].count >= 4, let number = UInt32(hexDigits: parts[0]) else { return nil }
      segment = number
    }
    self.init(segment: segment, bus: bus, devfn: device << 3 | function)
  }

  /// The device's number, 0 to 31.
  public var device: UInt8 { devfn >> 3 }
  /// The function's number, 0 to 7.
  public var function: UInt8 { devfn & 7 }

  /// As lspci -D writes it.
  public var description: String {
    "\(padded(segment, 4)):\(padded(bus, 2)):\(padded(device, 2)).\(function)"
  }

  /// The order of segment, bus, device and function.
  public static func < (left: PCIAddress, right: PCIAddress) -> Bool {
    (left.segment, left.bus, left.devfn) < (right.segment, right.bus, right.devfn)
  }
}

extension FixedWidthInteger {
  /// Parses hexadecimal digits alone: no sign, no prefix.
  init?(hexDigits text: some StringProtocol) {
    guard !text.isEmpty, text.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return nil }
    self.init(text, radix: 16)
  }
}

private func padded(_ number: some BinaryInteger, _ width: Int) -> String {
  let digits = String(number, radix: 16)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
