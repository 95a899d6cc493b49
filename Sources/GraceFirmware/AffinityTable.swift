// SPDX-License-Identifier: GPL-2.0-or-later

/// Entries for the System Resource Affinity Table: what makes a GPU's memory NUMA nodes.
///
/// CPUs and memory of the machine are QEMU's own entries; these follow them.
public struct AffinityTable: Sendable {
  private let topology: Topology

  /// The entries of a machine.
  public init(_ topology: Topology) { self.topology = topology }

  /// For each GPU its generic initiators, then for each a memory entry without memory, both by domain.
  ///
  /// Linux numbers nodes in the order in which it meets domains, hence the ascending order. The memory entry
  /// says that memory may be added to the domain; NVIDIA's firmware writes it so (edk2-nvidia,
  /// SratParser.c), because the memory becomes known only when a driver brings it.
  public var encoded: [UInt8] {
    var sink = ByteSink()
    for placed in topology.gpus {
      for domain in Self.domains(placed) {
        GenericInitiatorAffinity(domain: domain, device: placed.gpu.address).encode(to: &sink)
      }
    }
    for placed in topology.gpus {
      for domain in Self.domains(placed) { HotplugMemoryAffinity(domain: domain).encode(to: &sink) }
    }
    return sink.bytes
  }

  private static func domains(_ placed: Topology.PlacedGPU) -> Range<UInt32> {
    placed.firstDomain..<placed.firstDomain + placed.gpu.domainCount
  }
}

/// Generic Initiator Affinity Structure (ACPI 6.5, 5.2.16.6) of a PCI function.
public struct GenericInitiatorAffinity: Sendable {
  /// Proximity domain.
  public var domain: UInt32
  /// The initiator.
  public var device: PCIAddress

  /// An initiator in a domain.
  public init(domain: UInt32, device: PCIAddress) {
    self.domain = domain
    self.device = device
  }

  /// Appends the 32 bytes of the structure.
  public func encode(to sink: inout ByteSink) {
    sink.byte(5)  // 0: type
    sink.byte(32)  // 1: length
    sink.byte(0)  // 2: reserved
    sink.byte(1)  // 3: device handle type, PCI
    sink.littleEndian(domain)  // 4: proximity domain
    // 8: device handle. Bus and devfn are bytes, not a word: with a word's byte order a driver that knows
    // only one of the two orders finds another device, and most software stacks once shipped that bug.
    sink.littleEndian(device.segment)
    sink.byte(device.bus)
    sink.byte(device.devfn)
    sink.zeros(12)  // 12: NVIDIA's driver reads bytes 8 to 11 only, other readers all sixteen
    sink.littleEndian(UInt32(3))  // 24: flags: enabled, architectural transactions
    sink.zeros(4)  // 28: reserved
  }
}

/// Memory Affinity Structure (ACPI 6.5, 5.2.16.2) of a domain to which memory may be added.
public struct HotplugMemoryAffinity: Sendable {
  /// Proximity domain.
  public var domain: UInt32

  /// A domain without memory so far.
  public init(domain: UInt32) { self.domain = domain }

  /// Appends the 40 bytes of the structure.
  public func encode(to sink: inout ByteSink) {
    sink.byte(1)  // 0: type
    sink.byte(40)  // 1: length
    sink.littleEndian(domain)  // 2: proximity domain
    sink.zeros(2)  // 6: reserved
    sink.littleEndian(UInt64(0))  // 8: base address
    sink.littleEndian(UInt64(0))  // 16: length
    sink.zeros(4)  // 24: reserved
    sink.littleEndian(UInt32(3))  // 28: flags: enabled, hot-pluggable
    sink.zeros(8)  // 32: reserved
  }
}
