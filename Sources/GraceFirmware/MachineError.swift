// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel

/// Why there can be no such machine.
public struct MachineError: Error, Sendable {
  /// What of the machine is meant, as in the topology file of gracectl: `gpus[2].address`.
  public let place: String
  /// One sentence without its full stop: what is wrong, and what to do.
  public let message: String

  /// A problem and its place.
  public init(_ place: String, _ message: String) {
    self.place = printable(place, limit: 60)
    self.message = printable(message, limit: 400)
  }
}

extension PCIAddress {
  /// As lspci -D writes it.
  public var text: String {
    "\(padded(UInt64(segment), 4)):\(padded(UInt64(bus), 2)):\(padded(UInt64(device), 2)).\(function)"
  }
}

extension NameSegment {
  /// The four characters.
  public var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension MemoryRange {
  /// First and last address, for people.
  var text: String { "0x\(padded(base, 1))-0x\(padded(base &+ size &- 1, 1))" }
}

/// Hexadecimal digits, with zeros before them up to `width`.
private func padded(_ value: UInt64, _ width: Int) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
