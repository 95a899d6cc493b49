// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel

/// A whole machine as its ACPI tables describe it: sockets, host bridges and GPUs.
///
/// Where QEMU is, it describes the machine and this module adds the GPUs. A `Machine` is for tables without one: to
/// look at, to check, or to give to another VMM.
public struct Machine: Sendable {
  /// CPUs and memory of one proximity domain.
  public struct Socket: Sendable {
    /// The domain.
    public var domain: UInt32
    /// How many CPUs; 0 for a domain of memory alone.
    public var processorCount: UInt32
    /// Its RAM.
    public var memory: [MemoryRange]

    /// A socket.
    public init(domain: UInt32, processorCount: UInt32, memory: [MemoryRange]) {
      self.domain = domain
      self.processorCount = processorCount
      self.memory = memory
    }
  }

  /// A PCI host bridge.
  public struct Bridge: Sendable {
    /// Its ACPI name below `\_SB`.
    public var name: NameSegment
    /// PCI segment group.
    public var segment: UInt16
    /// Its root bus.
    public var bus: UInt8
    /// The last bus behind it.
    public var lastBus: UInt8 = 255
    /// The domain of `_PXM`; nil for that of its GPUs.
    public var domain: UInt32?
    /// Where BARs behind it are; nil to find a place for them.
    public var window: MemoryRange?

    /// A host bridge.
    public init(
      name: NameSegment, segment: UInt16, bus: UInt8 = 0, domain: UInt32? = nil, window: MemoryRange? = nil
    ) {
      self.name = name
      self.segment = segment
      self.bus = bus
      self.domain = domain
      self.window = window
    }

    /// The buses behind it, its own included.
    var buses: ClosedRange<UInt8> { bus...max(bus, lastBus) }
  }

  /// A GPU, its place and its settings.
  public struct Device: Sendable {
    /// Where it is.
    public var address: PCIAddress
    /// The ACPI name of its host bridge.
    public var bridge: NameSegment
    /// Device and function (`devfn`) of each function from the root bus down to the GPU, which is the last.
    public var path: [UInt8]
    /// What its user wants.
    public var options: DeviceOptions

    /// A GPU in its place.
    public init(address: PCIAddress, bridge: NameSegment, path: [UInt8], options: DeviceOptions) {
      self.address = address
      self.bridge = bridge
      self.path = path
      self.options = options
    }
  }

  /// The sockets, by ascending domain.
  public let sockets: [Socket]
  /// The host bridges, in the order of segment and bus, each with its window and its last bus.
  public let bridges: [Bridge]
  /// The GPUs among the domains.
  public let topology: Topology

  /// Domains are below this: more than 64 GPUs with eight each and their sockets need. The SRAT has room for more and
  /// QEMU for 128 (MAX_NODES).
  public static var domainLimit: UInt32 { 1024 }
  /// Most GPUs: as many as there are default addresses for.
  public static var gpuLimit: Int { 64 }
  /// Most CPUs of one socket: far more than one has, and few enough for any reader of the table.
  public static var processorLimit: UInt32 { 1024 }
  /// Between sockets of a machine that says nothing: KubeVirt's design for Grace (VEP-199), CPU to CPU.
  public static var socketDistance: UInt8 { 40 }

  /// Checks a machine and gives everything its place.
  ///
  /// - Parameters:
  ///   - sockets: in any order.
  ///   - distances: between them, in that order, row by row; empty for `socketDistance` everywhere.
  ///   - bridges: in any order. Those of GPUs that are not listed have the GPU's segment and root bus 0.
  ///   - devices: in any order; an error counts them from 0.
  public init(sockets: [Socket], distances: [[UInt8]] = [], bridges: [Bridge] = [], devices: [Device])
    throws(MachineError)
  {
    try Self.check(sockets)
    try Self.check(distances, sockets: sockets)
    try Self.check(devices, sockets: sockets)
    var bridges = try Self.complete(bridges, devices: devices, sockets: sockets)
    try Self.checkTrees(devices, bridges: bridges)
    try Self.checkDomains(devices, sockets: sockets)
    try Self.checkMemory(devices, sockets: sockets)
    try Self.placeWindows(of: &bridges, sockets: sockets, devices: devices)

    let gpus = devices.map { device in
      let bridge = bridges.first { $0.name == device.bridge }
      return GPU(device, root: HostBridge(name: device.bridge, domain: bridge?.domain))
    }
    let domains = Self.domains(of: sockets, distances: distances)
    do throws(TopologyError) {
      topology = try Topology(gpus: gpus, machine: domains, domainLimit: Self.domainLimit)
    } catch {
      throw MachineError("gpus", error.message)
    }
    self.sockets = Self.ascending(sockets)
    self.bridges = bridges
  }

  private static func ascending(_ sockets: [Socket]) -> [Socket] { sockets.sorted { $0.domain < $1.domain } }

  /// What the GPUs' tables have to know of the sockets.
  private static func domains(of sockets: [Socket], distances: [[UInt8]]) -> MachineDomains {
    let count = Int(sockets.map { $0.domain }.max() ?? 0) + 1
    var exists = [Bool](repeating: false, count: count)
    var hasProcessors = exists
    var square = [UInt8](repeating: DistanceTable.unreachable, count: count * count)
    for domain in 0..<count { square[domain * count + domain] = DistanceTable.toSelf }
    for (row, from) in sockets.enumerated() {
      exists[Int(from.domain)] = true
      hasProcessors[Int(from.domain)] = from.processorCount > 0
      for (column, to) in sockets.enumerated() where row != column {
        square[Int(from.domain) * count + Int(to.domain)] =
          distances.isEmpty ? socketDistance : distances[row][column]
      }
    }
    let memory = ascending(sockets).flatMap { $0.memory }
    return MachineDomains(
      count: UInt32(count), distances: square, hasProcessors: hasProcessors, exists: exists,
      ramAddress: memory.first?.base ?? 0)
  }
}

extension GPU {
  /// A GPU with the settings of a device.
  init(_ device: Machine.Device, root: HostBridge) {
    let options = device.options
    let isBareMetal = options.representation == .bareMetal
    self.init(
      address: device.address, root: root, path: device.path, domainCount: options.domainCount,
      firstDomain: options.firstDomain,
      memory: isBareMetal ? CoherentMemory(base: options.memoryBase, size: options.memorySize) : nil,
      expressOffset: isBareMetal ? options.expressOffset : nil, options: options.firmware)
  }
}
