// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// The doorbell and the DMA engine as a driver in user space has them, through VFIO, with an SMMU and without one; and
/// that the guest's judge of them can say no.
@Suite("Interrupts and DMA through VFIO")
struct EngineTests {
  private static let program = "engine-check"

  /// A machine on which waits pass in a moment. Its memory is at 2^46, as on the real machine.
  private static func machine(
    _ profile: GPUProfile, words: [String] = [], properties: [String: String] = [:]
  ) -> MachineOptions {
    var machine = MachineOptions(profile: profile, representation: .bareMetal, memorySize: 3 << 30)
    machine.cpuCount = 1
    machine.extraArguments = ["-icount", "shift=3,sleep=off"]
    machine.deviceProperties = properties
    machine.kernelWords = ["grace.tests=\(program)"] + words
    return machine
  }

  private static let hopper = machine(.gh200With480GB)
  /// With `iommu.passthrough=1` the kernel's own drivers use physical addresses, but VFIO gives a device that it opens a
  /// table of its own: what is refused, and what the SMMU reports, is the same. The link comes up long after the memory,
  /// so that there is a time in which the engine works and the memory does not.
  private static let hopperPassthrough = machine(
    .gh200With480GB, words: ["iommu.passthrough=1"], properties: ["c2c-ready-ms": "2000"])
  private static let blackwell = machine(.gb200)
  /// Without an IOMMU the GPU has physical addresses, and all memory.
  private static let hopperWithoutIOMMU = {
    var machine = EngineTests.machine(.gh200With480GB, words: ["vfio.enable_unsafe_noiommu_mode=1"])
    machine.smmuAddressBits = nil
    return machine
  }()

  /// Why a case may be left out; each is a property of the machine.
  private static let reasons = ["the link is up as early as the engine; see c2c-ready-ms="]

  private func cases(_ machine: MachineOptions) async throws -> [KTAPCase] {
    let document = try await GuestLab.guest(machine, timeLimit: .seconds(300)).program(EngineTests.program)
    #expect(document.isComplete, "\(document.problems)")
    return document.cases
  }

  @Test(
    "every case passes, or is left out for a reason known here",
    arguments: [(hopper, 55), (hopperPassthrough, 55), (hopperWithoutIOMMU, 48), (blackwell, 12)])
  func allCases(machine: MachineOptions, count: Int) async throws {
    let cases = try await cases(machine)
    #expect(cases.count == count)
    #expect(Set(cases.map(\.name)).count == cases.count)
    for result in cases {
      switch result.result {
      case .passed: break
      case .skipped(let reason): #expect(EngineTests.reasons.contains(reason), "\(result.name)")
      default: Issue.record("\(result.name): \(result.diagnostics)")
      }
    }
  }

  @Test("no case is left out on a machine whose link comes late")
  func everywhere() async throws {
    #expect(try await cases(EngineTests.hopperPassthrough).allSatisfy { $0.result == .passed })
  }

  @Test("memory that the SMMU cannot address leaves out DMA to it over the bus, and nothing else changes")
  func outOfReach() async throws {
    var machine = EngineTests.hopper
    machine.smmuAddressBits = 44
    let skipped = try await cases(machine).filter { $0.result != .passed }
    let reasons = [
      EngineTests.reasons[0],
      "the memory lies above 2^44, where the SMMU does not reach; see arm-smmuv3.oas",
    ]
    #expect(skipped.map(\.result) == reasons.map { .skipped(reason: $0) })
    #expect(skipped.last?.name == "DMA to the GPU's own memory by its bus address arrives")
  }

  @Test("a guest that is told of another chip finds an engine that should not be there, and other vectors")
  func wrongChip() async throws {
    let failed = try await cases(EngineTests.machine(.gh200With480GB, words: ["grace.chip=gb100"]))
      .filter { $0.result == .failed }.map(\.name)
    #expect(
      failed == [
        "the doorbell counts what is in range", "the registers of Hopper's DMA engine are not there",
      ])
  }
}
