// SPDX-License-Identifier: GPL-2.0-or-later

import CQemuBridge
import GraceDeviceModel

/// The most that a call can allocate, all told, and what a caller may ask for at all.
///
/// A reserve is never used twice, so these are sums over everything that a call allocates, whether it frees it or not. The
/// numbers are measured ones, doubled; Tests/CQemuBridgeTests/scarce.c lets libc refuse everything else and tries the worst.
enum Need {
  /// More options than there are names for, a few times over.
  static let largestOptionCount: UInt32 = 1024
  /// Bytes of an option's value: what a profile's text may have.
  static let largestText = 65_536
  /// More GPUs than buses in all segments.
  static let largestPlacementCount: UInt32 = 65_536
  /// A path takes a bus for each step.
  static let largestPathCount: UInt32 = 256

  /// What the user reads. It is a literal, for which no memory is needed.
  static let noMemory: StaticString =
    "the grace-gpu plug-in gets no memory; end other programs, or raise the limit on QEMU's (ulimit -v)"

  /// For a message alone.
  static let message: UInt64 = 16 << 10

  /// For what is made of options that have so many bytes of text.
  static func options(textBytes: UInt64) -> UInt64 { 256 << 10 + textBytes &* 192 }

  /// For a snapshot of so many bytes: it is written into an array that grows.
  static func snapshot(_ byteCount: Int) -> UInt64 { 64 << 10 + UInt64(byteCount) &* 16 }

  /// For the tables of a topology: what each GPU has in them, and the squares of SLIT and HMAT.
  static func tables(_ topology: GraceTopology) -> UInt64 {
    var domains = UInt64(topology.first_free_domain)
    var bytes: UInt64 = 256 << 10
    for index in 0..<Int(topology.placement_count) {
      let placement = topology.placements[index]
      let own = UInt64(device(placement.device).pointee.options.domainCount) + 1
      domains += own
      bytes += 32 << 10 + own << 10 + UInt64(placement.path_count) << 8
    }
    let (square, isTooLarge) = domains.multipliedReportingOverflow(by: domains)
    guard !isTooLarge, square < 1 << 56 else { return .max }
    return bytes + square * 48
  }
}

/// The number of bytes before the zero at `pointer`, or one more than `largest` if they are more than that.
func length(_ pointer: UnsafePointer<CChar>, atMost largest: Int) -> Int {
  var count = 0
  while count <= largest, pointer[count] != 0 { count += 1 }
  return count
}
