// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel

/// Whose a proximity domain is.
enum DomainOwner {
  /// Nobody's: a hole in the numbering.
  case nobody
  /// The machine's own.
  case machine
  /// That of the GPU at this place in the topology.
  case gpu(Int)
  /// Of extended memory, which belongs to that domain of the machine; nothing runs in it.
  case extended(host: UInt32?)

  /// Owners of all domains from 0 to the highest that there is.
  static func all(_ topology: Topology) -> [DomainOwner] {
    var owners = topology.machine.exists.map { $0 ? DomainOwner.machine : .nobody }
    for (index, placed) in topology.gpus.enumerated() {
      for domain in placed.domains { set(.gpu(index), at: domain, in: &owners) }
    }
    for placed in topology.gpus {
      guard let domain = placed.extendedDomain, !topology.machine.owns(domain) else { continue }
      set(.extended(host: placed.hostDomain), at: domain, in: &owners)
    }
    return owners
  }

  private static func set(_ owner: DomainOwner, at domain: UInt32, in owners: inout [DomainOwner]) {
    while owners.count <= Int(domain) { owners.append(.nobody) }
    owners[Int(domain)] = owner
  }
}

extension Topology.PlacedGPU {
  /// The way to a domain of the machine.
  func link(toHost domain: Int) -> Link {
    if let hostDomain, Int(hostDomain) == domain { return gpu.options.host }
    return gpu.options.remote
  }
}
