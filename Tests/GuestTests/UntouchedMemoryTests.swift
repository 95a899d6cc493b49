// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// What memory costs that no guest has touched. Sizes are tested and times are not; scripts/bench has both.
@Suite("Untouched memory")
struct UntouchedMemoryTests {
  private func residentBytes(gpus: Int, gibibytes: UInt64) async throws -> Double {
    var machine = MachineOptions(representation: .vm, memorySize: gibibytes << 30, gpuCount: gpus)
    machine.windowSize = 16 << 40
    let assets = try GuestAssets.load()
    return Double(try await QEMUProcess.startOnly(machine, assets: assets).residentBytes)
  }

  /// QEMU's dirty bits alone would be 9 MiB and 27 MiB (qemu-patches/README.md, patch 11); one bitmap of three is left.
  @Test(
    "a GPU costs 32 KiB for each GiB of it, and less than 5 MiB beside that",
    arguments: [96, 288] as [UInt64])
  func size(gibibytes: UInt64) async throws {
    let none = try await residentBytes(gpus: 0, gibibytes: gibibytes)
    let four = try await residentBytes(gpus: 4, gibibytes: gibibytes)
    let each = (four - none) / Double(4 << 20)
    #expect(each < Double(gibibytes) / 32 + 5, "MiB")
  }
}
