// SPDX-License-Identifier: GPL-2.0-or-later

/// Parses the text that acpidump prints: a line `SRAT @ 0x...` for each table, then lines such as
/// `  0010: 42 4F 43 48 ...  BOCH` with up to sixteen bytes.
public enum AcpidumpText {
  /// Whether the text has the beginning of a table anywhere.
  public static func isDump(_ text: String) -> Bool {
    text.split(whereSeparator: \.isNewline).contains { signature(in: $0) != nil }
  }

  /// The tables in the text. A line whose offset does not follow on ends its table there, so a table with a gap is
  /// shorter than its header says, which a rule finds.
  public static func tables(in text: String, source: String) -> [TableBytes] {
    var tables: [(name: String, bytes: [UInt8], isOpen: Bool)] = []
    for line in text.split(whereSeparator: \.isNewline) {
      if let name = signature(in: line) {
        tables.append((name, [], true))
      } else if let last = tables.indices.last, tables[last].isOpen {
        guard let (offset, bytes) = row(line) else { continue }
        if offset == tables[last].bytes.count {
          tables[last].bytes += bytes
        } else {
          tables[last].isOpen = false
        }
      }
    }
    return tables.map { TableBytes(source: "\(source):\($0.name)", bytes: $0.bytes) }
  }

  /// The signature in a line such as `SRAT @ 0x000000007F7A0000`.
  private static func signature(in line: Substring) -> String? {
    let words = line.split(separator: " ")
    guard words.count >= 3, words[0].utf8.count == 4, words[1] == "@", words[2].hasPrefix("0x") else {
      return nil
    }
    return String(words[0])
  }

  /// Offset and bytes of a line; `nil` if it is not one of bytes.
  private static func row(_ line: Substring) -> (offset: Int, bytes: [UInt8])? {
    guard let colon = line.firstIndex(of: ":"),
      let offset = UInt32(hexDigits: line[..<colon].drop(while: \.isWhitespace))
    else { return nil }
    var bytes: [UInt8] = []
    var rest = line[line.index(after: colon)...].utf8.dropFirst()
    // Two blanks end the bytes; what follows is the same as characters, which can look like digits.
    while bytes.count < 16, let byte = UInt8(hexDigits: Substring(rest.prefix(2))), rest.prefix(2).count == 2
    {
      bytes.append(byte)
      rest = rest.dropFirst(2)
      guard rest.first == UInt8(ascii: " ") else { break }
      rest = rest.dropFirst()
    }
    return (Int(offset), bytes)
  }
}
