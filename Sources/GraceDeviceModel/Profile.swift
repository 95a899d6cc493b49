// SPDX-License-Identifier: GPL-2.0-or-later

/// One product: everything that tells it from others of its chip.
public struct Profile: Sendable {
  /// The name that users give, such as `gh200-480gb`.
  public internal(set) var name: String
  /// The name of the profile that this one started from: its own, but for those that come from a text.
  public let baseName: String
  /// The product's name in the PCI id list.
  public internal(set) var product: String
  /// The chip on it.
  public internal(set) var chip: Chip
  /// PCI device id.
  public internal(set) var deviceID: UInt16
  /// PCI subsystem id; the subsystem vendor is NVIDIA.
  public internal(set) var subsystemID: UInt16
  /// Coherent memory in bytes, unless the user asks for another size.
  public internal(set) var memorySize: UInt64
  /// Where the memory of a machine's first GPU is in the bare-metal representation: 2^46 (edk2-nvidia, GPUMemoryInfo.c).
  public internal(set) var memoryBase: UInt64 = 1 << 46

  /// Declares a product.
  public init(
    name: String, product: String, chip: Chip, deviceID: UInt16, subsystemID: UInt16, memorySize: UInt64
  ) {
    self.name = name
    baseName = name
    self.product = product
    self.chip = chip
    self.deviceID = deviceID
    self.subsystemID = subsystemID
    self.memorySize = memorySize
  }

  /// All products, in the order in which they are listed to users.
  public static var all: [Profile] {
    [.gh200_120GB, .gh200_480GB, .gh200_144GB, .gb200, .gb300, .blackwellNext]
  }

  /// The product called `name`, or nil.
  public static func named(_ name: String) -> Profile? {
    // Bytes are compared, not characters: String's == would pull Unicode tables into the plug-in.
    for profile in all where profile.name.utf8.elementsEqual(name.utf8) { return profile }
    return nil
  }

  /// The names of all products, for messages: `a, b, c`.
  public static var allNames: String {
    var list = ""
    for profile in all {
      if !list.utf8.isEmpty { list += ", " }
      list += profile.name
    }
    return list
  }
}

/// What the products of one chip share.
public struct Chip: Sendable {
  /// NVIDIA's name of the chip, such as `GH100`.
  public internal(set) var name: String
  /// NV_PMC_BOOT_0: architecture 28:24, implementation 23:20, major 7:4 and minor 3:0 revision.
  public internal(set) var boot0: UInt32
  /// NV_PMC_BOOT_42: architecture 29:24, implementation 23:20; a driver chooses its code by it.
  public internal(set) var boot42: UInt32
  /// PCI revision id.
  public internal(set) var revision: UInt8
  /// Whether the chip has the MIG bug of Hopper, for which a driver divides the memory into usemem and resmem.
  public internal(set) var hasMIGBug: Bool
  /// Whether a guest sees the chip's own BAR1 as BAR2: an aperture onto the memory.
  public internal(set) var hasAperture: Bool
  /// Whether a CXL DVSEC says when the memory is ready.
  public internal(set) var saysReadinessInConfig: Bool
  /// Size of BAR0 in bytes.
  public internal(set) var registerBARSize: UInt64
  /// Vectors of the MSI capability, a power of two; 0 if there is none.
  public internal(set) var interruptVectors: UInt32
  /// Vectors of the MSI-X capability.
  public internal(set) var messageVectors: UInt32
  /// Offset of the MSI-X table in BAR0.
  public internal(set) var messageTableOffset: UInt32
  /// Offset of the MSI-X pending bits in BAR0.
  public internal(set) var messagePendingOffset: UInt32
  /// The registers of BAR0, for so many bytes of coherent memory.
  public internal(set) var registers: @Sendable (_ chip: Chip, _ memorySize: UInt64) -> [RegisterSpec]
  /// The capabilities in configuration space, in the order of their offsets.
  public internal(set) var capabilities: @Sendable (_ function: FunctionTraits) -> [Capability]
}

/// What the configuration space of one function depends on beside its chip.
public struct FunctionTraits: Sendable {
  /// The chip.
  public let chip: Chip
  /// Whether NVIDIA's DVSEC says that the chip is free of the MIG bug.
  public let isFreeOfMIGBug: Bool
  /// Size of the aperture in BAR2, in bytes; nil if the function has none.
  public let apertureSize: UInt64?
  /// Whether there is an ATS capability.
  public let hasATS: Bool
  /// The device's serial number.
  public let serialNumber: UInt64
  /// What the CXL device DVSEC says; nil if there is none.
  public let cxl: CXLMemory?
}

/// PCI ids that do not depend on the product.
public enum Identity {
  /// PCI vendor id of NVIDIA.
  public static var vendor: UInt16 { 0x10de }
  /// Class 3 (display), subclass 2 (3D controller), interface 0: NVIDIA's driver matches all 24 bits
  /// (nv-pci-table.c in open-gpu-kernel-modules).
  public static var classCode: UInt32 { 0x03_0200 }
}
