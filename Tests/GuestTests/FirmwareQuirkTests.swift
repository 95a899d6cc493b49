// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance
import GraceGuest
import Testing

/// What Linux does on seeing each mistake in the tables. docs/firmware.md tells users the same.
@Suite("Mistakes on purpose, and what Linux makes of them")
struct FirmwareQuirkTests {
  private func guest(_ quirk: String, _ representation: Representation = .bareMetal) async throws -> GuestRun
  {
    var machine = MachineOptions(representation: representation, memorySize: 3 << 30)
    machine.deviceProperties = ["firmware-quirk": quirk]
    return try await GuestLab.guest(machine)
  }

  /// Rules of the checker that the guest's tables break, findings for information aside.
  private func broken(_ guest: GuestRun) throws -> Set<String> {
    let tables = try guest.facts.tables.filter { $0.signature != "SSDT" }.map { table in
      TableBytes(source: table.file, bytes: try #require(bytes(ofHex: table.hex)))
    }
    let gpu = GraceConformance.PCIAddress(segment: 0, bus: 1, devfn: 0)
    let functions = [PCIFunction(address: gpu, vendor: 0x10de, device: 0x2345, classCode: 0x0302)]
    let findings = Evidence(tables: tables, functions: functions).findings()
    return Set(findings.filter { $0.severity > .info }.map(\.rule.id))
  }

  private func initiatorNodes(_ guest: GuestRun) -> [Int] {
    guest.facts.nodes.filter(\.hasGenericInitiator).map(\.id)
  }

  @Test(
    "a wrong handle costs the GPU its nodes: they are there, and name another device",
    arguments: [("gi-handle-swapped", 0, 0, 1), ("gi-handle-doubled", 1, 0, 1)])
  func handles(quirk: String, bus: Int, device: Int, function: Int) async throws {
    let guest = try await guest(quirk)
    #expect(initiatorNodes(guest) == Array(1...8))
    let address = try guest.function().address
    #expect(address == "0000:01:00.0")
    for initiator in guest.facts.initiators {
      #expect(
        [initiator.bus, initiator.device, initiator.function].map { Int($0) } == [bus, device, function])
    }
    #expect(
      try broken(guest).contains(
        quirk == "gi-handle-swapped" ? "srat-gi-handle-order" : "srat-gi-handle-doubled"))
  }

  @Test("shuffled initiators shuffle the nodes: their numbers follow the table, not the domains")
  func shuffled() async throws {
    let guest = try await guest("gi-shuffled")
    #expect(guest.facts.initiators.map(\.domain) == [5, 4, 3, 2, 8, 1, 7, 6])
    #expect(initiatorNodes(guest) == Array(1...8))
    #expect(try broken(guest) == ["srat-gi-order"])
  }

  @Test(
    "without initiators, or with disabled ones, there are nodes but none that initiates",
    arguments: ["gi-missing", "gi-disabled"])
  func none(quirk: String) async throws {
    let guest = try await guest(quirk)
    #expect(guest.facts.nodes.map(\.id) == Array(0...8))
    #expect(initiatorNodes(guest).isEmpty)
    #expect(try !broken(guest).isEmpty)
  }

  @Test("one initiator too few leaves seven, and the last domain is a node without one")
  func short() async throws {
    let guest = try await guest("gi-one-too-few")
    #expect(initiatorNodes(guest) == Array(1...7))
    #expect(guest.facts.nodes.map(\.id) == Array(0...8))
    #expect(try broken(guest) == ["srat-gi-count"])
  }

  @Test(
    "without _DSD, or with a size of 0, the driver binds and has only the BARs that the function has",
    arguments: ["dsd-missing", "dsd-size-zero"])
  func coreOperations(quirk: String) async throws {
    let guest = try await guest(quirk)
    let function = try guest.function()
    #expect(function.driver == "nvgrace_gpu_vfio_pci")
    #expect(
      guest.facts.property("nvidia,gpu-mem-size", of: function.address) == (quirk == "dsd-missing" ? nil : 0))
    #expect(guest.facts.vfioRegion(4, of: function.address).map(\.bytes) ?? 0 == 0)
    #expect(guest.facts.vfioRegion(0, of: function.address)?.bytes == 16 << 20)
  }

  @Test("an unaligned base is taken: mappings begin at the page below it, reads and writes do not")
  func unaligned() async throws {
    let guest = try await guest("dsd-base-unaligned")
    let address = try guest.function().address
    #expect(guest.facts.property("nvidia,gpu-mem-base-pa", of: address) == 0x4000_0000_0800)
    #expect(guest.facts.vfioRegion(4, of: address)?.bytes == 2 << 30)
    let cases = try guest.program("vfio-check").cases
    let seen = try #require(cases.first { $0.name == "region 4 gives to pread what a mapping wrote" })
    #expect(seen.result == .failed)
  }

  @Test("an asymmetric SLIT is taken as it is")
  func asymmetric() async throws {
    let guest = try await guest("slit-asymmetric")
    #expect(guest.facts.nodes.first { $0.id == 0 }?.distances == [10] + Array(repeating: 80, count: 8))
    #expect(guest.facts.nodes.first { $0.id == 1 }?.distances.first == 90)
    #expect(try broken(guest) == ["slit-asymmetric"])
  }

  @Test("a SLIT that is too small leaves 20 to and from the last domain")
  func tooSmall() async throws {
    let guest = try await guest("slit-too-small")
    #expect(guest.facts.nodes.first { $0.id == 0 }?.distances == [10, 80, 80, 80, 80, 80, 80, 80, 20])
    #expect(guest.facts.nodes.first { $0.id == 8 }?.distances == Array(repeating: 20, count: 8) + [10])
    #expect(try broken(guest) == ["slit-too-small"])
  }

  @Test("a SLIT with a 0 is dropped: 20 everywhere")
  func zero() async throws {
    let guest = try await guest("slit-zero")
    #expect(guest.facts.nodes.first { $0.id == 0 }?.distances == [10] + Array(repeating: 20, count: 8))
    #expect(try broken(guest).contains("slit-zero"))
  }

  @Test("a memory entry on RAM turns NUMA off")
  func overlap() async throws {
    let guest = try await guest("memory-overlaps-ram")
    #expect(guest.facts.nodes.map(\.id) == [0])
    #expect(guest.facts.kernelLog.contains { $0.text.contains("overlaps with node 1") })
    #expect(try broken(guest).contains { $0.hasPrefix("srat-memory-overlap") })
  }

  @Test("an HMAT that names another domain leaves the GPU's last node without attributes")
  func unknownDomain() async throws {
    var machine = MachineOptions(representation: .vm, memorySize: 3 << 30)
    machine.deviceProperties = ["numa-nodes": "1"]
    let right = try await GuestLab.guest(machine).facts
    machine.deviceProperties["firmware-quirk"] = "hmat-unknown-domain"
    let wrong = try await GuestLab.guest(machine)
    #expect(right.access(0, ofNode: 1)?.readLatency == 100)
    #expect(right.access(1, ofNode: 1)?.readLatency == 800)
    for kind in 0...1 { #expect(wrong.facts.access(kind, ofNode: 1)?.readLatency ?? 0 == 0) }
    #expect(try broken(wrong).contains("hmat-domain"))
  }
}
