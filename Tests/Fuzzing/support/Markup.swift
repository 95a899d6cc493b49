// SPDX-License-Identifier: GPL-2.0-or-later

/// XML as strict as what this project writes: no comments, no CDATA, and entities that have names (XML 1.0, 2.1 to 3.1).
struct Markup {
  private var rest: ArraySlice<UInt8>
  private var open: [[UInt8]] = []
  private(set) var elementCount = 0

  /// Walks a document; what is not well formed ends the program.
  init(_ text: String) {
    rest = ArraySlice(text.utf8)
    let head = Array(#"<?xml version="1.0" encoding="UTF-8"?>"#.utf8)
    demand(rest.starts(with: head), "an XML document says what it is", text)
    rest = rest.dropFirst(head.count)
    for scalar in text.unicodeScalars where scalar.value < 0x20 {
      demand(scalar == "\n", "XML has no control characters", text.debugDescription)
    }
    while !rest.isEmpty {
      characters(upTo: UInt8(ascii: "<"), "XML text")
      if rest.popFirst() != nil { tag() }
    }
    demand(open.isEmpty, "XML elements are closed", "\(open.count)")
  }

  private mutating func tag() {
    if rest.first == UInt8(ascii: "/") {
      rest = rest.dropFirst()
      demand(open.popLast() == name(), "XML elements end in their order")
      demand(rest.popFirst() == UInt8(ascii: ">"), "an XML end tag ends")
      return
    }
    elementCount += 1
    demand(!open.isEmpty || elementCount == 1, "XML has one root")
    open.append(name())
    while rest.first == UInt8(ascii: " ") {
      rest = rest.dropFirst()
      _ = name()
      demand(rest.popFirst() == UInt8(ascii: "="), "an XML attribute has a value")
      demand(rest.popFirst() == UInt8(ascii: "\""), "an XML value is quoted")
      characters(upTo: UInt8(ascii: "\""), "XML value")
      rest = rest.dropFirst()
    }
    if rest.first == UInt8(ascii: "/") {
      rest = rest.dropFirst()
      _ = open.popLast()
    }
    demand(rest.popFirst() == UInt8(ascii: ">"), "an XML tag ends")
  }

  private mutating func name() -> [UInt8] {
    let letters = rest.prefix {
      $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7a || $0 == 0x2d || $0 >= 0x30 && $0 <= 0x39
    }
    demand(!letters.isEmpty, "an XML name has letters")
    rest = rest.dropFirst(letters.count)
    return Array(letters)
  }

  private mutating func characters(upTo end: UInt8, _ what: StaticString) {
    while let byte = rest.first, byte != end {
      demand(byte != UInt8(ascii: "<"), what, "has a <")
      if byte == UInt8(ascii: "&") {
        let entity = rest.prefix(6)
        let isKnown = ["&amp;", "&lt;", "&gt;", "&quot;", "&apos;"].contains { entity.starts(with: $0.utf8) }
        demand(isKnown, what, "has a bare &")
      }
      rest = rest.dropFirst()
    }
  }
}
