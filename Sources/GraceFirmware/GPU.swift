// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel

/// Where a PCI function is.
public struct PCIAddress: Equatable, Sendable {
  /// PCI segment group.
  public var segment: UInt16
  /// Bus number, as firmware assigned it.
  public var bus: UInt8
  /// Device number, 0 to 31.
  public var device: UInt8
  /// Function number, 0 to 7.
  public var function: UInt8

  /// An address from a bus number and `devfn`: device in bits 7:3, function in bits 2:0.
  public init(segment: UInt16, bus: UInt8, devfn: UInt8) {
    self.segment = segment
    self.bus = bus
    device = devfn >> 3
    function = devfn & 7
  }

  /// Device in bits 7:3, function in bits 2:0.
  public var devfn: UInt8 { device << 3 | function & 7 }

  /// Segment, bus, device and function as one number, by which addresses are put in order.
  var order: UInt32 { UInt32(segment) << 16 | UInt32(bus) << 8 | UInt32(devfn) }
}

/// One GPU as firmware has to describe it.
public struct GPU: Sendable {
  /// Its address.
  public var address: PCIAddress
  /// Its host bridge.
  public var root: HostBridge
  /// Device and function (`devfn`) of each function from the root bus down to the GPU, which is the last.
  public var path: [UInt8]
  /// How many proximity domains it gets.
  public var domainCount: UInt32
  /// The first of them, or nil for the next free ones.
  public var firstDomain: UInt32?
  /// The coherent memory at a fixed address, which `_DSD` names; nil in the vm representation.
  public var memory: CoherentMemory?
  /// Offset of the PCI Express capability in its configuration space, through which `_RST` resets it; nil for a GPU
  /// without `_RST`, as in the vm representation.
  public var expressOffset: UInt16?
  /// What its user wants of the tables.
  public var options: FirmwareOptions

  /// A GPU.
  public init(
    address: PCIAddress, root: HostBridge, path: [UInt8], domainCount: UInt32, firstDomain: UInt32? = nil,
    memory: CoherentMemory? = nil, expressOffset: UInt16? = nil, options: FirmwareOptions = FirmwareOptions()
  ) {
    self.address = address
    self.root = root
    self.path = path
    self.domainCount = domainCount
    self.firstDomain = firstDomain
    self.memory = memory
    self.expressOffset = expressOffset
    self.options = options
  }
}

/// A PCI host bridge.
public struct HostBridge: Sendable {
  /// Its ACPI name below `\_SB`.
  public var name: NameSegment
  /// The domain that its own `_PXM` names, or nil if it has none.
  public var domain: UInt32?

  /// A host bridge.
  public init(name: NameSegment, domain: UInt32? = nil) {
    self.name = name
    self.domain = domain
  }
}

/// Coherent memory that is in no BAR.
public struct CoherentMemory: Equatable, Sendable {
  /// Guest physical address.
  public var base: UInt64
  /// Bytes.
  public var size: UInt64

  /// Memory at `base`, of `size` bytes.
  public init(base: UInt64, size: UInt64) {
    self.base = base
    self.size = size
  }
}
