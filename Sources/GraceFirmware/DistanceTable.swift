// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel

/// The System Locality Information Table (ACPI 6.5, 5.2.17): how far every proximity domain is from every other.
///
/// There is one table for a machine, so this one covers the machine's own domains too. It is symmetric but for domains
/// of extended memory, has 10 on its diagonal and more elsewhere: Linux drops a table that is otherwise
/// (drivers/acpi/numa/srat.c).
public struct DistanceTable: Sendable {
  /// A domain to itself (ACPI 6.5, 5.2.17).
  static var toSelf: UInt8 { 10 }
  /// No way from one to the other, or no such domain (ACPI 6.5, 5.2.17).
  static var unreachable: UInt8 { 255 }
  /// From CPUs to the extended memory of their own socket (edk2-nvidia, NumaInfoLib.c).
  static var toExtended: UInt8 { 11 }

  private let topology: Topology
  private let owners: [DomainOwner]

  /// The distances in a machine.
  public init(_ topology: Topology) {
    self.topology = topology
    owners = DomainOwner.all(topology)
  }

  /// Whether a GPU has domains; without that the machine's own table will do.
  public var isNeeded: Bool { owners.count > Int(topology.machine.count) }

  /// The body of the table, after its header: the number of domains as eight bytes, then the rows. Empty if the table
  /// is not needed.
  public var encoded: [UInt8] { isNeeded ? matrix : [] }

  /// The same, whether a GPU has domains or not.
  var matrix: [UInt8] {
    let count = topology.has(.distancesTooSmall) ? owners.count - 1 : owners.count
    var sink = ByteSink()
    sink.littleEndian(UInt64(count))
    for from in 0..<count {
      for to in 0..<count { sink.byte(written(from: from, to: to)) }
    }
    return sink.bytes
  }

  /// The distance with the mistakes that were asked for.
  private func written(from: Int, to: Int) -> UInt8 {
    let right = distance(from: from, to: to)
    guard from != to, case .gpu(let index) = owners[from], case .machine = owners[to] else { return right }
    if topology.gpus[index].has(.distancesZero) { return 0 }
    // Farther from the GPU to the machine than the other way.
    if topology.gpus[index].has(.distancesAsymmetric) { return right > 244 ? 11 : right + 10 }
    return right
  }

  /// The distance from one domain to another.
  func distance(from: Int, to: Int) -> UInt8 {
    if from == to { return Self.toSelf }
    switch (owners[from], owners[to]) {
    // Rows are for those that access memory; nothing in a domain of extended memory does (edk2-nvidia, NumaInfoLib.c).
    case (.nobody, _), (_, .nobody), (.extended, _): return Self.unreachable
    case (.machine, .machine): return topology.machine.distance(from: from, to: to)
    case (.gpu(let one), .gpu(let other)):
      let options = topology.gpus[one].gpu.options
      if one == other { return options.local.distance }
      return max(options.peer.distance, topology.gpus[other].gpu.options.peer.distance)
    case (.machine, .gpu(let index)): return topology.gpus[index].link(toHost: from).distance
    case (.gpu(let index), .machine): return topology.gpus[index].link(toHost: to).distance
    case (.machine, .extended(let host)):
      guard let host else { return Self.unreachable }
      return Int(host) == from ? Self.toExtended : topology.machine.distance(from: from, to: Int(host))
    case (.gpu(let index), .extended(let host)):
      guard let host else { return Self.unreachable }
      return topology.gpus[index].link(toHost: Int(host)).distance
    }
  }
}
