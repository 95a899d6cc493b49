// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// What the unmodified driver of Linux 7.3 does with a GPU that is broken. docs/faults.md tells users the same. With
/// QEMU's instruction counter its waits pass in a moment.
@Suite("Faults")
struct FaultTests {
  private func guest(_ properties: [String: String], tests: String = "sysfs-check") async throws -> GuestRun {
    var machine = MachineOptions(representation: .bareMetal, memorySize: 3 << 30)
    machine.cpuCount = 1
    machine.extraArguments = ["-icount", "shift=3,sleep=off"]
    machine.kernelWords = ["grace.tests=\(tests)"]
    machine.deviceProperties = properties
    return try await GuestLab.guest(machine)
  }

  /// The probe's message with the number of its error.
  private func failed(_ guest: GuestRun, error: Int) -> Bool {
    guest.facts.kernelLog.contains {
      $0.text.contains("probe with driver nvgrace_gpu_vfio_pci failed with error -\(error)")
    }
  }

  /// Seconds that the guest ran.
  private func seconds(_ guest: GuestRun) throws -> UInt64 {
    UInt64(try #require(guest.facts.end).uptimeMs) / 1000
  }

  @Test(
    "a link that is down, and training that hangs or stops half-way, cost the driver its 30 seconds and the probe",
    arguments: ["link-down", "training-stuck", "training-partial"])
  func legacy(fault: String) async throws {
    let guest = try await guest(["fault": fault])
    #expect(try guest.function().driver == nil)
    #expect(failed(guest, error: 62))
    #expect((30...34).contains(try seconds(guest)))
  }

  @Test(
    "CXL memory that never becomes active costs as long as the DVSEC says, reserved encodings as long as the longest",
    arguments: [("0", 1), ("1", 4), ("2", 16), ("3", 64), ("4", 256), ("5", 256), ("7", 256)]
      as [(String, UInt64)])
  func activity(encoding: String, limit: UInt64) async throws {
    let guest = try await guest([
      "profile": "blackwell-next", "fault": "cxl-active-missing", "cxl-active-timeout": encoding,
    ])
    #expect(try guest.function().driver == nil)
    #expect(failed(guest, error: 62))
    #expect((limit...limit + 4).contains(try seconds(guest)))
  }

  @Test("CXL memory that becomes active in time is waited for, and the driver binds")
  func lateActivity() async throws {
    let guest = try await guest([
      "profile": "blackwell-next", "cxl-active-timeout": "2", "cxl-active-ms": "12000",
    ])
    #expect(try guest.function().driver == "nvgrace_gpu_vfio_pci")
    #expect((7...16).contains(try seconds(guest)))
  }

  @Test("CXL information that never comes costs one second, and the probe")
  func information() async throws {
    let guest = try await guest(["profile": "blackwell-next", "fault": "cxl-info-missing"])
    #expect(try guest.function().driver == nil)
    #expect(failed(guest, error: 62))
    #expect((1...4).contains(try seconds(guest)))
  }

  @Test("CXL readiness that reads as ones ends the probe at once, without a message: ENODEV")
  func ones() async throws {
    let guest = try await guest(["profile": "blackwell-next", "fault": "cxl-ones"])
    #expect(try guest.function().driver == nil)
    #expect(!guest.facts.kernelLog.contains { $0.text.contains("failed with error") })
    #expect(try seconds(guest) < 3)
  }

  @Test("a GPU that is removed is none")
  func removed() async throws {
    let guest = try await guest(["fault": "removed"])
    #expect(guest.facts.functions.isEmpty)
    // Its firmware's tables stay: they were made for a GPU.
    #expect(guest.facts.initiators.count == 8)
  }

  @Test("a reset that does not end is waited for a minute, and the function stays away")
  func hungReset() async throws {
    let guest = try await guest(["fault": "flr-hangs"], tests: "vfio-check")
    #expect(try seconds(guest) >= 60)
    // Opening the device resets it. What is read then is ones.
    let ready = try #require(
      try guest.program("vfio-check").cases.first {
        $0.name == "link status and boot-complete registers say ready"
      })
    #expect(ready.result == .failed)
  }
}
