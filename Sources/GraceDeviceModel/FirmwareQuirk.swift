// SPDX-License-Identifier: GPL-2.0-or-later

/// A mistake in the tables, made on purpose: each has been shipped by a VMM or firmware, or is the kind that a consumer
/// must survive. What Linux does on seeing it stands in docs/firmware.md.
public enum FirmwareQuirk: UInt8, CaseIterable, Sendable {
  /// Bus and devfn swapped in the handle of an initiator (QEMU before 9.2).
  case handleSwapped
  /// Segment, bus, device and function twice each in the handle (cloud-hypervisor before August 2026).
  case handleDoubled
  /// Initiators not in the order of their domains (QEMU 10.0 with objects of the user's).
  case initiatorsShuffled
  /// No initiators, and nothing else that names the domains.
  case initiatorsMissing
  /// Initiators whose enabled flag is clear.
  case initiatorsDisabled
  /// One initiator too few.
  case initiatorsShort
  /// No `_DSD`.
  case propertiesMissing
  /// A `_DSD` whose size is 0.
  case propertiesSizeZero
  /// A `_DSD` whose base is no multiple of a page.
  case propertiesBaseUnaligned
  /// Distances that differ by direction.
  case distancesAsymmetric
  /// A SLIT without rows for the last domain.
  case distancesTooSmall
  /// A SLIT with a 0.
  case distancesZero
  /// An HMAT that names a domain which the SRAT does not have.
  case attributesUnknownDomain
  /// A memory entry that lies on RAM of the machine.
  case memoryOverlapsRAM

  /// The name that users give.
  public var name: String {
    switch self {
    case .handleSwapped: "gi-handle-swapped"
    case .handleDoubled: "gi-handle-doubled"
    case .initiatorsShuffled: "gi-shuffled"
    case .initiatorsMissing: "gi-missing"
    case .initiatorsDisabled: "gi-disabled"
    case .initiatorsShort: "gi-one-too-few"
    case .propertiesMissing: "dsd-missing"
    case .propertiesSizeZero: "dsd-size-zero"
    case .propertiesBaseUnaligned: "dsd-base-unaligned"
    case .distancesAsymmetric: "slit-asymmetric"
    case .distancesTooSmall: "slit-too-small"
    case .distancesZero: "slit-zero"
    case .attributesUnknownDomain: "hmat-unknown-domain"
    case .memoryOverlapsRAM: "memory-overlaps-ram"
    }
  }

  /// The quirk called `name`, or nil.
  public static func named(_ name: String) -> FirmwareQuirk? {
    for quirk in allCases where quirk.name.utf8.elementsEqual(name.utf8) { return quirk }
    return nil
  }

  /// The names of all, for messages: `a, b, c`.
  public static var allNames: String {
    var list = ""
    for quirk in allCases {
      if !list.utf8.isEmpty { list += ", " }
      list += quirk.name
    }
    return list
  }
}
