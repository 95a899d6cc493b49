// SPDX-License-Identifier: GPL-2.0-or-later

/// What a guest or a host sees of the GPU.
public enum Representation: UInt8, Sendable {
  /// A virtual machine with the GPU passed through: coherent memory in BARs.
  case virtualMachine
  /// The Grace host: coherent memory in no BAR, at a fixed address that ACPI names.
  case bareMetal
}

/// A range of guest physical addresses that the device answers.
public struct Region: Equatable, Sendable {
  /// Where a region is found.
  public enum Place: Equatable, Sendable {
    /// Base address register 0 to 5, 64 bits wide and prefetchable.
    case bar(Int)
    /// A fixed guest physical address.
    case fixed(UInt64)
  }

  /// Where it is found.
  public var place: Place
  /// Its size in bytes; a power of two for a BAR.
  public var size: UInt64
  /// How many of its leading bytes are coherent memory; the rest reads as ones. 0 for registers.
  public var backedSize: UInt64
  /// Where in the coherent memory these bytes begin.
  public var memoryOffset: UInt64

  /// Whether the device's own memory lies there, which its readiness decides on.
  public var isCoherentMemory = true
}

/// The regions of one device: at most five.
public struct RegionList: Sendable {
  /// The index of the region that holds registers, which every device has.
  static var registers: Int { 0 }
  /// The index of the region that holds the table of retired pages, or -1.
  private(set) var retiredPages = -1

  /// How many there are.
  public private(set) var count = 0
  private var regions = InlineArray<5, Region>(
    repeating: Region(place: .bar(0), size: 0, backedSize: 0, memoryOffset: 0))

  /// Region `index`, or nil.
  @inline(__always)
  public subscript(index: Int) -> Region? {
    index >= 0 && index < count ? regions[index] : nil
  }

  /// The regions of a GPU, in the order of their BARs.
  ///
  /// - Parameters:
  ///   - representation: what the guest sees.
  ///   - registerBARSize: size of BAR0 in bytes.
  ///   - split: how the memory is divided; used in the vm representation.
  ///   - memorySize: coherent memory in bytes.
  ///   - memoryBase: its address; used in the bare-metal representation.
  ///   - apertureSize: size of the chip's own BAR1, which is BAR2 here; nil if it is not shown.
  ///   - extendedMemory: memory of the host for the GPU; used in the bare-metal representation.
  init(
    _ representation: Representation, registerBARSize: UInt64, split: MemorySplit, memorySize: UInt64,
    memoryBase: UInt64, apertureSize: UInt64? = nil, extendedMemory: ExtendedMemory? = nil
  ) {
    append(
      Region(
        place: .bar(0), size: registerBARSize, backedSize: 0, memoryOffset: 0, isCoherentMemory: false))
    if let apertureSize {
      append(Region(place: .bar(2), size: apertureSize, backedSize: memorySize, memoryOffset: 0))
    }
    switch representation {
    case .virtualMachine:
      if split.reservedSize > 0, apertureSize == nil {
        append(
          Region(
            place: .bar(2), size: split.reservedBARSize, backedSize: split.reservedSize,
            memoryOffset: split.usableSize))
      }
      append(
        Region(place: .bar(4), size: split.usableBARSize, backedSize: split.usableSize, memoryOffset: 0))
    case .bareMetal:
      append(
        Region(place: .fixed(memoryBase), size: memorySize, backedSize: memorySize, memoryOffset: 0))
      if let extendedMemory { append(extendedMemory, after: memorySize) }
    }
  }

  /// The memory itself, whose bytes the host keeps behind those of the GPU's, and the table of retired pages.
  private mutating func append(_ memory: ExtendedMemory, after offset: UInt64) {
    append(
      Region(
        place: .fixed(memory.base), size: memory.size, backedSize: memory.size, memoryOffset: offset,
        isCoherentMemory: false))
    if let base = memory.retiredPagesBase {
      retiredPages = count
      append(
        Region(
          place: .fixed(base), size: ExtendedMemory.retiredPagesSize, backedSize: 0, memoryOffset: 0,
          isCoherentMemory: false))
    }
  }

  private mutating func append(_ region: Region) {
    regions[count] = region
    count += 1
  }
}
