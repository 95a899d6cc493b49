// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceConformance
import GraceGuest
import Testing

@Suite("ACPI tables, as iasl reads them")
struct TableTests {
  private static let machines = [
    MachineOptions.vm, .bareMetal,
    MachineOptions(representation: .bareMetal, memorySize: 3 << 30, gpuCount: 2),
  ]

  private func tables(_ signature: String, _ machine: MachineOptions) async throws -> [Disassembly] {
    let tables = try await GuestLab.guest(machine).facts.tables.filter { $0.signature == signature }
    return try tables.map(Disassembly.init)
  }

  @Test(
    "SRAT has eight enabled generic initiators for each GPU, ascending, with the PCI handle of its function",
    arguments: machines)
  func initiators(machine: MachineOptions) async throws {
    let srat = try #require(try await tables("SRAT", machine).first)
    let initiators = srat.subtables.filter { $0["Subtable Type"] == "05 [Generic Initiator Affinity]" }
    let expected = machine.places.flatMap { place in
      (1...8).map { [UInt64(8 * place.index + $0), place.bus] }
    }
    try #require(initiators.count == expected.count)
    for (initiator, expected) in zip(initiators, expected) {
      #expect(initiator["Length"] == "20")
      #expect(initiator["Device Handle Type"] == "01")
      #expect(initiator["Proximity Domain"].flatMap { UInt64($0, radix: 16) } == expected[0])
      // Segment in bytes 0 and 1, bus in byte 2, device and function in byte 3, then zeros.
      #expect(
        initiator["Device Handle"] == "00 00 0\(expected[1]) 00" + String(repeating: " 00", count: 12))
      #expect(initiator["Flags (decoded below)"] == "00000003")
    }
  }

  @Test("SRAT has an empty, hot-pluggable memory entry for each domain of a GPU", arguments: machines)
  func memoryEntries(machine: MachineOptions) async throws {
    let srat = try #require(try await tables("SRAT", machine).first)
    let empty = srat.subtables.filter {
      $0["Subtable Type"] == "01 [Memory Affinity]" && $0["Address Length"] == "0000000000000000"
    }
    #expect(
      empty.compactMap { $0["Proximity Domain"].flatMap { Int($0, radix: 16) } }
        == Array(1...8 * machine.gpuCount))
    for entry in empty {
      #expect(entry["Base Address"] == "0000000000000000")
      #expect(entry["Flags (decoded below)"] == "00000003")
      #expect(entry["Hot Pluggable"] == "1")
    }
  }

  @Test(
    "SSDT has a device for each root port and GPU, and _DSD with its properties on the host",
    arguments: machines)
  func namespace(machine: MachineOptions) async throws {
    let words = try await tables("SSDT", machine).map(\.words).filter { $0.contains("Device (GPU0)") }
    try #require(words.count == 1)
    for place in machine.places {
      let slot = String(place.companion.dropFirst(#"\_SB_.PCI0."#.count).prefix(3))
      #expect(
        words[0].contains(
          "Device (\(slot)) { Name (_ADR, 0x000\(place.rootSlot)0000) // _ADR: Address Device (GPU0)"))
      let base = String(machine.memoryBase(of: place), radix: 16, uppercase: true)
      let property = #"Package (0x02) { "nvidia,gpu-mem-base-pa", 0x0000\#(base) }"#
      #expect(words[0].contains(property) == (machine.representation == .bareMetal), "\(property)")
    }
    #expect(
      words[0].contains(#"ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301") /* Device Properties for _DSD */"#)
        == (machine.representation == .bareMetal))
  }

  @Test("SLIT has a row for each domain, as iasl reads it", arguments: machines)
  func distances(machine: MachineOptions) async throws {
    let slit = try #require(try await tables("SLIT", machine).first)
    let count = String(1 + 8 * machine.gpuCount, radix: 16, uppercase: true)
    #expect(slit.text.contains("Localities : " + String(repeating: "0", count: 16 - count.count) + count))
  }

  @Test(
    "HMAT has latencies of reads and writes and the bandwidth, and no attributes of memory",
    arguments: machines)
  func attributes(machine: MachineOptions) async throws {
    let hmat = try #require(try await tables("HMAT", machine).first)
    func values(_ name: String) -> [String] {
      hmat.text.split(separator: "\n").compactMap { line in
        guard let colon = line.firstRange(of: " : "),
          line[..<colon.lowerBound].split(separator: "]").last?.trimmingCharacters(in: .whitespaces) == name
        else { return nil }
        return line[colon.upperBound...].trimmingCharacters(in: .whitespaces)
      }
    }
    #expect(values("Structure Type").map { $0.prefix(4) } == ["0001", "0001", "0001"])
    #expect(values("Data Type") == ["01", "02", "03"])
    let count = 1 + 8 * machine.gpuCount
    for name in ["Initiator Proximity Domains #", "Target Proximity Domains #"] {
      #expect(values(name).compactMap { Int($0, radix: 16) } == [count, count, count])
    }
  }

  @Test("the conformance checker finds nothing in SRAT, SLIT and HMAT of any machine", arguments: machines)
  func conformance(machine: MachineOptions) async throws {
    let facts = try await GuestLab.guest(machine).facts
    let tables = try facts.tables.filter { $0.signature != "SSDT" }.map { table in
      TableBytes(source: table.file, bytes: try #require(bytes(ofHex: table.hex)))
    }
    #expect(Set(facts.tables.map(\.signature)) == ["SRAT", "SLIT", "HMAT", "SSDT"])
    let functions = try facts.functions.map { function in
      let parts = function.address.split { ":.".contains($0) }.compactMap { UInt32($0, radix: 16) }
      try #require(parts.count == 4)
      let address = GraceConformance.PCIAddress(
        segment: parts[0], bus: UInt8(truncatingIfNeeded: parts[1]),
        devfn: UInt8(truncatingIfNeeded: parts[2] << 3 | parts[3]))
      return PCIFunction(address: address, vendor: 0x10de, device: 0x2345, classCode: 0x0302)
    }
    let findings = Evidence(tables: tables, functions: functions).findings().filter { $0.severity > .info }
    #expect(findings.isEmpty)
  }
}
