// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// The same for a GPU whose memory is in BARs. No driver takes part: the guest's program resets the function and its bus
/// itself, so that it sees what the kernel would have put back.
@Suite("Resets and power states of a function with its memory in BARs")
struct FunctionLifeTests {
  private static let hopper = ["c2c-ready-ms": "5000", "hbm-ready-ms": "7000"]

  private static let machines = [
    LifeMachine(profile: .gh200With480GB, representation: .vm, delays: hopper, ready: 7000),
    LifeMachine(profile: .gh200With480GB, representation: .vm, delays: hopper, ready: 7000, machine: .q35),
    LifeMachine(
      profile: .gb200, representation: .vm, delays: ["c2c-ready-ms": "4000", "hbm-ready-ms": "500"],
      ready: 4000),
    LifeMachine(
      profile: .blackwellNext, representation: .vm, delays: ["cxl-active-ms": "20", "hbm-ready-ms": "3000"],
      ready: 3000),
  ]

  private static let names = bars + LifeMachine.timers + resets

  private static let bars = [
    "the function's BARs can be mapped",
    "the GPU is ready in time after the machine's start",
    "with memory decoding off no BAR answers; on again all is as before",
    "in D3hot only configuration space answers; back in D0 nothing was reset",
    "D1 and D2 do not exist",
  ]

  private static let resets = [
    "after the kernel's function level reset registers are as at start, and the memory is away until it is ready",
    "after one by Device Control the BARs have no address, and the memory is away until it is ready",
    "after one of the bridge's bus it is the same",
    "a function level reset keeps sticky fields, Max_Payload_Size and Link Control, and no others",
    "a reset of the bus keeps sticky fields, and no others",
  ]

  @Test("the function", arguments: LifeCase.all(machines) { _ in names })
  func function(test: LifeCase) async throws {
    try await test.expectPassed()
  }

  @Test("the guest's program checks all of this, and nothing else", arguments: machines)
  func complete(machine: LifeMachine) async throws {
    #expect(try await machine.guest().program("life-check").cases.map(\.name) == Self.names)
  }

  @Test("a guest notices that resets clear the memory")
  func cleared() async throws {
    let machine = LifeMachine(
      profile: .gh200With480GB, representation: .vm,
      delays: ["hbm-ready-ms": "2000", "reset-clears-memory": "on"], ready: 2000)
    let failed = try await machine.guest().program("life-check").cases.filter { $0.result == .failed }
    #expect(failed.map(\.name) == Array(Self.resets.prefix(3)))
  }

  @Test("a guest that is told a wrong time notices", arguments: [5000, 9000])
  func toldSomethingElse(ready: Int) async throws {
    let machine = LifeMachine(
      profile: .gh200With480GB, representation: .vm, delays: Self.hopper, ready: ready)
    let failed = try await machine.guest().program("life-check").cases.filter { $0.result == .failed }
    #expect(failed.map(\.name).contains(Self.resets[0]))
  }
}
