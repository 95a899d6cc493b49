// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

@Suite("Division of coherent memory")
struct MemorySplitTests {
  private static let gib: UInt64 = 1 << 30

  /// Total, usemem, its BAR, resmem, its BAR; in MiB, worked out by hand from the kernel's
  /// nvgrace_gpu_init_nvdev_struct().
  @Test(
    "usemem is rounded down to 512 MiB, its BAR comes from before that",
    arguments: [
      (1536, 512, 512, 1024, 1024),
      (2048, 1024, 1024, 1024, 1024),
      (2304, 1024, 2048, 1280, 2048),
      (3072, 2048, 2048, 1024, 1024),
      (98304, 97280, 131072, 1024, 1024),
      (99328, 98304, 131072, 1024, 1024),
      (147456, 146432, 262144, 1024, 1024),
      (2559, 1024, 2048, 1535, 2048),
    ] as [(UInt64, UInt64, UInt64, UInt64, UInt64)])
  func divides(total: UInt64, usemem: UInt64, usememBAR: UInt64, resmem: UInt64, resmemBAR: UInt64) throws {
    let split = try MemorySplit(total: total << 20)
    #expect(split.usemem == usemem << 20)
    #expect(split.usememBAR == usememBAR << 20)
    #expect(split.resmem == resmem << 20)
    #expect(split.resmemBAR == resmemBAR << 20)
  }

  @Test("less than 1.5 GiB leaves nothing to divide", arguments: [0, 1 << 30, (3 << 29) - 1] as [UInt64])
  func refusesTooLittle(total: UInt64) {
    #expect(throws: MemorySplitError.belowMinimum(total, minimum: 3 << 29)) { try MemorySplit(total: total) }
  }

  /// Total and its BAR in MiB.
  @Test(
    "memory that is not divided is one region",
    arguments: [(512, 512), (3072, 4096), (98304, 131072), (190464, 262144), (294912, 524288)]
      as [(UInt64, UInt64)])
  func staysWhole(total: UInt64, bar: UInt64) throws {
    let split = try MemorySplit(total: total << 20, isDivided: false)
    #expect(split.usemem == total << 20)
    #expect(split.usememBAR == bar << 20)
    #expect(split.resmem == 0)
    #expect(split.resmemBAR == 0)
  }

  @Test("less than 512 MiB is no block of memory", arguments: [0, (1 << 29) - 1] as [UInt64])
  func refusesLessThanABlock(total: UInt64) {
    #expect(throws: MemorySplitError.belowMinimum(total, minimum: 1 << 29)) {
      try MemorySplit(total: total, isDivided: false)
    }
  }

  @Test(
    "more than the distance between two superchips does not fit",
    arguments: [(1 << 44) + 1, .max] as [UInt64])
  func refusesTooMuch(total: UInt64) {
    #expect(throws: MemorySplitError.aboveMaximum(total)) { try MemorySplit(total: total) }
  }
}
