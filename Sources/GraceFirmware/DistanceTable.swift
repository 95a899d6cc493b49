// SPDX-License-Identifier: GPL-2.0-or-later

/// The System Locality Information Table (ACPI 6.5, 5.2.17): how far every proximity domain is from every other.
///
/// There is one table for a machine, so this one covers the machine's own domains too. It is symmetric, has 10 on
/// its diagonal and more elsewhere: Linux drops a table that is otherwise (drivers/acpi/numa/srat.c).
public struct DistanceTable: Sendable {
  /// What a machine says of the distances between its own domains, row by row; empty if it says nothing.
  public struct MachineDistances: Sendable {
    let count: Int
    let values: [UInt8]

    /// Distances between domains 0 to `count - 1`; `values` has the square of that many, or none.
    public init(count: UInt32, values: [UInt8]) {
      self.count = Int(count)
      self.values = values.count == Int(count) * Int(count) ? values : []
    }
  }

  /// A domain to itself (ACPI 6.5, 5.2.17).
  static var toSelf: UInt8 { 10 }
  /// No way from one to the other, or no such domain (ACPI 6.5, 5.2.17).
  static var unreachable: UInt8 { 255 }
  /// Between the domains of one GPU (edk2-nvidia, NumaInfoLib.c).
  static var withinGPU: UInt8 { 11 }
  /// Between two domains of a machine that says nothing: what Linux assumes without a table (REMOTE_DISTANCE in
  /// include/linux/topology.h).
  static var withinMachine: UInt8 { 20 }
  /// Between the machine and a GPU. The firmware's numbers are not public; this and the next are those of
  /// KubeVirt's design for Grace (VEP-199).
  static var toGPU: UInt8 { 80 }
  /// Between two GPUs.
  static var betweenGPUs: UInt8 { 120 }

  /// The owner of a domain.
  private enum Owner: Equatable {
    case nobody
    case machine
    case gpu(Int)
  }

  private let owners: [Owner]
  private let machine: MachineDistances

  /// The distances in a machine.
  public init(_ topology: Topology, machine: MachineDistances) {
    var owners = [Owner](repeating: .machine, count: machine.count)
    for (index, placed) in topology.gpus.enumerated() where placed.gpu.domainCount > 0 {
      let end = Int(placed.firstDomain) + Int(placed.gpu.domainCount)
      while owners.count < end { owners.append(.nobody) }
      for domain in Int(placed.firstDomain)..<end { owners[domain] = .gpu(index) }
    }
    self.owners = owners
    self.machine = machine
  }

  /// Whether a GPU has domains; without that the machine's own table will do.
  public var isNeeded: Bool { owners.contains { $0 != .machine } }

  /// The body of the table, after its header: the number of domains as eight bytes, then the rows. Empty if the table
  /// is not needed.
  public var encoded: [UInt8] {
    guard isNeeded else { return [] }
    var sink = ByteSink()
    sink.littleEndian(UInt64(owners.count))
    for from in owners.indices {
      for to in owners.indices { sink.byte(distance(from: from, to: to)) }
    }
    return sink.bytes
  }

  private func distance(from: Int, to: Int) -> UInt8 {
    if from == to { return Self.toSelf }
    switch (owners[from], owners[to]) {
    case (.nobody, _), (_, .nobody): return Self.unreachable
    case (.machine, .machine):
      return machine.values.isEmpty ? Self.withinMachine : machine.values[from * machine.count + to]
    case (.gpu(let one), .gpu(let other)): return one == other ? Self.withinGPU : Self.betweenGPUs
    case (.machine, .gpu), (.gpu, .machine): return Self.toGPU
    }
  }
}
