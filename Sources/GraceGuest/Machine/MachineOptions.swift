// SPDX-License-Identifier: GPL-2.0-or-later

/// What machine to boot: the GPUs in it, and what surrounds them.
public struct MachineOptions: Hashable, Sendable {
  /// How many GPUs a machine can have. Each of 96 GiB takes 256 GiB of the PCI window.
  public static let gpuLimit = 8
  /// How many NUMA nodes with CPUs it can have: the sockets that bits 45:44 of an address can name (edk2-nvidia,
  /// TH500Definitions.h).
  public static let hostNodeLimit = 4

  /// The product that every GPU shows.
  public var profile: GPUProfile
  /// The side of it that the guest sees.
  public var representation: Representation
  /// Bytes of coherent memory of each GPU; nil for what the product has.
  public var memorySize: UInt64?
  /// Number of GPUs.
  public var gpuCount: Int

  /// QEMU's machine.
  public var machine = MachineKind.virt
  /// What lies between its root bus and the GPUs.
  public var tree = PCITree.rootPorts
  /// NUMA nodes of the machine's own, each with an equal part of its memory and CPUs. Without one QEMU builds no SRAT,
  /// and the device must refuse.
  public var hostNodes = 1
  /// Main memory of the guest in bytes.
  public var ramSize: UInt64 = 2 << 30
  /// Number of CPUs; more, if the NUMA nodes could not have the same number of them.
  public var cpuCount = 2
  /// QEMU's CPU model; nil for the machine's default.
  public var cpuModel: String?
  /// Whether the guest can be a hypervisor (EL2), with guests of its own; `virt` alone.
  public var hasHypervisor = false
  /// Whether firmware tells the guest's kernel of memory errors, by ACPI's HEST (QEMU's `ras=on`); `virt` alone.
  public var reportsMemoryErrors = false
  /// Bits of the addresses that `virt`'s SMMU gives out, 44 or 48: with 44, which is QEMU's own default, memory at 2^46
  /// cannot be mapped for DMA. Nil if there is no SMMU.
  public var smmuAddressBits: Int? = 48
  /// Bytes of the 64-bit PCI window; nil to choose what the GPUs need.
  public var windowSize: UInt64?
  /// Properties of the device that replace those chosen here, or are added to them, on every GPU.
  public var deviceProperties: [String: String] = [:]
  /// The same for single GPUs, by their index; these replace those for every GPU.
  public var propertiesOfGPU: [Int: [String: String]] = [:]
  /// Further arguments at the end of QEMU's command line.
  public var extraArguments: [String] = []
  /// Further words at the end of the kernel's command line.
  public var kernelWords: [String] = []
  /// The kernel's selftests, if the guest is to run them after its own programs; see `add(_:)`.
  public var selftests: Selftests?
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

  /// The machine in a few words, such as `gh200-480gb vm, q35, 2 GPUs, 97 GiB each`.
  public var title: String {
    var title = "\(profile.name) \(representation.rawValue)"
    if machine != .virt { title += ", \(machine.rawValue)" }
    if gpuCount != 1 { title += ", \(gpuCount) GPUs" }
    if tree != .rootPorts { title += ", \(tree.rawValue)" }
    if hostNodes > 1 { title += ", \(hostNodes) host nodes" }
    if let memorySize { title += ", \(ByteCount(memorySize))" + (gpuCount > 1 ? " each" : "") }
    return title
  }
}

extension MachineOptions {
  /// The places of all GPUs.
  public var places: [GPUPlace] {
    (0..<gpuCount).map { GPUPlace(index: $0, tree: tree, machine: machine) }
  }

  /// A property of a GPU's device that was given by hand.
  public func property(_ name: String, of place: GPUPlace) -> String? {
    propertiesOfGPU[place.index]?[name] ?? deviceProperties[name]
  }

  /// The PCI device id of a GPU, four hexadecimal digits: its product's, unless another was given.
  public func deviceID(of place: GPUPlace) -> String {
    number("device-id", of: place).map { hex($0, digits: 4) } ?? profile.deviceID
  }

  /// Where the coherent memory of a GPU lies in the bare-metal representation.
  public func memoryBase(of place: GPUPlace) -> UInt64 {
    property("memory-base", of: place).flatMap { UInt64(parsingPrefixed: $0) } ?? place.defaultMemoryBase
  }

  /// The NUMA node of the machine whose CPUs a GPU is linked to: GPUs take the nodes in turn.
  public func hostNode(of place: GPUPlace) -> Int {
    property("host-node", of: place).flatMap { Int($0) } ?? place.index % max(hostNodes, 1)
  }

  /// How the coherent memory of a GPU is shown in the regions.
  public func memorySplit() throws(MemorySplitError) -> MemorySplit {
    try MemorySplit(total: effectiveMemorySize, isDivided: isDivided)
  }

  /// Whether the driver divides the memory: as the chip is, unless the property of all GPUs says otherwise.
  public var isDivided: Bool {
    switch deviceProperties["mig-fix"] {
    case "on": false
    case "off": true
    default: profile.dividesMemory ?? profile.chip.dividesMemory
    }
  }

  /// Size of the BAR that is the chip's own, and shows all of the memory; nil if it has none.
  var apertureBAR: UInt64? { profile.chip.hasAperture ? powerOfTwo(atLeast: effectiveMemorySize) : nil }
}
