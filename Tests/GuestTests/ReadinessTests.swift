// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// The driver polls once a second for 30 seconds (nvgrace-gpu/main.c in Linux 7.3: POLL_QUANTUM_MS and
/// POLL_TIMEOUT_MS). With QEMU's instruction counter these pass in a moment.
@Suite("Readiness after a reset")
struct ReadinessTests {
  private func machine(_ properties: [String: String]) -> MachineOptions {
    var machine = MachineOptions(representation: .bareMetal, memorySize: 3 << 30)
    machine.cpuCount = 1
    machine.extraArguments = ["-icount", "shift=3,sleep=off"]
    machine.kernelWords = ["grace.tests=sysfs-check"]
    machine.deviceProperties = properties
    return machine
  }

  @Test(
    "the driver waits for a GPU that is ready within its 30 seconds, and binds",
    arguments: ["c2c-ready-ms", "hbm-ready-ms"])
  func waits(property: String) async throws {
    let guest = try await GuestLab.guest(machine([property: "20000"]))
    #expect(try guest.function().driver == "nvgrace_gpu_vfio_pci")
    // The 20 seconds count from QEMU's start; firmware and kernel need far fewer than five of them.
    #expect(try #require(guest.facts.end).uptimeMs > 15_000)
  }

  @Test(
    "the driver gives up with ETIME on a GPU that is not ready within its 30 seconds",
    arguments: ["c2c-ready-ms", "hbm-ready-ms"])
  func givesUp(property: String) async throws {
    let guest = try await GuestLab.guest(machine([property: "60000"]))
    #expect(try guest.function().driver == nil)
    let message = "probe with driver nvgrace_gpu_vfio_pci failed with error -62"
    #expect(guest.facts.kernelLog.contains { $0.text.contains(message) })
  }
}
