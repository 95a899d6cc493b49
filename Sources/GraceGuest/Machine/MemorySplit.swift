// SPDX-License-Identifier: GPL-2.0-or-later

/// How coherent memory is shown in the regions that a virtual machine sees, divided into two or in one, as
/// nvgrace_gpu_init_nvdev_struct() in Linux 7.3 does it (drivers/vfio/pci/nvgrace-gpu/main.c).
public struct MemorySplit: Hashable, Sendable {
  /// Kernel's memory block on arm64 with 64 KiB pages, to which the cached region is rounded down.
  public static let block: UInt64 = 512 << 20
  /// What the driver keeps back for the uncached region, before rounding.
  public static let reserve: UInt64 = 1 << 30
  /// Smallest size that leaves one block for the cached region.
  public static let minimum = reserve + block
  /// Smallest size that is not divided. The driver has no limit there, but a guest takes memory in blocks.
  public static let undividedMinimum = block
  /// Distance between the memories of two superchips: bits 45:44 of an address are the socket
  /// (edk2-nvidia, TH500Definitions.h).
  public static let maximum: UInt64 = 1 << 44

  /// Bytes behind the cached region (`usemem`, BAR4).
  public let usemem: UInt64
  /// Bytes behind the uncached region (`resmem`, BAR2); 0 if the memory is not divided, and there is no such region.
  public let resmem: UInt64
  /// Size of BAR4. It comes from the length before rounding down, so it can be twice of what is needed.
  public let usememBAR: UInt64
  /// Size of BAR2, or 0.
  public let resmemBAR: UInt64

  /// Splits that many bytes, or leaves them whole.
  public init(total: UInt64, isDivided: Bool = true) throws(MemorySplitError) {
    let minimum = isDivided ? MemorySplit.minimum : MemorySplit.undividedMinimum
    guard total >= minimum else { throw .belowMinimum(total, minimum: minimum) }
    guard total <= MemorySplit.maximum else { throw .aboveMaximum(total) }
    guard isDivided else {
      usemem = total
      resmem = 0
      usememBAR = powerOfTwo(atLeast: total)
      resmemBAR = 0
      return
    }
    let unrounded = total - MemorySplit.reserve
    usemem = unrounded - unrounded % MemorySplit.block
    resmem = total - usemem
    usememBAR = powerOfTwo(atLeast: unrounded)
    resmemBAR = powerOfTwo(atLeast: resmem)
  }
}

/// The smallest power of two that is not below the value, which is at most 2^63.
func powerOfTwo(atLeast value: UInt64) -> UInt64 {
  precondition(value <= 1 << 63, "no 64-bit power of two reaches \(value)")
  return value <= 1 ? 1 : 1 << UInt64(UInt64.bitWidth - (value - 1).leadingZeroBitCount)
}

/// Why a size cannot be split.
public enum MemorySplitError: Error, Equatable, CustomStringConvertible {
  /// The driver would find no usable memory.
  case belowMinimum(UInt64, minimum: UInt64)
  /// The memory would reach into that of the next superchip.
  case aboveMaximum(UInt64)

  /// The error as one sentence.
  public var description: String {
    switch self {
    case .belowMinimum(let size, let minimum):
      "Memory size \(ByteCount(size)) is below the minimum; give at least \(ByteCount(minimum))."
    case .aboveMaximum(let size):
      "Memory size \(ByteCount(size)) is above the maximum; give at most \(ByteCount(MemorySplit.maximum))."
    }
  }
}
