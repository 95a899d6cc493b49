// SPDX-License-Identifier: GPL-2.0-or-later

/// What a user can choose of the tables that firmware makes of one GPU.
///
/// The model itself has no use for them; they are its options because a GPU is one device to its user.
public struct FirmwareOptions: Sendable {
  /// The machine's NUMA node whose CPUs the GPU is linked to; nil for the node of its host bridge, or the next one.
  public var hostDomain: UInt32?
  /// Whether the SRAT has generic initiators for the GPU. Firmware before November 2024 had none
  /// (edk2-nvidia, commit c3ec3219).
  public var hasInitiators = true
  /// Whether `_DSD` names the domains. Firmware since January 2025 can leave them out (edk2-nvidia, commit 78cd894e).
  public var namesDomains = true
  /// What `_DSD` says of the size of the memory.
  public var statedSize = StatedSize.actual
  /// Whether the HMAT speaks of the GPU.
  public var hasAttributes = true

  /// From the GPU to its own memory.
  public var local = Link(distance: 11, bandwidthIn: 3400, bandwidthOut: 3400)
  /// Between the GPU and the CPUs that it is linked to.
  public var host = Link(distance: 80, bandwidthIn: 375, bandwidthOut: 297)
  /// Between the GPU and all other CPUs.
  public var remote = Link(distance: 120)
  /// Between the GPU and another one.
  public var peer = Link(distance: 120)

  /// The part of the host's memory that is set aside for the GPU, or nil.
  public var extendedMemory: ExtendedMemory?
  /// Mistakes to make on purpose.
  public var quirks: [FirmwareQuirk] = []

  /// The defaults.
  ///
  /// The firmware's own numbers are not public. Distances are those of KubeVirt's design for Grace (VEP-199): 80 between
  /// CPU and GPU, 120 for all that is farther; 11 within a GPU is edk2-nvidia's (NumaInfoLib.c). Bandwidths were
  /// measured on a GH200 by others: the GPU's own memory 3.4 TB/s, the link 375 GB/s towards the GPU and 297 GB/s from it
  /// (press report of 2024 on arXiv 2408.11556); for other ways there is no number, and none is written.
  public init() {}
}

/// What firmware says of the size of a GPU's memory.
public enum StatedSize: Equatable, Sendable {
  /// The size that the memory has.
  case actual
  /// Nothing: firmware leaves the property out when it cannot read the size.
  case nothing
  /// So many bytes, true or not. The device itself refuses a memory that no driver would take, so that firmware has to
  /// lie for a driver to meet one.
  case bytes(UInt64)
}

/// A way between a GPU and another part of the machine.
public struct Link: Sendable {
  /// Distance as in a SLIT, where 10 is the distance to oneself: 11 to 254.
  public var distance: UInt8
  /// Nanoseconds that a read takes; nil for ten for each unit of distance.
  public var readLatency: UInt16?
  /// Nanoseconds that a write takes; nil for as many as a read.
  public var writeLatency: UInt16?
  /// GB/s of accesses to the GPU's memory; nil if not known.
  public var bandwidthIn: UInt16?
  /// GB/s of the GPU's accesses to the other part's memory; nil if not known.
  public var bandwidthOut: UInt16?

  /// A way of that distance.
  public init(distance: UInt8, bandwidthIn: UInt16? = nil, bandwidthOut: UInt16? = nil) {
    self.distance = distance
    self.bandwidthIn = bandwidthIn
    self.bandwidthOut = bandwidthOut
  }
}

/// Extended GPU memory (EGM): memory of the host that firmware keeps from the operating system for the GPU's use.
public struct ExtendedMemory: Sendable {
  /// Guest physical address, a multiple of 512 MiB.
  public var base: UInt64
  /// Bytes, a multiple of 512 MiB.
  public var size: UInt64
  /// Its proximity domain; nil for that of the CPUs that the GPU is linked to.
  public var domain: UInt32?
  /// Where the table of retired pages is, or nil if there is none.
  public var retiredPagesBase: UInt64?
  /// Addresses of retired pages: bad memory that nobody may use.
  public var retiredPages: [UInt64] = []

  /// Memory at `base`, with a table of retired pages behind it.
  public init(base: UInt64, size: UInt64) {
    self.base = base
    self.size = size
    retiredPagesBase = base &+ size
  }

  /// Most pages that the table can have (edk2-nvidia, TH500ResourceConfigPrivate.h).
  public static var largestRetiredPageCount: Int { 4096 }
  /// Bytes of the table: a count and as many addresses of eight bytes, in whole pages of 64 KiB so that every kernel
  /// can map it by itself.
  public static var retiredPagesSize: UInt64 { 0x1_0000 }
}
