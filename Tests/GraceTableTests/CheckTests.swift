// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance
import GraceDeviceModel
import Testing

@testable import gracectl

/// The checker, which shares nothing with what makes the tables, judges them.
@Suite("gracectl check on gracectl tables", .timeLimit(.minutes(5)))
struct CheckTests {
  @Test("right tables have nothing above information", arguments: MachineCase.all)
  func sound(machine: MachineCase) async throws {
    try await withTables(machine.arguments) { folder in
      let report = try await findings(in: folder)
      let bad = Set(report.findings.filter { $0.severity > .info }.map(\.rule.id))
      #expect(bad == machine.known, "\(report.text)")
    }
  }

  @Test("so it is with a listing of the functions that exist")
  func soundWithListing() async throws {
    try await withTables(["--gpus", "4"]) { folder in
      let report = try await findings(in: folder, listing: fourGPUs)
      #expect(report.findings.map(\.rule.id) == ["hmat-entry-absent"])
      #expect(report.notes.isEmpty)
    }
  }

  /// The rule that finds each mistake, and whether it does so without a listing, too.
  private static func rule(_ quirk: FirmwareQuirk) -> (id: String, needsListing: Bool) {
    switch quirk {
    case .handleSwapped: ("srat-gi-handle-order", false)
    case .handleDoubled: ("srat-gi-handle-doubled", false)
    case .initiatorsShuffled: ("srat-gi-order", false)
    case .initiatorsMissing: ("srat-gi-missing", false)
    case .initiatorsDisabled: ("srat-gi-disabled", false)
    case .initiatorsShort: ("srat-gi-count", false)
    // Nothing in tables says that there is a GPU whose _DSD is missing.
    case .propertiesMissing: ("dsd-missing", true)
    case .propertiesSizeZero: ("dsd-size-zero", false)
    case .propertiesBaseUnaligned: ("dsd-page-alignment", false)
    case .distancesAsymmetric: ("slit-asymmetric", false)
    case .distancesTooSmall: ("slit-too-small", false)
    case .distancesZero: ("slit-zero", false)
    case .attributesUnknownDomain: ("hmat-domain", false)
    case .memoryOverlapsRAM: ("srat-memory-overlap-domains", false)
    }
  }

  @Test(
    "each mistake is found by its rule, with a listing and, where it can be, without",
    arguments: FirmwareQuirk.allCases)
  func mistakes(quirk: FirmwareQuirk) async throws {
    let (id, needsListing) = Self.rule(quirk)
    try await withTables(["--gpus", "4", "--quirk", quirk.name]) { folder in
      for listing in needsListing ? [fourGPUs] : [[], fourGPUs] {
        // With a listing only rules on _DSD need what acpiexec says, which takes a second.
        let hasAML = listing.isEmpty || id.hasPrefix("dsd-")
        let report = try await findings(in: folder, listing: listing, hasAML: hasAML)
        #expect(!report.isClean)
        let found = report.findings.first { $0.rule.id == id && $0.severity > .info }
        #expect(found != nil, "\(report.text)")
      }
    }
  }

  @Test("a mistake of one GPU of a file is found, too, and several at once")
  func someMistakes() async throws {
    let both = MachineCase.example("quad-gh200") + ["--quirk", "slit-zero", "--quirk", "gi-disabled"]
    try await withTables(both) { folder in
      let rules = Set(try await findings(in: folder).findings.map(\.rule.id))
      #expect(rules.isSuperset(of: ["slit-zero", "srat-gi-disabled"]))
    }
  }
}
