// SPDX-License-Identifier: GPL-2.0-or-later

/// How the coherent memory of a GPU is divided for a virtual machine.
///
/// A Hopper GPU whose driver has to work around the MIG bug gives the guest two ranges: `usemem`, cached, in
/// BAR4, and `resmem`, uncached, in BAR2. The arithmetic is that of nvgrace_gpu_init_nvdev_struct() in
/// Linux 7.3, drivers/vfio/pci/nvgrace-gpu/main.c: both sides must come to the same numbers, or the driver
/// in the guest onlines memory that is not there.
public struct MemorySplit: Equatable, Sendable {
  /// Usable memory in bytes; begins at offset 0 of the coherent memory.
  public let usableSize: UInt64
  /// Reserved memory in bytes; follows the usable memory. 0 when the memory is not divided.
  public let reservedSize: UInt64
  /// Size of the BAR that shows the usable memory: a power of two.
  public let usableBARSize: UInt64
  /// Size of the BAR that shows the reserved memory: a power of two, or 0 without such memory.
  public let reservedBARSize: UInt64

  /// The least that a Hopper GPU reserves: 1 GiB (`resmem_size` in main.c).
  public static var reserve: UInt64 { 1 << 30 }
  /// Granularity of the usable memory: 512 MiB, the driver's `MEMBLK_SIZE`.
  public static var block: UInt64 { 512 << 20 }
  /// The smallest memory that can be divided: one block beside the reserve.
  public static var smallestDivided: UInt64 { reserve + block }

  /// Divides memory as a Hopper driver does.
  ///
  /// The BAR's size is taken before the rounding: 2.25 GiB in all give a BAR of 2 GiB with 1 GiB behind it.
  ///
  /// - Parameter total: coherent memory in bytes.
  /// - Throws: `smallerThanReserve` where the driver answers EOVERFLOW, `nothingUsable` where it answers
  ///   EINVAL.
  public init(dividing total: UInt64) throws(MemorySplitError) {
    guard total >= Self.reserve else { throw .smallerThanReserve(total: total) }
    let unrounded = total - Self.reserve
    usableBARSize = roundedUpToPowerOfTwo(unrounded)
    usableSize = unrounded / Self.block * Self.block
    guard usableSize > 0 else { throw .nothingUsable(total: total) }
    reservedSize = total - usableSize
    reservedBARSize = roundedUpToPowerOfTwo(reservedSize)
  }

  /// Leaves memory undivided, as on chips without the bug.
  ///
  /// - Parameter total: coherent memory in bytes.
  public init(undivided total: UInt64) {
    usableSize = total
    reservedSize = 0
    usableBARSize = roundedUpToPowerOfTwo(total)
    reservedBARSize = 0
  }
}

/// Why memory cannot be divided.
public enum MemorySplitError: Error, Equatable {
  /// Less than the reserve of 1 GiB.
  case smallerThanReserve(total: UInt64)
  /// No block of 512 MiB is left beside the reserve.
  case nothingUsable(total: UInt64)
}

/// The smallest power of two that is not below `value`; 1 for 0, and the highest power for what lies above it.
func roundedUpToPowerOfTwo(_ value: UInt64) -> UInt64 {
  guard value > 1 else { return 1 }
  let highest: UInt64 = 1 << 63
  guard value <= highest else { return highest }
  return 1 << UInt64(64 - (value - 1).leadingZeroBitCount)
}
