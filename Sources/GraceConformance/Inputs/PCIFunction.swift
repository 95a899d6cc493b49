// SPDX-License-Identifier: GPL-2.0-or-later

/// A PCI function that exists, as far as a listing tells.
public struct PCIFunction: Sendable, Equatable {
  /// Where it is.
  public let address: PCIAddress
  /// The vendor's number, if the listing has it.
  public var vendor: UInt16?
  /// The device's number, if the listing has it.
  public var device: UInt16?
  /// Base class and sub-class, such as 0x0302.
  public var classCode: UInt16?

  /// Whether BAR4 is there; `nil` if the listing does not say.
  public var hasBAR4: Bool?

  /// Memory behind its base address registers, as far as the listing tells.
  public var regions: [PCIRegion] = []

  /// A function of which nothing but the place is known.
  public init(address: PCIAddress, vendor: UInt16? = nil, device: UInt16? = nil, classCode: UInt16? = nil) {
    self.address = address
    self.vendor = vendor
    self.device = device
    self.classCode = classCode
  }

  /// Whether it is a bridge of any kind; none of those is an initiator.
  var isBridge: Bool { classCode.map { $0 >> 8 == 0x06 } ?? false }

  /// Whether it is a GPU of the chip with the MIG bug: the ids of Hopper in nvgrace-gpu's table.
  var isHopper: Bool { vendor == 0x10de && [0x2342, 0x2345, 0x2348].contains(device) }

  /// Whether it is a GPU that shares coherent memory with Grace CPUs: the ids that NVIDIA's driver treats so
  /// (kernel-open/nvidia/detect-self-hosted.h).
  var isGraceGPU: Bool {
    guard vendor == 0x10de, let device else { return false }
    return [0x2340...0x237f, 0x2940...0x297f, 0x31a1...0x31a1, 0x31c0...0x31ff].contains {
      $0.contains(device)
    }
  }
}
