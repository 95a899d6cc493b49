// SPDX-License-Identifier: GPL-2.0-or-later

/// A DSDT that defines devices and nothing in them, for SSDTs that come without the DSDT which they extend.
enum NamespaceStub {
  /// Names that every ACPI namespace has from the start (ACPI 6.5, 5.3.1).
  private static let predefined: Set<String> = ["_GPE", "_PR_", "_SB_", "_SI_", "_TZ_"]
  /// Segments of the longest name that is defined; firmware nests a third as deep.
  private static let deepest = 12

  /// The bytes of a DSDT with a device for each name and for all that it lies in. Names that are relative, or no
  /// names at all, are left out.
  static func table(defining names: some Sequence<String>) -> [UInt8] {
    var paths: [[String]] = []
    for name in names {
      let segments = segments(of: name)
      for depth in 0..<segments.count {
        let path = Array(segments[...depth])
        if path.count > 1 || !predefined.contains(path[0]), !paths.contains(path) { paths.append(path) }
      }
    }
    return header + paths.sorted { $0.count < $1.count }.flatMap(device)
  }

  /// Four characters for each segment; nothing if the name cannot be written so.
  private static func segments(of name: String) -> [String] {
    guard name.hasPrefix("\\") else { return [] }
    let segments = name.dropFirst().split(separator: ".", omittingEmptySubsequences: false).map { segment in
      segment + String(repeating: "_", count: max(0, 4 - segment.utf8.count))
    }
    guard segments.count <= deepest, segments.allSatisfy(isName) else { return [] }
    return segments.map { String($0) }
  }

  private static func isName(_ segment: some StringProtocol) -> Bool {
    segment.utf8.count == 4
      && segment.utf8.allSatisfy { byte in
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == UInt8(ascii: "_")
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      }
  }

  /// DeviceOp, PkgLength, NameString (ACPI 6.5, 20.2.5.2). The length is below 64, so it has one byte.
  private static func device(_ path: [String]) -> [UInt8] {
    let prefix: [UInt8] =
      switch path.count {
      case 1: []
      case 2: [0x2e]
      default: [0x2f, UInt8(path.count)]
      }
    let name = [UInt8(ascii: "\\")] + prefix + path.flatMap(\.utf8)
    return [0x5b, 0x82, UInt8(name.count + 1)] + name
  }

  private static let header: [UInt8] =
    Array("DSDT".utf8) + [0, 0, 0, 0, 2, 0] + Array("GRACE STUB    ".utf8) + [1, 0, 0, 0] + Array("GRCE".utf8)
    + [1, 0, 0, 0]
}

extension NamespaceStub {
  /// The table with its length and checksum filled in.
  static func sealed(_ table: [UInt8]) -> [UInt8] {
    var table = table
    for index in 0..<4 { table[4 + index] = UInt8(truncatingIfNeeded: table.count >> (8 * index)) }
    table[9] = 0 &- table.reduce(0, &+)
    return table
  }
}
