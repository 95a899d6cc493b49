// SPDX-License-Identifier: GPL-2.0-or-later

/// The proximity domains that a machine has without its GPUs: 0 to `count - 1`, but for holes.
public struct MachineDomains: Sendable {
  /// How many.
  public let count: UInt32
  /// Distances between them as in a SLIT, row by row; empty if the machine says nothing.
  public let distances: [UInt8]
  /// Whether each has CPUs.
  public let hasProcessors: [Bool]
  /// Whether each is there at all; firmware may leave holes in the numbering.
  public let exists: [Bool]
  /// Whether the machine's own HMAT speaks of them, so that ours must not.
  public let hasAttributes: Bool
  /// Whether the machine's DSDT has nodes for the functions below its main host bridge, as on q35 and in QEMU 10.1 and
  /// later; a node of ours would be a second one of the same name.
  public let nodesExist: Bool
  /// An address at which there is RAM: where the mistake `memory-overlaps-ram` puts a GPU's memory.
  public let ramAddress: UInt64

  /// What is known of the machine's domains.
  ///
  /// - Parameters:
  ///   - count: how many; the domains of GPUs follow.
  ///   - distances: the square of that many, or none.
  ///   - hasProcessors: as many, or none if all have CPUs.
  ///   - exists: as many, or none if there are no holes.
  ///   - hasAttributes: see the property.
  ///   - nodesExist: see the property.
  ///   - ramAddress: 1 GiB if not known, where QEMU's virt has its RAM, and q35 of 2 GiB too.
  public init(
    count: UInt32, distances: [UInt8] = [], hasProcessors: [Bool] = [], exists: [Bool] = [],
    hasAttributes: Bool = false, nodesExist: Bool = false, ramAddress: UInt64 = 1 << 30
  ) {
    self.count = count
    self.distances = distances.count == Int(count) * Int(count) ? distances : []
    self.hasProcessors =
      hasProcessors.count == Int(count) ? hasProcessors : Array(repeating: true, count: Int(count))
    self.exists = exists.count == Int(count) ? exists : Array(repeating: true, count: Int(count))
    self.hasAttributes = hasAttributes
    self.nodesExist = nodesExist
    self.ramAddress = ramAddress
  }

  /// Whether a domain is one of the machine's.
  func owns(_ domain: UInt32) -> Bool { domain < count && exists[Int(domain)] }

  /// Domains with CPUs, to which a GPU can be linked.
  var hosts: [UInt32] {
    var hosts: [UInt32] = []
    for domain in 0..<count where hasProcessors[Int(domain)] { hosts.append(domain) }
    return hosts
  }

  /// Between two domains of a machine that says nothing: what Linux assumes without a table (REMOTE_DISTANCE in
  /// include/linux/topology.h).
  private static var unknownDistance: UInt8 { 20 }

  /// The distance from one of the machine's domains to another.
  func distance(from: Int, to: Int) -> UInt8 {
    if from == to { return DistanceTable.toSelf }
    return distances.isEmpty ? Self.unknownDistance : distances[from * Int(count) + to]
  }
}
