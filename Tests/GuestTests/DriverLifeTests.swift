// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// What the unmodified driver of Linux 7.3 makes of a reset, of D3hot and of memory decoding: it asks whether the GPU is
/// ready at the first access after a reset, once a second (nvgrace-gpu/main.c).
@Suite("Resets and power states, with the driver")
struct DriverLifeTests {
  private static let accesses = ["read", "write", "load", "store"]

  /// GPUs that are ready within the driver's time.
  private static let inTime = [
    LifeMachine(
      profile: .gh200With480GB, representation: .bareMetal,
      delays: ["c2c-ready-ms": "5000", "hbm-ready-ms": "7000"], ready: 7000),
    LifeMachine(
      profile: .gb200, representation: .bareMetal,
      delays: ["c2c-ready-ms": "6000", "hbm-ready-ms": "300"], ready: 6000),
    LifeMachine(
      profile: .blackwellNext, representation: .bareMetal,
      delays: ["cxl-valid-ms": "400", "cxl-active-ms": "9000", "cxl-active-timeout": "2"], ready: 9000),
  ]

  /// GPUs that are not: of the first two for one register each, of the others for one bit. The delays also count from the
  /// machine's start, and firmware and kernel take some four seconds of the guest's time before the probe.
  private static let late = [
    LifeMachine(
      profile: .gh200With480GB, representation: .bareMetal, delays: ["c2c-ready-ms": "45000"], ready: 45_000),
    LifeMachine(
      profile: .gb200, representation: .bareMetal, delays: ["hbm-ready-ms": "70000"], ready: 70_000),
    LifeMachine(
      profile: .blackwellNext, representation: .bareMetal,
      delays: ["cxl-active-ms": "15000", "cxl-active-timeout": "1"], ready: 15_000, patience: 4000),
    LifeMachine(
      profile: .blackwellNext, representation: .bareMetal,
      delays: ["cxl-valid-ms": "12000", "cxl-active-ms": "12000", "cxl-active-timeout": "4"], ready: 12_000,
      patience: 1000),
  ]

  /// The regions whose memory is the driver's, so that it waits: on Blackwell region 2 is the function's own BAR.
  private static func regions(_ machine: LifeMachine) -> [Int] {
    machine.profile.chip.dividesMemory ? [4, 2] : [4]
  }

  private static func first(_ machine: LifeMachine, _ text: String) -> [String] {
    regions(machine).flatMap { region in accesses.map { "region \(region): the first \($0) \(text)" } }
  }

  private static let opening = ["nvgrace_gpu_vfio_pci binds the function", "the device opens"]

  private static func namesInTime(_ machine: LifeMachine) -> [String] {
    opening
      + first(machine, "after a reset waits until the GPU is ready, and finds the memory as it was")
      + (machine.profile.chip.dividesMemory
        ? []
        : [
          "region 2: nobody waits for the function's own BAR, which reads ones until the GPU is ready"
        ])
      + [
        "with memory decoding off after a reset reads and writes give EIO, loads and stores SIGBUS; on again all work",
        "with memory decoding off at another time region 0 gives EIO and loads of region 4 SIGBUS; reads and writes of "
          + "region 4 work",
        "memory at its fixed address does not depend on memory decoding",
        "a program that uses region 4 during 10 resets reads what was written or ones, and loses nothing",
      ] + LifeMachine.timers + [
        "in D3hot only configuration space answers; back in D0 nothing was reset, and the memory is as it was",
        "a reset in D3hot leads to D0",
        "the kernel lets the closed function sleep in D3hot and wakes it, and the memory is as it was",
      ]
  }

  private static func namesLate(_ machine: LifeMachine) -> [String] {
    opening
      + first(
        machine,
        "after a reset fails when the driver's patience ends, and a later one finds the memory as it was")
  }

  @Test("a GPU that is ready in time", arguments: LifeCase.all(inTime, namesInTime))
  func readyInTime(test: LifeCase) async throws {
    try await test.expectPassed()
  }

  @Test("a GPU that is ready too late", arguments: LifeCase.all(late, namesLate))
  func readyLate(test: LifeCase) async throws {
    try await test.expectPassed()
  }

  @Test("the guest's program checks all of this, and nothing else", arguments: inTime + late)
  func complete(machine: LifeMachine) async throws {
    let names =
      Self.late.contains { $0.testDescription == machine.testDescription }
      ? Self.namesLate(machine) : Self.namesInTime(machine)
    #expect(try await machine.guest().program("life-check").cases.map(\.name) == names)
  }

  @Test("the probe of a GPU that is ready too late fails with ETIME, once", arguments: late)
  func probe(machine: LifeMachine) async throws {
    let failures = try await machine.guest().facts.kernelLog.map(\.text).filter {
      $0.contains("probe with driver")
    }
    #expect(
      failures == [
        "nvgrace_gpu_vfio_pci 0000:01:00.0: probe with driver nvgrace_gpu_vfio_pci failed with error -62"
      ])
  }

  @Test("a guest notices that resets clear the memory, where it compares")
  func cleared() async throws {
    let machine = LifeMachine(
      profile: .gh200With480GB, representation: .bareMetal,
      delays: ["hbm-ready-ms": "2000", "reset-clears-memory": "on"], ready: 2000)
    let failed = try await machine.guest().program("life-check").cases.filter { $0.result == .failed }
    #expect(
      Set(failed.map(\.name)).isSuperset(
        of: Self.first(machine, "after a reset waits until the GPU is ready, and finds the memory as it was"))
    )
    #expect(!failed.contains { $0.name.contains("decoding off at another time") })
  }

  @Test("a guest that is told a wrong time notices", arguments: [6000, 9000])
  func toldSomethingElse(ready: Int) async throws {
    let machine = LifeMachine(
      profile: .gh200With480GB, representation: .bareMetal, delays: ["c2c-ready-ms": "7500"], ready: ready)
    let failed = try await machine.guest().program("life-check").cases.filter { $0.result == .failed }
    #expect(
      Set(failed.map(\.name)).isSuperset(
        of: Self.first(machine, "after a reset waits until the GPU is ready, and finds the memory as it was"))
    )
  }
}
