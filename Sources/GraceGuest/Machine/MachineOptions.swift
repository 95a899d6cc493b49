// SPDX-License-Identifier: GPL-2.0-or-later

/// What machine to boot: the GPUs in it, and what surrounds them.
public struct MachineOptions: Hashable, Sendable {
  /// How many GPUs a machine can have: one for each of the four sockets that bits 45:44 of an
  /// address can name (edk2-nvidia, TH500Definitions.h).
  public static let gpuLimit = 4

  /// The product that every GPU shows.
  public var profile: GPUProfile
  /// The side of it that the guest sees.
  public var representation: Representation
  /// Bytes of coherent memory of each GPU; nil for what the product has.
  public var memorySize: UInt64?
  /// Number of GPUs.
  public var gpuCount: Int

  /// Main memory of the guest in bytes.
  public var ramSize: UInt64 = 2 << 30
  /// Number of CPUs.
  public var cpuCount = 2
  /// QEMU's CPU model. The default's quick pointer authentication halves the time of a boot.
  public var cpuModel = "max,pauth-impdef=on"
  /// Whether the machine starts with a NUMA node. Without one QEMU builds no SRAT, and the device must
  /// refuse.
  public var hasNUMA = true
  /// Bytes of the 64-bit PCI window; nil to choose what the GPUs need.
  public var windowSize: UInt64?
  /// Properties of the device that replace those chosen here, or are added to them, on every GPU.
  public var deviceProperties: [String: String] = [:]
  /// Further arguments at the end of QEMU's command line.
  public var extraArguments: [String] = []
  /// Further words at the end of the kernel's command line.
  public var kernelWords: [String] = []
  /// Whether a person gets a shell in place of the tests.
  public var isInteractive = false

  /// A machine with default surroundings.
  public init(
    profile: GPUProfile = .gh200With480GB, representation: Representation, memorySize: UInt64? = nil,
    gpuCount: Int = 1
  ) {
    self.profile = profile
    self.representation = representation
    self.memorySize = memorySize
    self.gpuCount = gpuCount
  }

  /// Bytes of coherent memory of each GPU.
  public var effectiveMemorySize: UInt64 { memorySize ?? profile.memorySize }

  /// The machine in a few words, such as `gh200-480gb vm, 2 GPUs, 97 GiB each`.
  public var title: String {
    var title = "\(profile.name) \(representation.rawValue)"
    if gpuCount > 1 { title += ", \(gpuCount) GPUs" }
    if let memorySize { title += ", \(ByteCount(memorySize))" + (gpuCount > 1 ? " each" : "") }
    return title
  }
}

/// Where one GPU of a machine is to be found.
public struct GPUPlace: Hashable, Sendable {
  /// Counted from 0, in the order of the root ports.
  public let index: Int

  /// The slot of its root port on the root bus; slot 0 is the host bridge.
  public var rootPortSlot: Int { 1 + index }
  /// Bus number: firmware counts through the root ports in slot order.
  public var bus: UInt64 { UInt64(1 + index) }
  /// The name of the function in sysfs.
  public var address: String { "0000:\(hex(bus, digits: 2)):00.0" }
  /// Path of its ACPI companion: QEMU names a device by slot and function, `Sxx`, padded to four characters.
  public var companion: String {
    "\\_SB_.PCI0.S\(hex(UInt64(rootPortSlot << 3), digits: 2).uppercased())_.GPU0"
  }
  /// Where coherent memory lies on the host unless configured otherwise: the default of the firmware
  /// (edk2-nvidia, GPUMemoryInfo.c), one socket's distance (TH500Definitions.h) further for each GPU.
  public var defaultMemoryBase: UInt64 { (1 << 46) + UInt64(index) * (1 << 44) }
}

extension MachineOptions {
  /// The places of all GPUs.
  public var places: [GPUPlace] { (0..<gpuCount).map(GPUPlace.init) }

  /// Where the coherent memory of a GPU lies in the bare-metal representation.
  public func memoryBase(of place: GPUPlace) -> UInt64 {
    deviceProperties["memory-base"].flatMap { UInt64(parsingPrefixed: $0) } ?? place.defaultMemoryBase
  }

  /// How the coherent memory of a GPU is split between the regions.
  public func memorySplit() throws(MemorySplitError) -> MemorySplit {
    try MemorySplit(total: effectiveMemorySize)
  }
}
