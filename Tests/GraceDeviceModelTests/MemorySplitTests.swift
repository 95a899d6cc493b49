// SPDX-License-Identifier: GPL-2.0-or-later

import Testing

@testable import GraceDeviceModel

// Expected numbers are worked out by hand from nvgrace_gpu_init_nvdev_struct() in Linux 7.3.

private let mebibyte: UInt64 = 1 << 20
private let gibibyte: UInt64 = 1 << 30

@Suite("Division of the coherent memory")
struct MemorySplitTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var total: UInt64
    var usable: UInt64
    var usableBAR: UInt64
    var reserved: UInt64
    var reservedBAR: UInt64
    var testDescription: String { "\(total / mebibyte) MiB" }
  }

  @Test(
    "usable memory is the total less 1 GiB, in blocks of 512 MiB; its BAR is sized before the rounding",
    arguments: [
      Row(
        total: 1536 * mebibyte, usable: 512 * mebibyte, usableBAR: 512 * mebibyte, reserved: gibibyte,
        reservedBAR: gibibyte),
      Row(
        total: 2304 * mebibyte, usable: gibibyte, usableBAR: 2 * gibibyte, reserved: 1280 * mebibyte,
        reservedBAR: 2 * gibibyte),
      Row(
        total: 1537 * mebibyte, usable: 512 * mebibyte, usableBAR: gibibyte, reserved: 1025 * mebibyte,
        reservedBAR: 2 * gibibyte),
      Row(
        total: 2047 * mebibyte, usable: 512 * mebibyte, usableBAR: gibibyte, reserved: 1535 * mebibyte,
        reservedBAR: 2 * gibibyte),
      Row(
        total: 5 * gibibyte, usable: 4 * gibibyte, usableBAR: 4 * gibibyte, reserved: gibibyte,
        reservedBAR: gibibyte),
      Row(
        total: 96 * gibibyte, usable: 95 * gibibyte, usableBAR: 128 * gibibyte, reserved: gibibyte,
        reservedBAR: gibibyte),
      Row(
        total: 97 * gibibyte, usable: 96 * gibibyte, usableBAR: 128 * gibibyte, reserved: gibibyte,
        reservedBAR: gibibyte),
      Row(
        total: 144 * gibibyte, usable: 143 * gibibyte, usableBAR: 256 * gibibyte, reserved: gibibyte,
        reservedBAR: gibibyte),
    ])
  func divided(row: Row) throws {
    let split = try MemorySplit(dividing: row.total)
    #expect(split.usableSize == row.usable)
    #expect(split.usableBARSize == row.usableBAR)
    #expect(split.reservedSize == row.reserved)
    #expect(split.reservedBARSize == row.reservedBAR)
  }

  @Test("less than the reserve is refused as the driver's EOVERFLOW", arguments: [0, 1, gibibyte - 1])
  func smallerThanReserve(total: UInt64) {
    #expect(throws: MemorySplitError.smallerThanReserve(total: total)) { try MemorySplit(dividing: total) }
  }

  @Test(
    "less than one block beside the reserve is refused as the driver's EINVAL",
    arguments: [gibibyte, gibibyte + 1, 1536 * mebibyte - 1])
  func nothingUsable(total: UInt64) {
    #expect(throws: MemorySplitError.nothingUsable(total: total)) { try MemorySplit(dividing: total) }
  }

  @Test("undivided memory is usable as a whole")
  func undivided() {
    let split = MemorySplit(undivided: 186 * gibibyte)
    #expect(split.usableSize == 186 * gibibyte)
    #expect(split.usableBARSize == 256 * gibibyte)
    #expect(split.reservedSize == 0)
    #expect(split.reservedBARSize == 0)
  }

  @Test(
    "rounding up to a power of two holds at the edges",
    arguments: [
      (0, 1), (1, 1), (2, 2), (3, 4), (1 << 62, 1 << 62), ((1 << 62) + 1, 1 << 63), (1 << 63, 1 << 63),
      (.max, 1 << 63),
    ] as [(UInt64, UInt64)])
  func powers(value: UInt64, expected: UInt64) {
    #expect(roundedUpToPowerOfTwo(value) == expected)
  }
}
