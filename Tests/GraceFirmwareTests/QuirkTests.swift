// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel
import GraceFirmware
import Testing

/// Each mistake changes what it says and nothing else.
@Suite("Mistakes on purpose")
struct QuirkTests {
  private struct Tables: Equatable {
    var srat: [UInt8]
    var ssdt: [UInt8]
    var slit: [UInt8]
    var hmat: [UInt8]
  }

  private func tables(_ quirk: FirmwareQuirk?) throws -> Tables {
    var one = try gpu(bus: 1, memory: CoherentMemory(base: 1 << 46, size: 3 << 30))
    one.options.quirks = quirk.map { [$0] } ?? []
    let topology = try Topology(gpus: [one], machine: MachineDomains(count: 1), domainLimit: 128)
    return Tables(
      srat: AffinityTable(topology).encoded, ssdt: NamespaceTable(topology).encoded,
      slit: DistanceTable(topology).encoded, hmat: AttributeTable(topology).encoded)
  }

  /// Places at which two tables differ.
  private func changes(_ one: [UInt8], _ other: [UInt8]) -> [Int] {
    one.indices.filter { $0 >= other.count || one[$0] != other[$0] }
  }

  @Test("every mistake changes the tables, each differently")
  func distinct() throws {
    var seen = [try tables(nil)]
    for quirk in FirmwareQuirk.allCases {
      let made = try tables(quirk)
      #expect(!seen.contains(made), "\(quirk.name)")
      seen.append(made)
    }
  }

  @Test("a swapped handle has devfn, then bus; a doubled one has each field twice")
  func handles() throws {
    let right = try tables(nil)
    for (quirk, handle) in [
      (.handleSwapped, [0, 0, 0, 1]), (.handleDoubled, [0, 0, 1, 1]),
    ] as [(FirmwareQuirk, [UInt8])] {
      let wrong = try tables(quirk)
      #expect(Array(wrong.srat[8..<12]) == handle)
      #expect(wrong.srat[12..<24].allSatisfy { $0 == 0 })
      #expect(wrong.srat.count == right.srat.count)
      #expect((wrong.ssdt, wrong.slit) == (right.ssdt, right.slit))
    }
  }

  @Test("shuffled initiators come in the order that a hash table once gave")
  func shuffled() throws {
    let srat = try tables(.initiatorsShuffled).srat
    #expect((0..<8).map { srat[32 * $0 + 4] } == [5, 4, 3, 2, 8, 1, 7, 6])
    #expect(srat.count == (try tables(nil).srat.count))
  }

  @Test("initiators can be missing with all that names the domains, disabled, or one too few")
  func initiators() throws {
    let right = try tables(nil)
    let missing = try tables(.initiatorsMissing)
    #expect(missing.srat == Array(right.srat[(8 * 32)...]))
    #expect(!String(decoding: missing.ssdt, as: UTF8.self).contains("pxm"))
    let disabled = try tables(.initiatorsDisabled)
    #expect(changes(right.srat, disabled.srat) == (0..<8).map { 32 * $0 + 24 })
    #expect(disabled.srat[24] == 2)
    let short = try tables(.initiatorsShort)
    #expect(short.srat == Array(right.srat[..<(7 * 32)] + right.srat[(8 * 32)...]))
  }

  @Test("_DSD can be missing, have size 0 or an unaligned base")
  func properties() throws {
    func text(_ quirk: FirmwareQuirk) throws -> String {
      String(decoding: try tables(quirk).ssdt, as: UTF8.self)
    }
    #expect(try !text(.propertiesMissing).contains("_DSD"))
    let zero = try tables(.propertiesSizeZero).ssdt
    #expect(zero.contains([0x0d] + Array("nvidia,gpu-mem-size".utf8) + [0, 0x00]))
    let unaligned = try tables(.propertiesBaseUnaligned).ssdt
    #expect(
      unaligned.contains(Array("nvidia,gpu-mem-base-pa".utf8) + [0, 0x0e, 0, 8, 0, 0, 0, 0x40, 0, 0]))
  }

  @Test("the SLIT can be asymmetric, too small or have a 0")
  func distances() throws {
    let right = try tables(nil).slit
    let asymmetric = try tables(.distancesAsymmetric).slit
    #expect(changes(right, asymmetric) == (1...8).map { 8 + 9 * $0 })
    let small = try tables(.distancesTooSmall).slit
    #expect(small.count == 8 + 64)
    #expect(small[0] == 8)
    #expect(try tables(.distancesZero).slit.dropFirst(8).contains(0))
  }

  @Test("the HMAT can name a domain that there is not, and a memory entry can lie on RAM")
  func others() throws {
    let right = try tables(nil)
    let unknown = try tables(.attributesUnknownDomain).hmat
    // The last of nine targets, after nine initiators.
    #expect(unknown[32 + 4 * 17] == 9)
    #expect(changes(right.hmat, unknown).count == 3)
    let overlap = try tables(.memoryOverlapsRAM).srat
    #expect(
      Array(overlap[(8 * 32 + 8)..<(8 * 32 + 24)]) == [0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0])
    #expect(overlap.count == right.srat.count)
  }
}
