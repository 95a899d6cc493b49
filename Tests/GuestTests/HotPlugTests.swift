// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Synchronization
import Testing

/// GPUs that come and go in a running guest: the guest's side is in guest/live-hotplug.c.
@Suite("Hot-plug")
struct HotPlugTests {
  /// What the guest touches each time (TOUCHED_BYTES).
  private static let touched: UInt64 = 64 << 20
  /// By how much QEMU's memory may differ for other reasons.
  private static let slack: UInt64 = 24 << 20

  /// By how much QEMU's memory may grow for most GPUs that come and go: less than what the plug-in keeps of one, or QEMU.
  private static let growth: Int64 = 16 << 10

  /// QEMU's memory before any GPU came, and before the last one, and after each.
  private final class Slot: Sendable {
    let first = Mutex<UInt64?>(nil)
    let before = Mutex<UInt64>(0)
    let plugs = Mutex<Int>(0)
    let after = Mutex<[UInt64]>([])
  }

  /// A machine whose only port is empty. Its window has to be given, as Linux makes one for what is there at its start; and
  /// Linux must not put the port to sleep (D3hot), as QEMU's does not wake it by a PME when a device comes.
  private func machine(_ scenario: String, _ representation: Representation) -> MachineOptions {
    var machine = LiveGuest.machine(scenario, representation: representation)
    machine.gpuCount = 0
    machine.extraArguments += ["-device", "pcie-root-port,id=rp0,bus=pcie.0,chassis=1,addr=0x1"]
    machine.kernelWords += ["pci=hpmmioprefsize=8G", "pcie_port_pm=off"]
    return machine
  }

  private func answer(for machine: MachineOptions, slot: Slot) throws -> HostRequest.Answer {
    let plugin = try GuestAssets.load().path(.plugin)
    let device: [String: JSONValue] = [
      "driver": "grace-gpu", "id": "gpu0", "bus": "rp0", "plugin": .string(plugin),
      "profile": .string(machine.profile.name), "representation": .string(machine.representation.rawValue),
      "memory-size": .integer(Int(machine.effectiveMemorySize)), "numa-nodes": 0,
    ]
    return { request, guest in
      switch request.name {
      case "plug":
        let before = try guest.residentBytes()
        slot.first.withLock { $0 = $0 ?? before }
        slot.before.withLock { $0 = before }
        slot.plugs.withLock { $0 += 1 }
        try await guest.plug(device)
        #expect(try await guest.memoryBlocks().contains("grace-gpu"))
      case "touched":
        let before = slot.before.withLock { $0 }
        #expect(try guest.residentBytes() >= before + HotPlugTests.touched)
      case "unplug":
        try await guest.unplug("gpu0")
      case "gone":
        try await guest.unplugged("gpu0")
        #expect(try await !guest.memoryBlocks().contains("grace-gpu"))
        // Against the beginning, so that a little lost each time shows in the end.
        let first = try #require(slot.first.withLock { $0 })
        try await HotPlugTests.expectMemory(of: guest, below: first + HotPlugTests.slack)
        let bytes = try guest.residentBytes()
        slot.after.withLock { $0.append(bytes) }
      default: throw UnknownRequest(request)
      }
      return "done"
    }
  }

  /// QEMU gives memory back once all of its threads have passed a point of rest, which takes it some milliseconds.
  private static func expectMemory(of guest: RunningGuest, below limit: UInt64) async throws {
    for _ in 0..<100 where try guest.residentBytes() >= limit { try await Task.sleep(for: .milliseconds(50)) }
    let bytes = try guest.residentBytes()
    #expect(bytes < limit, "QEMU occupies \(bytes >> 20) MiB and should have fewer than \(limit >> 20)")
  }

  @Test("a GPU comes and goes 20 times, each time with its BARs and empty memory, which is given back")
  func twentyTimes() async throws {
    let slot = Slot()
    let machine = machine("hotplug", .vm)
    try await LiveGuest.expectPassed(machine, answering: try answer(for: machine, slot: slot))
    #expect(slot.plugs.withLock { $0 } == 20)
    // The translated code of TCG takes megabytes once in a while, so it is the median that has to be flat.
    let after = slot.after.withLock { $0 }
    let steps = zip(after.dropFirst(), after).map { Int64($0) - Int64($1) }.sorted()
    #expect(steps[steps.count / 2] < HotPlugTests.growth, "QEMU's memory after each GPU: \(after)")
  }

  @Test("a GPU without _DSD comes: the driver binds it, and lets it go once its user does")
  func coreOperations() async throws {
    let slot = Slot()
    let machine = machine("core-hotplug", .bareMetal)
    try await LiveGuest.expectPassed(machine, answering: try answer(for: machine, slot: slot))
  }
}
