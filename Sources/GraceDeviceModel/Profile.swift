// SPDX-License-Identifier: GPL-2.0-or-later

/// One product: everything that tells it from others of its chip.
public struct Profile: Sendable {
  /// The name that users give, such as `gh200-480gb`.
  public let name: String
  /// The product's name in the PCI id list.
  public let product: String
  /// The chip on it.
  public let chip: Chip
  /// PCI device id.
  public let deviceID: UInt16
  /// PCI subsystem id; the subsystem vendor is NVIDIA.
  public let subsystemID: UInt16
  /// Coherent memory in bytes, unless the user asks for another size.
  public let memorySize: UInt64

  /// Declares a product.
  public init(
    name: String, product: String, chip: Chip, deviceID: UInt16, subsystemID: UInt16, memorySize: UInt64
  ) {
    self.name = name
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
  public let name: String
  /// NV_PMC_BOOT_0: architecture 28:24, implementation 23:20, major 7:4 and minor 3:0 revision.
  public let boot0: UInt32
  /// NV_PMC_BOOT_42: architecture 29:24, implementation 23:20; a driver chooses its code by it.
  public let boot42: UInt32
  /// PCI revision id.
  public let revision: UInt8
  /// Whether the chip has the MIG bug of Hopper, for which a driver divides the memory into usemem and resmem.
  public let hasMIGBug: Bool
  /// Whether a guest sees the chip's own BAR1 as BAR2: an aperture onto the memory.
  public let hasAperture: Bool
  /// Whether a CXL DVSEC says when the memory is ready.
  public let saysReadinessInConfig: Bool
  /// Size of BAR0 in bytes.
  public let registerBARSize: UInt64
  /// Vectors of the MSI capability, a power of two; 0 if there is none.
  public let interruptVectors: UInt32
  /// Vectors of the MSI-X capability.
  public let messageVectors: UInt32
  /// Offset of the MSI-X table in BAR0.
  public let messageTableOffset: UInt32
  /// Offset of the MSI-X pending bits in BAR0.
  public let messagePendingOffset: UInt32
  /// The registers of BAR0, for so many bytes of coherent memory.
  public let registers: @Sendable (_ chip: Chip, _ memorySize: UInt64) -> [RegisterSpec]
  /// The capabilities in configuration space, in the order of their offsets.
  public let capabilities: @Sendable (_ function: FunctionTraits) -> [Capability]
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
