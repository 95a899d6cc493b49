// SPDX-License-Identifier: GPL-2.0-or-later

/// How the capabilities of a user's profile differ from those of its base.
struct CapabilityEdits: Sendable {
  /// A capability of the base that is elsewhere, or nowhere.
  struct Change: Sendable {
    let line: Int
    let offset: UInt16
    /// Where it is; nil if it is left out.
    let place: UInt16?
  }

  var changes: [Change] = []
  /// Capabilities that the base has not, and their lines.
  var added: [(capability: Capability, line: Int)] = []

  var isEmpty: Bool { changes.isEmpty && added.isEmpty }

  /// The user's own DVSEC of the MIG bug, which takes the place of the base's.
  var migFix: (capability: Capability, line: Int)? { added.first { $0.capability.isMIGFix } }

  /// What was said of the base's capability at `offset`.
  func change(of offset: UInt16) -> Change? { changes.first { $0.offset == offset } }

  /// The capabilities, in the order of their offsets.
  ///
  /// - Parameters:
  ///   - base: those of the base.
  ///   - isFreeOfMIGBug: what the DVSEC of the MIG bug says, also if it is the user's own: an option of the device
  ///     decides on it, and the division of the memory must not differ from it.
  func applied(to base: [Capability], isFreeOfMIGBug: Bool) -> [Capability] {
    var list: [Capability] = []
    for capability in base where migFix == nil || !capability.isMIGFix {
      guard let change = change(of: capability.offset) else {
        list.append(capability)
        continue
      }
      if let place = change.place { list.append(capability.moved(to: place)) }
    }
    for (capability, _) in added {
      var capability = capability
      if capability.isMIGFix {
        capability.set(isFreeOfMIGBug ? .max : 0, mask: Capability.migFixBit, at: capability.offset &+ 8)
      }
      list.append(capability)
    }
    return Self.sorted(list)
  }

  /// One after the other is looked for: there are few, and the standard library's sort is large.
  private static func sorted(_ list: [Capability]) -> [Capability] {
    var sorted: [Capability] = []
    var offset: UInt16 = 0
    while sorted.count < list.count {
      var next: UInt16 = .max
      for capability in list where capability.offset >= offset { next = min(next, capability.offset) }
      for capability in list where capability.offset == next { sorted.append(capability) }
      guard next < .max else { break }
      offset = next + 1
    }
    return sorted
  }
}

/// A capability of the user's while its dwords are read.
struct DeclaredCapability {
  let line: Int
  let id: UInt16
  let version: UInt16
  let offset: UInt16
  let byteCount: UInt16
  let headerUpperHalf: UInt32
  /// Whether the dwords at 4 and 8 tell vendor and id.
  let isDesignated: Bool
  /// The dwords from 4 on.
  var registers: [ConfigRegister]
  /// Places of the dwords that were given, in bytes from its start, and their lines.
  var given: [(place: UInt16, line: Int)] = []

  var capability: Capability {
    Capability(
      id: id, version: version, at: offset, byteCount: byteCount, headerUpperHalf: headerUpperHalf,
      registers: registers)
  }
}
