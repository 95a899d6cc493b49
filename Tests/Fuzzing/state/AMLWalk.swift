// SPDX-License-Identifier: GPL-2.0-or-later

/// Walks AML as ACPI 6.5, 20.2 has it, as far as firmware of this project writes it. What is cut, too long, or unknown ends the
/// program.
struct AMLWalk {
  private var input: ArraySlice<UInt8>

  /// All terms of a table's body.
  static func check(_ body: [UInt8]) {
    var walk = AMLWalk(input: body[...])
    while !walk.input.isEmpty { walk.term() }
  }

  private mutating func byte() -> UInt8 {
    demand(!input.isEmpty, "AML is not cut")
    return input.removeFirst()
  }

  private mutating func skip(_ count: Int) {
    demand(input.count >= count, "AML is not cut")
    input = input.dropFirst(count)
  }

  /// What a PkgLength counts, without itself (20.2.4).
  private mutating func package() -> AMLWalk {
    let lead = byte()
    let following = Int(lead >> 6)
    var length = following == 0 ? Int(lead & 0x3f) : Int(lead & 0xf)
    for index in 0..<following { length |= Int(byte()) << (4 + 8 * index) }
    length -= 1 + following
    demand(length >= 0 && length <= input.count, "a PkgLength ends in its parent")
    let inner = AMLWalk(input: input.prefix(length))
    skip(length)
    return inner
  }

  /// NameString (20.2.2): from the root or not, one segment, two, or a counted number.
  private mutating func name() {
    if input.first == 0x5c { skip(1) }
    switch input.first {
    case 0x00: skip(1)
    case 0x2e:
      skip(1)
      segment()
      segment()
    case 0x2f:
      skip(1)
      let count = byte()
      demand(count > 0, "a path of names has some")
      for _ in 0..<count { segment() }
    default: segment()
    }
  }

  private mutating func segment() {
    for index in 0..<4 {
      let letter = byte()
      let isLead = letter == 0x5f || (0x41...0x5a).contains(letter)
      demand(isLead || (index > 0 && (0x30...0x39).contains(letter)), "a name has letters")
    }
  }

  private mutating func terms() {
    while !input.isEmpty { term() }
  }

  private mutating func term() {
    switch byte() {
    case 0x00, 0x01, 0xff: break
    case 0x0a: skip(1)
    case 0x0b: skip(2)
    case 0x0c: skip(4)
    case 0x0e: skip(8)
    case 0x0d: while byte() != 0 {}
    case 0x08:
      name()
      term()
    case 0x10:
      var inner = package()
      inner.name()
      inner.terms()
    case 0x11:
      var inner = package()
      inner.term()
    // What is left are the bytes.
    case 0x12:
      var inner = package()
      let count = inner.byte()
      for _ in 0..<count { inner.term() }
      demand(inner.input.isEmpty, "a package has as many elements as it says")
    case 0x14:
      var inner = package()
      inner.name()
      inner.skip(1)
      inner.terms()
    case 0x7d: for _ in 0..<3 { term() }
    case 0x5b: extended()
    case let letter where letter == 0x5f || (0x41...0x5a).contains(letter):
      input = [letter] + input
      segment()
    case let other: demand(false, "AML is of known terms", "\(other)")
    }
  }

  private mutating func extended() {
    switch byte() {
    case 0x22: term()
    case 0x80:
      name()
      skip(1)
      term()
      term()
    case 0x81:
      var inner = package()
      inner.name()
      inner.skip(1)
      while !inner.input.isEmpty {
        inner.segment()
        _ = inner.byte()
      }
    case 0x82:
      var inner = package()
      inner.name()
      inner.terms()
    case let other: demand(false, "AML is of known terms", "extended \(other)")
    }
  }
}
