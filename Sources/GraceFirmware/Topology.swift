// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel

/// All GPUs of a machine, in the order of their addresses, each with its proximity domains.
public struct Topology: Sendable {
  /// A GPU and its place among the domains.
  public struct PlacedGPU: Sendable {
    /// The GPU.
    public var gpu: GPU
    /// The first of its domains; they follow one another.
    public var firstDomain: UInt32
    /// The domain of the CPUs that it is linked to; nil in a machine without domains.
    public var hostDomain: UInt32?

    /// Its domains.
    public var domains: Range<UInt32> { firstDomain..<firstDomain + gpu.domainCount }

    /// The domain of its extended memory, or nil if it has none.
    public var extendedDomain: UInt32? {
      gpu.options.extendedMemory.flatMap { $0.domain ?? hostDomain }
    }

    /// Whether it makes that mistake.
    func has(_ quirk: FirmwareQuirk) -> Bool {
      gpu.options.quirks.contains { $0.rawValue == quirk.rawValue }
    }
  }

  /// The GPUs, in the order of their addresses.
  public let gpus: [PlacedGPU]
  /// What the machine has without them.
  public let machine: MachineDomains

  /// Puts GPUs in order and gives each its domains.
  ///
  /// GPUs without a domain of their own choice take the lowest free ones, in the order of their addresses, so
  /// that domains ascend with them. GPUs that say nothing of their host are linked to the domain of their host bridge,
  /// or else to the machine's domains in turn, as each superchip has one CPU and one GPU or two.
  ///
  /// - Parameters:
  ///   - gpus: in any order.
  ///   - machine: its own domains, which are the lowest.
  ///   - domainLimit: domains must be below it (QEMU's MAX_NODES is 128).
  public init(gpus: [GPU], machine: MachineDomains, domainLimit: UInt32) throws(TopologyError) {
    let sorted = try Self.sorted(gpus)
    // First those with a choice, so that the others can go around them, wherever they are.
    var taken = try Self.extendedDomains(sorted, machine: machine, limit: domainLimit)
    for gpu in sorted {
      guard let first = gpu.firstDomain, gpu.domainCount > 0 else { continue }
      let range = try Self.range(first, count: gpu.domainCount, limit: domainLimit)
      if let own = range.first(where: { machine.owns($0) }) {
        throw .domainOfMachine(own, firstFree: machine.count)
      }
      if let other = taken.overlapping(range) {
        throw .domainsOverlap(max(range.lowerBound, other.lowerBound))
      }
      taken.insert(range)
    }

    var placed: [PlacedGPU] = []
    var next = machine.count
    let hosts = machine.hosts
    for gpu in sorted {
      let host = try Self.hostDomain(of: gpu, index: placed.count, machine: machine, hosts: hosts)
      guard gpu.domainCount > 0, gpu.firstDomain == nil else {
        placed.append(PlacedGPU(gpu: gpu, firstDomain: gpu.firstDomain ?? next, hostDomain: host))
        continue
      }
      var range = try Self.range(next, count: gpu.domainCount, limit: domainLimit)
      while let obstacle = taken.overlapping(range) {
        range = try Self.range(obstacle.upperBound, count: gpu.domainCount, limit: domainLimit)
      }
      placed.append(PlacedGPU(gpu: gpu, firstDomain: range.lowerBound, hostDomain: host))
      next = range.upperBound
    }
    self.gpus = placed
    self.machine = machine
  }

  /// Domains of extended memory that are not the machine's own; GPUs of one host may share one.
  public var extendedDomains: [UInt32] {
    var domains: [UInt32] = []
    for placed in gpus {
      if let domain = placed.extendedDomain, !machine.owns(domain) { domains.append(domain) }
    }
    domains.sort()
    var different: [UInt32] = []
    for domain in domains where different.last != domain { different.append(domain) }
    return different
  }

  /// Whether a GPU makes that mistake.
  func has(_ quirk: FirmwareQuirk) -> Bool { gpus.contains { $0.has(quirk) } }

  /// GPUs in the order of their addresses.
  private static func sorted(_ gpus: [GPU]) throws(TopologyError) -> [GPU] {
    var sorted: [GPU] = []
    for gpu in gpus {
      guard !gpu.path.isEmpty else { throw .emptyPath(gpu.address) }
      var place = sorted.count
      while place > 0, sorted[place - 1].address.order > gpu.address.order { place -= 1 }
      // Before firmware has numbered the buses every GPU is at bus 0: tables of that moment are never read.
      if place > 0, sorted[place - 1].address == gpu.address, gpu.address.bus != 0 {
        throw .sameAddress(gpu.address)
      }
      sorted.insert(gpu, at: place)
    }
    return sorted
  }

  /// The domains beyond the machine's own that users gave to extended memory.
  private static func extendedDomains(_ gpus: [GPU], machine: MachineDomains, limit: UInt32)
    throws(TopologyError) -> DomainRanges
  {
    var taken = DomainRanges()
    for gpu in gpus {
      guard let domain = gpu.options.extendedMemory?.domain, !machine.owns(domain) else { continue }
      let range = try Self.range(domain, count: 1, limit: limit)
      // GPUs of one host may share a domain.
      if taken.overlapping(range) == nil { taken.insert(range) }
    }
    return taken
  }

  private static func hostDomain(
    of gpu: GPU, index: Int, machine: MachineDomains, hosts: [UInt32]
  ) throws(TopologyError) -> UInt32? {
    if let chosen = gpu.options.hostDomain {
      guard machine.owns(chosen) else { throw .noSuchHost(chosen, count: machine.count) }
      return chosen
    }
    if let domain = gpu.root.domain, machine.owns(domain) { return domain }
    return hosts.isEmpty ? nil : hosts[index % hosts.count]
  }

  /// `count` domains from `first`.
  private static func range(_ first: UInt32, count: UInt32, limit: UInt32) throws(TopologyError)
    -> Range<UInt32>
  {
    let (end, overflow) = first.addingReportingOverflow(count)
    guard !overflow, end <= limit else {
      throw .tooManyDomains(needed: UInt64(first) + UInt64(count), limit: limit)
    }
    return first..<end
  }
}
