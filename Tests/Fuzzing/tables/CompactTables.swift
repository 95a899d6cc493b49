// SPDX-License-Identifier: GPL-2.0-or-later

/// Bodies of tables that are whole, from few bytes: what is deep in the rules needs domains that fit together, which
/// no mutation of bytes finds.
enum CompactTables {
  /// Entries of a SRAT, four to eight bytes for each.
  static func affinity(_ input: inout Input) -> [UInt8] {
    var body: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    while !input.isAtEnd, body.count < 4096 {
      let form = input.byte()
      let flags = UInt32(form >> 4)
      let domain = UInt32(input.byte())
      switch form & 0xf {
      case 0...2: body += Entry.gicc(domain: domain, processor: UInt32(input.byte()))
      case 3...6:
        // In units of 256 MiB.
        let base = UInt64(input.word()) << 28
        body += Entry.memory(domain: domain, base: base, length: UInt64(input.byte()) << 28, flags: flags)
      case 7...8: body += Entry.memory(domain: domain, base: 0, length: 0, flags: flags)
      case 9...12: body += Entry.initiator(domain: domain, handle: input.bytes(4), flags: flags)
      case 13:
        // As many as a GPU has.
        let handle = input.bytes(4)
        for index in 0..<8 { body += Entry.initiator(domain: domain &+ UInt32(index), handle: handle) }
      case 14:
        body += Entry.initiator(domain: domain, handle: input.bytes(16), type: input.byte() & 3, flags: flags)
      default:
        // Any type, known or not, of any length.
        let content = input.bytes(Int(input.byte() & 0x3f))
        body += [UInt8(truncatingIfNeeded: domain), UInt8(content.count + 2)] + content
      }
    }
    return body
  }

  /// A SLIT: side, a distance for all, then row, column and distance of single ones.
  static func distances(_ input: inout Input) -> [UInt8] {
    let side = Int(input.byte() % 48)
    var square = [UInt8](repeating: input.byte(), count: side * side)
    for domain in 0..<side { square[domain * side + domain] = 10 }
    while !input.isAtEnd, side > 0 {
      square[Int(input.byte()) % side * side + Int(input.byte()) % side] = input.byte()
    }
    return le(UInt64(side)) + square
  }

  /// Structures of an HMAT.
  static func attributes(_ input: inout Input) -> [UInt8] {
    var body: [UInt8] = []
    while !input.isAtEnd, body.count < 4096 {
      switch input.byte() % 4 {
      case 0: body += Structure.attributes(initiator: UInt32(input.byte()), memory: UInt32(input.byte()))
      case 1, 2:
        let (first, count, targets) = (
          UInt32(input.byte()), UInt32(input.byte() % 24), UInt32(input.byte() % 24)
        )
        body += Structure.locality(
          dataType: input.byte() % 8, initiators: (0..<count).map { first + $0 },
          targets: (0..<targets).map { $0 },
          unit: input.number(2), value: input.word())
      default: body += Structure.cache(memory: UInt32(input.byte()))
      }
    }
    return body
  }
}
