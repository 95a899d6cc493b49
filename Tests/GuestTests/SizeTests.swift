// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// What the unmodified driver of Linux 7.3 makes of the size that `_DSD` names. The device has no such memory: firmware
/// lies (`dsd-size=`). docs/firmware.md tells users the same.
@Suite("Sizes in _DSD")
struct SizeTests {
  private static let gib: UInt64 = 1 << 30

  private func guest(
    _ size: String, profile: GPUProfile = .gh200With480GB, tests: String = "sysfs-check"
  ) async throws -> GuestRun {
    var machine = MachineOptions(profile: profile, representation: .bareMetal, memorySize: 3 << 30)
    machine.deviceProperties = ["dsd-size": size]
    machine.kernelWords = ["grace.tests=\(tests)"]
    return try await GuestLab.guest(machine)
  }

  /// The kernel's words on probes that failed.
  private func failures(_ guest: GuestRun) -> [String] {
    guest.facts.kernelLog.map(\.text).filter { $0.contains("probe with driver") }
  }

  /// Sizes, and the number of the error of nvgrace_gpu_init_nvdev_struct(): EOVERFLOW (75) below the GiB that it
  /// reserves, EINVAL (22) where no block of 512 MiB is left beside it.
  private static let refused: [(size: String, bytes: UInt64, error: Int)] = [
    ("1", 1, 75), ("512M", gib / 2, 75), ("1073741823", gib - 1, 75),
    ("1G", gib, 22), ("1280M", gib / 4 * 5, 22), ("1610612735", gib / 2 * 3 - 1, 22),
  ]

  @Test("the driver refuses to divide what is too small, and says so with its error", arguments: refused)
  func refuses(size: String, bytes: UInt64, error: Int) async throws {
    let guest = try await guest(size)
    let function = try guest.function()
    #expect(guest.facts.property("nvidia,gpu-mem-size", of: function.address) == bytes)
    #expect(function.driver == nil)
    #expect(
      failures(guest) == [
        "nvgrace_gpu_vfio_pci \(function.address): probe with driver nvgrace_gpu_vfio_pci failed with error -\(error)"
      ])
  }

  @Test(
    "the smallest size that can be divided, and others up to the true one, are taken",
    arguments: [("1536M", gib / 2), ("2G", gib), ("2560M", gib / 2 * 3)] as [(String, UInt64)])
  func takes(size: String, usemem: UInt64) async throws {
    let guest = try await guest(size, tests: "sysfs-check,vfio-check")
    let address = try guest.function().address
    #expect(failures(guest).isEmpty)
    #expect(guest.facts.vfioRegion(4, of: address)?.areas.map(\.bytes) == [usemem])
    #expect(guest.facts.vfioRegion(2, of: address)?.areas.map(\.bytes) == [Self.gib])
  }

  /// nvgrace_gpu_fetch_memory_property() gives ENOMEM for a size of 0 and EINVAL for none. The probe does not fail with
  /// it: it goes on with the operations of an ordinary function.
  @Test(
    "a size of 0 and no size are no error of the probe: regions 2 and 4 are not the driver's then",
    arguments: ["0", "off"])
  func coreOperations(size: String) async throws {
    let guest = try await guest(size, tests: "sysfs-check,vfio-check")
    let function = try guest.function()
    #expect(function.driver == "nvgrace_gpu_vfio_pci")
    #expect(failures(guest).isEmpty)
    #expect(guest.facts.vfioRegions.map(\.index) == [0])
  }

  @Test(
    "of a chip without the MIG bug, whose memory nobody divides, any size is taken",
    arguments: [("1", 1), ("4095", 4096), ("512M", gib / 2), ("1G", gib)] as [(String, UInt64)])
  func undivided(size: String, region: UInt64) async throws {
    let guest = try await guest(size, profile: .gb200, tests: "sysfs-check,vfio-check")
    let function = try guest.function()
    #expect(function.driver == "nvgrace_gpu_vfio_pci")
    #expect(guest.facts.vfioRegion(4, of: function.address)?.bytes == region)
  }
}
