// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel

/// Entries for the System Resource Affinity Table: what makes a GPU's memory NUMA nodes.
///
/// CPUs and memory of the machine are QEMU's own entries; these follow them.
public struct AffinityTable: Sendable {
  private let topology: Topology

  /// The entries of a machine.
  public init(_ topology: Topology) { self.topology = topology }

  /// For each GPU its generic initiators, then for each a memory entry without memory, both by domain, then one for each
  /// domain of extended memory.
  ///
  /// Linux numbers nodes in the order in which it meets domains, hence the ascending order. The memory entry
  /// says that memory may be added to the domain; NVIDIA's firmware writes it so (edk2-nvidia,
  /// SratParser.c), because the memory becomes known only when a driver brings it.
  public var encoded: [UInt8] {
    var sink = ByteSink()
    for placed in topology.gpus {
      let form: GenericInitiatorAffinity.HandleForm =
        placed.has(.handleSwapped) ? .swapped : placed.has(.handleDoubled) ? .doubled : .right
      for domain in placed.initiatorDomains {
        let initiator = GenericInitiatorAffinity(
          domain: domain, device: placed.gpu.address, isEnabled: !placed.has(.initiatorsDisabled))
        initiator.encode(to: &sink, form)
      }
    }
    for placed in topology.gpus {
      for domain in placed.domains {
        if placed.has(.memoryOverlapsRAM), domain == placed.firstDomain {
          HotplugMemoryAffinity(domain: domain, base: topology.machine.ramAddress, length: Self.overlap)
            .encode(to: &sink)
        } else {
          HotplugMemoryAffinity(domain: domain).encode(to: &sink)
        }
      }
    }
    for domain in topology.extendedDomains { HotplugMemoryAffinity(domain: domain).encode(to: &sink) }
    return sink.bytes
  }

  /// Bytes of RAM that `memory-overlaps-ram` claims: less than any machine has.
  private static var overlap: UInt64 { 64 << 20 }
}

extension Topology.PlacedGPU {
  /// The domains that have a generic initiator, in the order of their entries.
  var initiatorDomains: [UInt32] {
    guard gpu.options.hasInitiators, !has(.initiatorsMissing) else { return [] }
    var domains = Array(self.domains)
    if has(.initiatorsShort) { domains = Array(domains.dropLast()) }
    if has(.initiatorsShuffled) { domains = Self.shuffled(domains) }
    return domains
  }

  /// The order in which NVIDIA's driver listed eight initiators of QEMU 10.0: 5, 4, 3, 2, 8, 1, 7, 6.
  private static func shuffled(_ domains: [UInt32]) -> [UInt32] {
    var result: [UInt32] = []
    for place in [4, 3, 2, 1, 7, 0, 6, 5] where place < domains.count { result.append(domains[place]) }
    for place in domains.indices where place >= 8 { result.insert(domains[place], at: 0) }
    return result
  }
}
