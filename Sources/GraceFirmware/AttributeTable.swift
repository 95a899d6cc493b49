// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel

/// Structures for the Heterogeneous Memory Attribute Table: how fast every initiator reaches every memory.
///
/// As NVIDIA's firmware makes it (edk2-nvidia, HmatParser.c): three System Locality Latency and Bandwidth Information
/// Structures (ACPI 6.5, 5.2.28.4), of read latency, write latency and access bandwidth; no structure that gives
/// attributes to the memory of a domain, as there is none yet, and Linux drops a table that speaks of it.
public struct AttributeTable: Sendable {
  /// What a structure's values are: the data types of ACPI 6.5, table 5.146.
  private enum Kind: UInt8 {
    case readLatency = 1
    case writeLatency = 2
    case accessBandwidth = 3
  }

  private let topology: Topology
  private let owners: [DomainOwner]
  private let distances: DistanceTable
  private var initiators: [Int] = []
  private var targets: [Int] = []

  /// The attributes in a machine.
  public init(_ topology: Topology) {
    self.topology = topology
    owners = DomainOwner.all(topology)
    distances = DistanceTable(topology)
    for (domain, owner) in owners.enumerated() {
      switch owner {
      case .nobody: continue
      case .machine:
        if topology.machine.hasProcessors[domain] { initiators.append(domain) }
      case .gpu(let index):
        guard topology.gpus[index].gpu.options.hasAttributes else { continue }
        // A domain without an initiator entry initiates nothing as far as the SRAT says.
        if topology.gpus[index].initiatorDomains.contains(UInt32(domain)) { initiators.append(domain) }
      case .extended: break
      }
      targets.append(domain)
    }
  }

  /// Whether a GPU has domains and wants attributes.
  public var isNeeded: Bool {
    topology.gpus.contains { $0.gpu.domainCount > 0 && $0.gpu.options.hasAttributes }
  }

  /// The structures, one after the other; empty if none is needed.
  public var encoded: [UInt8] {
    guard isNeeded else { return [] }
    var sink = ByteSink()
    for kind in [Kind.readLatency, .writeLatency, .accessBandwidth] { encode(kind, to: &sink) }
    return sink.bytes
  }

  private func encode(_ kind: Kind, to sink: inout ByteSink) {
    let (rows, columns) = (initiators.count, targets.count)
    sink.littleEndian(UInt16(1))  // 0: type
    sink.zeros(2)  // 2: reserved
    // 4: length
    sink.littleEndian(UInt32(truncatingIfNeeded: 32 + 4 * (rows + columns) + 2 * rows * columns))
    sink.byte(0)  // 8: flags: memory itself, not a cache
    sink.byte(kind.rawValue)  // 9: data type
    sink.byte(1)  // 10: minimum transfer size, bytes (edk2-nvidia, HmatParser.h)
    sink.zeros(1)  // 11: reserved
    sink.littleEndian(UInt32(truncatingIfNeeded: rows))  // 12: initiator domains
    sink.littleEndian(UInt32(truncatingIfNeeded: columns))  // 16: target domains
    sink.zeros(4)  // 20: reserved
    // 24: base unit: 1000 ps for latencies, 1000 MB/s for bandwidths (edk2-nvidia, HmatParser.h)
    sink.littleEndian(UInt64(1000))
    for domain in initiators { sink.littleEndian(UInt32(truncatingIfNeeded: domain)) }
    for (index, domain) in targets.enumerated() {
      let isWrong = index == columns - 1 && topology.has(.attributesUnknownDomain)
      sink.littleEndian(UInt32(truncatingIfNeeded: isWrong ? owners.count : domain))
    }
    for from in initiators {
      for to in targets { sink.littleEndian(value(kind, from: from, to: to) ?? Self.absent) }
    }
  }

  /// No way, or no number for it (ACPI 6.5, 5.2.28.4).
  private static var absent: UInt16 { 0xffff }
  /// Nanoseconds for each unit of distance, where no latency is given: 100 ns to oneself. The scale is this project's;
  /// a SLIT's distances are relative latencies.
  private static var nanosecondsPerUnit: UInt16 { 10 }
  /// GB/s of a Grace CPU to its own memory: STREAM on a GH200 with 480 GB (press report of 2024 on arXiv 2408.11556).
  private static var ownMemoryBandwidth: UInt16 { 486 }

  private func value(_ kind: Kind, from: Int, to: Int) -> UInt16? {
    let distance = distances.distance(from: from, to: to)
    guard distance != DistanceTable.unreachable else { return nil }
    let way = way(from: from, to: to)
    switch kind {
    case .readLatency: return way.isElsewhere ? nil : way.read ?? UInt16(distance) * Self.nanosecondsPerUnit
    case .writeLatency:
      return way.isElsewhere ? nil : way.write ?? way.read ?? UInt16(distance) * Self.nanosecondsPerUnit
    case .accessBandwidth: return way.bandwidth
    }
  }

  /// What is known of a way from an initiator to a memory.
  private struct Way {
    var read: UInt16?
    var write: UInt16?
    var bandwidth: UInt16?
    /// Whether the machine's own table speaks of it.
    var isElsewhere = false
  }

  private func way(from: Int, to: Int) -> Way {
    switch (owners[from], owners[to]) {
    case (.machine, .machine):
      return Way(
        bandwidth: from == to && !topology.machine.hasAttributes ? Self.ownMemoryBandwidth : nil,
        isElsewhere: topology.machine.hasAttributes)
    case (.machine, .gpu(let index)): return Self.inward(topology.gpus[index].link(toHost: from))
    case (.gpu(let index), .machine): return Self.outward(topology.gpus[index].link(toHost: to))
    case (.gpu(let one), .gpu(let other)):
      let options = topology.gpus[one].gpu.options
      if one == other { return Self.inward(options.local) }
      return Self.slower(options.peer, topology.gpus[other].gpu.options.peer)
    case (.gpu(let index), .extended(let host)):
      guard let host else { return Way() }
      return Self.outward(topology.gpus[index].link(toHost: Int(host)))
    case (.machine, .extended(let host)):
      // The same memory as the host's own.
      return Way(bandwidth: host.map { Int($0) == from } == true ? Self.ownMemoryBandwidth : nil)
    case (.nobody, _), (_, .nobody), (.extended, _): return Way()
    }
  }

  private static func inward(_ link: Link) -> Way {
    Way(read: link.readLatency, write: link.writeLatency, bandwidth: link.bandwidthIn)
  }

  private static func outward(_ link: Link) -> Way {
    Way(read: link.readLatency, write: link.writeLatency, bandwidth: link.bandwidthOut)
  }

  /// Between two GPUs the slower link decides; where one says nothing, the other does.
  private static func slower(_ one: Link, _ other: Link) -> Way {
    Way(
      read: either(one.readLatency, other.readLatency) { max($0, $1) },
      write: either(one.writeLatency, other.writeLatency) { max($0, $1) },
      bandwidth: either(one.bandwidthOut, other.bandwidthIn) { min($0, $1) })
  }

  private static func either(_ one: UInt16?, _ other: UInt16?, _ choose: (UInt16, UInt16) -> UInt16)
    -> UInt16?
  {
    guard let one, let other else { return one ?? other }
    return choose(one, other)
  }
}
