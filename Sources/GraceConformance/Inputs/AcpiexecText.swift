// SPDX-License-Identifier: GPL-2.0-or-later

/// Parses what ACPICA's acpiexec prints for its commands `find` and `evaluate`.
public enum AcpiexecText {
  /// Whole names in the output of `find NAME`, which prints them with their type and address.
  public static func names(_ name: String, in text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).compactMap { line in
      let words = line.split(separator: " ")
      guard words.count >= 3, let path = words.first, path.hasPrefix("\\"), path.hasSuffix(".\(name)") else {
        return nil
      }
      return String(path)
    }
  }

  /// Devices whose `_HID` or `_CID` is that of a PCI host bridge, as far as the output of `find` shows the value, and
  /// names of those that have to be evaluated to know.
  public static func hostBridges(in text: String) -> (devices: Set<String>, open: [String]) {
    var devices: Set<String> = []
    var open: [String] = []
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.split(separator: " ")
      guard words.count >= 3, let path = words.first, path.hasPrefix("\\"),
        path.hasSuffix("._HID") || path.hasSuffix("._CID"), let last = words.last
      else { continue }
      let value: ACPIObject? =
        switch words[1] {
        case "Integer": UInt64(hexDigits: last).map(ACPIObject.integer)
        case "String": .string(String(last.trimming { $0 == "\"" }))
        default: nil
        }
      if value.map(HostBridge.isIdentifier) == true {
        devices.insert(String(path.dropLast(5)))
      } else if value == nil {
        open.append(String(path))
      }
    }
    return (devices, open)
  }

  /// Names that tables loaded later need and nobody defined.
  public static func unresolved(in text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).compactMap { line in
      guard line.contains("Could not resolve symbol ["), line.contains("dswload"),
        let open = line.firstIndex(of: "["), let close = line[open...].firstIndex(of: "]")
      else { return nil }
      return String(line[line.index(after: open)..<close])
    }
  }

  /// The first error that loading the tables gives; `nil` if there is none.
  public static func problem(in text: String) -> String? {
    let line = text.split(whereSeparator: \.isNewline).first {
      $0.hasPrefix("ACPI Error: ") || $0.hasPrefix("Firmware Error (ACPI): ")
    }
    guard let line, let colon = line.firstIndex(of: ":") else { return nil }
    var message = line[line.index(after: colon)...]
    // At the end stand the release and the line of ACPICA's source.
    if message.hasSuffix(")"), let open = message.lastIndex(of: "(") { message = message[..<open] }
    let text = message.trimming(\.isWhitespace)
    // An output that was cut off may hold no more than that there was an error.
    return String(text.isEmpty ? line.trimming(\.isWhitespace) : text)
  }

  /// The values of the objects that `evaluate` was asked for, in that order.
  public static func objects(_ paths: [String], in text: String) -> [EvaluatedObject] {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    var values: [String: ACPIObject] = [:]
    for (index, line) in lines.enumerated() where line.hasPrefix("Evaluation of ") {
      let words = line.split(separator: " ")
      guard words.count > 3, words[3] == "returned" else { continue }
      var parser = AcpiexecValueParser(lines: lines[(index + 1)...])
      values[String(words[2])] = parser.value(depth: 0)
    }
    return paths.map { EvaluatedObject(path: $0, value: values[$0]) }
  }
}

/// Reads one value: a line for each, packages followed by their elements.
private struct AcpiexecValueParser {
  /// Deeper packages than anybody writes are taken for something unknown.
  private static let deepest = 16

  var lines: ArraySlice<Substring>

  mutating func value(depth: Int) -> ACPIObject? {
    guard depth < Self.deepest, let line = lines.first else { return nil }
    let words = line.split(separator: " ")
    guard let kind = words.first, kind.hasPrefix("[") else { return nil }
    lines = lines.dropFirst()
    switch kind {
    case "[Integer]": return words.last.flatMap { UInt64(hexDigits: $0) }.map(ACPIObject.integer)
    case "[String]": return .string(string(line))
    case "[Buffer]": return .buffer(buffer(line, words))
    case "[Package]": return .package(package(words, depth: depth))
    default:
      return .other(words.dropFirst().isEmpty ? String(kind) : line.drop(while: \.isWhitespace).description)
    }
  }

  /// The text between the outer quotation marks.
  private func string(_ line: Substring) -> String {
    guard let first = line.firstIndex(of: "\""), let last = line.lastIndex(of: "\""), first < last else {
      return ""
    }
    return String(line[line.index(after: first)..<last])
  }

  /// Up to sixteen bytes stand in the line itself, more in lines of their own.
  private mutating func buffer(_ line: Substring, _ words: [Substring]) -> [UInt8] {
    let count = words.count > 2 ? Int(UInt32(hexDigits: words[2]) ?? 0) : 0
    var bytes = row(line)
    while bytes.count < count, let next = lines.first, isRow(next) {
      bytes += row(next)
      lines = lines.dropFirst()
    }
    return Array(bytes.prefix(count))
  }

  /// Whether a line is one of bytes: an offset, a colon, bytes. Behind them stand the same as characters, any of them.
  private func isRow(_ line: Substring) -> Bool {
    guard let colon = line.firstIndex(of: ":") else { return false }
    return UInt32(hexDigits: line[..<colon].drop(while: \.isWhitespace)) != nil
  }

  private func row(_ line: Substring) -> [UInt8] {
    guard let colon = line.firstIndex(of: ":") else { return [] }
    let words = line[line.index(after: colon)...].split(separator: " ")
    return words.prefix { $0 != "//" }.compactMap { $0.count == 2 ? UInt8(hexDigits: $0) : nil }
  }

  private mutating func package(_ words: [Substring], depth: Int) -> [ACPIObject] {
    guard words.count > 2, let count = Int(words[2]) else { return [] }
    var elements: [ACPIObject] = []
    while elements.count < count, let element = value(depth: depth + 1) { elements.append(element) }
    return elements
  }
}
