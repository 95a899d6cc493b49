// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// The memory in the hands of a guest's kernel, as NVIDIA's driver gives it there: the guest's node-check, which loads
/// our module for it.
@Suite("The memory as a NUMA node")
struct NodeMemoryTests {
  private static let program = "node-check"
  /// Bytes of a memory block of an arm64 kernel with pages of 4 KiB.
  private static let block: UInt64 = 128 << 20

  static func machine(
    _ profile: GPUProfile = .gh200With480GB, gibibytes: UInt64 = 3, gpuCount: Int = 1,
    properties: [String: String] = [:], words: [String] = []
  ) -> MachineOptions {
    var options = MachineOptions(
      profile: profile, representation: .vm, memorySize: gibibytes << 30, gpuCount: gpuCount)
    // The kernel keeps 64 bytes for each page of 4 KiB, and here all of them in its own memory.
    options.ramSize += gibibytes << 30 / 64
    options.deviceProperties = properties
    options.kernelWords = ["grace.tests=sysfs-check,\(program)"] + words
    return options
  }

  private static func guest(_ options: MachineOptions) async throws -> GuestRun {
    // 96 GiB are 768 memory blocks, each of which takes some hundredths of a second.
    try await GuestLab.guest(options, timeLimit: .seconds(900))
  }

  static let machines = [
    machine(), machine(gibibytes: 97), machine(.gb200), machine(gpuCount: 2),
    machine(properties: [
      "latency-local": "150/170", "latency-host": "900/950", "bandwidth-local": "3000",
      "bandwidth-host": "400/300",
    ]),
  ]

  @Test("the guest takes it, uses it and gives it back, twice", arguments: machines)
  func allCases(options: MachineOptions) async throws {
    let cases = try await NodeMemoryTests.guest(options).program(NodeMemoryTests.program).cases
    let failed = cases.filter { $0.result == .failed }
    #expect(failed.isEmpty, "\(failed.map { "\($0.name): \($0.diagnostics)" })")
    // Linux forgets the HMAT of a node that lost all memory (docs/howto.md); nothing else may be left out.
    let skipped = cases.filter { if case .skipped = $0.result { true } else { false } }
    #expect(
      skipped.map(\.name)
        == options.places.map { "\($0.address), again: the kernel knows how fast the memory is" })
    #expect(cases.count >= 40 * options.gpuCount)
  }

  @Test("each GPU's first node has all memory behind BAR4, in whole memory blocks", arguments: machines)
  func sizes(options: MachineOptions) async throws {
    let nodes = try await NodeMemoryTests.guest(options).facts.nodes
    let usemem = try options.memorySplit().usemem
    let withMemory = nodes.filter { $0.hasMemory && $0.hasGenericInitiator }
    #expect(withMemory.map(\.id) == options.places.map { 1 + 8 * $0.index })
    let blocks = usemem / NodeMemoryTests.block
    #expect(withMemory.allSatisfy { $0.memoryBytes == blocks * NodeMemoryTests.block })
  }

  @Test("its latencies, bandwidths and distances are those of the options", arguments: machines)
  func speed(options: MachineOptions) async throws {
    let guest = try await NodeMemoryTests.guest(options)
    let judged = try guest.expectations().filter {
      $0.name.hasPrefix("access") || $0.name.hasPrefix("distances of node")
    }
    // Of the CPUs' node, and of each of the GPUs'.
    #expect(judged.count == 3 * (1 + 8 * options.gpuCount))
    for expectation in judged where !expectation.held {
      Issue.record("\(expectation.name): expected \(expectation.expected), found \(expectation.found)")
    }
  }

  /// Words that are not true of a GH200 with 3 GiB, and a test that must fail then.
  private static let lies: [(word: String, failing: [String])] = [
    // The memory would end in the midst of BAR4.
    ("grace.memory=2684354560", ["0000:01:00.0: BAR4 has memory up to its real length"]),
    // It would not fit BAR4.
    (
      "grace.memory=5368709120",
      ["0000:01:00.0: BAR4 has memory up to its real length", "the module gives the memory to the kernel"]
    ),
    ("grace.divided=off", ["the module gives the memory to the kernel", "rmmod takes all memory back"]),
  ]

  @Test("a guest that was told another size notices", arguments: lies.indices)
  func toldAnotherSize(index: Int) async throws {
    let lie = NodeMemoryTests.lies[index]
    let guest = try await NodeMemoryTests.guest(NodeMemoryTests.machine(words: [lie.word]))
    let cases = try guest.program(NodeMemoryTests.program).cases
    let failed = cases.filter { $0.result == .failed }.map(\.name)
    #expect(Set(failed).isSuperset(of: lie.failing), "\(failed)")
  }

  /// Machines on which the memory has no place, and how the module says so.
  private static let refused: [(machine: MachineOptions, sentence: String)] = [
    (
      machine(properties: ["firmware-quirk": "gi-handle-swapped"]),
      "none of the SRAT's 8 generic initiators names this function"
    ),
    (
      machine(properties: ["firmware-quirk": "gi-missing"]),
      "none of the SRAT's 0 generic initiators names this function"
    ),
    (
      machine(words: ["memhp_default_state=offline"]),
      "does not have exactly its memory, movable; boot with memhp_default_state=online_movable"
    ),
    (
      {
        // 1.5 GiB describe the pages of 96 GiB.
        var options = machine(gibibytes: 97)
        options.ramSize = 1 << 30
        return options
      }(), "of the kernel's own memory"
    ),
  ]

  @Test("where the memory has no place the module says why", arguments: refused.indices)
  func noPlace(index: Int) async throws {
    let (options, sentence) = NodeMemoryTests.refused[index]
    let cases = try await NodeMemoryTests.guest(options).program(NodeMemoryTests.program).cases
    let load = try #require(cases.first { $0.name == "the module gives the memory to the kernel" })
    #expect(load.result == .failed)
    #expect(load.diagnostics.contains { $0.contains(sentence) }, "\(load.diagnostics)")
  }
}
