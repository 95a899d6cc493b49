// SPDX-License-Identifier: GPL-2.0-or-later

/// Parses what lspci prints with any of -n, -nn, -v, -vv, -vvv, -x, -xxx, -xxxx and -D.
///
/// A line that begins with an address begins a function; `[10de:2345]` or `10de:2345` in it and `[0302]` or `0302:`
/// give its ids. Lines of hexadecimal bytes give them, too, and outweigh them: they are what the function says.
public enum LspciText {
  /// The functions in the text, in its order. Lines that mean nothing here are passed over.
  public static func functions(in text: String) -> [PCIFunction] {
    var functions: [PCIFunction] = []
    // Configuration space of the last function, as far as it is there without a gap.
    var header: [UInt8] = []
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.split(separator: " ")
      guard let first = words.first, let start = line.first else { continue }
      if start.isWhitespace {
        if let last = functions.indices.last { readRegion(line, into: &functions[last]) }
        continue
      }
      if let address = PCIAddress(first) {
        functions.append(function(at: address, words: words.dropFirst()))
        header = []
      } else if let last = functions.indices.last, first.last == ":",
        let offset = UInt16(hexDigits: first.dropLast())
      {
        let bytes = words.dropFirst().map { $0.count == 2 ? UInt8(hexDigits: $0) : nil }
        read(bytes, at: Int(offset), into: &functions[last])
        if Int(offset) == header.count, header.count < 64 {
          header += bytes.prefix { $0 != nil }.compactMap { $0 }
          let regions = PCIRegion.all(in: TableBytes(source: "lspci", bytes: header))
          // Regions that were listed with their sizes are better.
          if !functions[last].regions.contains(where: { $0.byteCount != nil }) {
            functions[last].regions = regions
          }
        }
      }
    }
    return functions
  }

  private static func function(at address: PCIAddress, words: ArraySlice<Substring>) -> PCIFunction {
    var function = PCIFunction(address: address)
    for word in words {
      let bare = word.trimming { "[]():,".contains($0) }
      if function.classCode == nil, bare.count == 4, word.last == ":",
        let number = UInt16(hexDigits: bare)
      {
        function.classCode = number
      }
      let ids = bare.split(separator: ":", omittingEmptySubsequences: false)
      if ids.count == 2, ids.allSatisfy({ $0.count == 4 }), let vendor = UInt16(hexDigits: ids[0]),
        let device = UInt16(hexDigits: ids[1])
      {
        function.vendor = vendor
        function.device = device
      }
    }
    return function
  }

  /// Takes the regions that -v lists: `Region 4: Memory at 8000000000 (64-bit, prefetchable) [size=128G]`.
  private static func readRegion(_ line: Substring, into function: inout PCIFunction) {
    let words = line.split(whereSeparator: \.isWhitespace)
    guard words.count > 2, words[0] == "Region", words[2] == "Memory" else { return }
    function.hasBAR4 = function.hasBAR4 == true || words[1] == "4:"
    if let region = PCIRegion(line) { function.regions.append(region) }
  }

  /// Takes ids and BAR4 from a line of configuration space (PCI Local Bus 3.0, 6.1).
  private static func read(_ bytes: [UInt8?], at offset: Int, into function: inout PCIFunction) {
    if offset == 0x20, bytes.count >= 4 { function.hasBAR4 = bytes[..<4].contains { $0 != 0 } }
    guard offset == 0, bytes.count >= 12 else { return }
    let dwords = bytes.compactMap { $0.map(UInt16.init) }
    guard dwords.count == bytes.count else { return }
    function.vendor = dwords[0] | dwords[1] << 8
    function.device = dwords[2] | dwords[3] << 8
    function.classCode = dwords[10] | dwords[11] << 8
  }
}

extension Substring {
  /// Without the characters at both ends that the closure says yes to.
  func trimming(_ isTrimmed: (Character) -> Bool) -> Substring {
    var result = drop(while: isTrimmed)
    while let last = result.last, isTrimmed(last) { result.removeLast() }
    return result
  }
}
