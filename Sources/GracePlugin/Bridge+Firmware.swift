// SPDX-License-Identifier: GPL-2.0-or-later

import CQemuBridge
import GraceDeviceModel
import GraceFirmware

// ACPI tables for all GPUs of a machine.

func firmware(
  _ topology: UnsafePointer<GraceTopology>, _ table: GraceTable, _ sink: GraceSink,
  _ context: UnsafeMutableRawPointer?, _ error: UnsafeMutablePointer<GraceError>
) -> GraceStatus {
  guard isComplete(topology.pointee.struct_size, GraceTopology.self) else {
    return fail(error, GRACE_E_ARGUMENT, "the topology is too short; build QEMU with this plug-in's header")
  }
  guard topology.pointee.placement_count <= Need.largestPlacementCount else {
    return fail(error, GRACE_E_ARGUMENT, "the host has more GPUs than ACPI has buses for; leave some out")
  }
  for index in 0..<Int(topology.pointee.placement_count)
  where topology.pointee.placements[index].path_count > Need.largestPathCount {
    return fail(
      error, GRACE_E_ARGUMENT, "the host has a GPU behind more bridges than there are buses; leave some out")
  }
  let status = withReserve(Need.tables(topology.pointee)) {
    make(topology.pointee, table, sink, context, error)
  }
  return status ?? fail(error, GRACE_E_MEMORY, Need.noMemory)
}

private func make(
  _ topology: GraceTopology, _ table: GraceTable, _ sink: GraceSink, _ context: UnsafeMutableRawPointer?,
  _ error: UnsafeMutablePointer<GraceError>
) -> GraceStatus {
  let bytes: [UInt8]
  do throws(TopologyError) {
    let placed = try placedTopology(topology)
    switch table {
    case GRACE_TABLE_SRAT: bytes = AffinityTable(placed).encoded
    case GRACE_TABLE_SSDT: bytes = NamespaceTable(placed).encoded
    case GRACE_TABLE_SLIT: bytes = DistanceTable(placed).encoded
    case GRACE_TABLE_HMAT: bytes = AttributeTable(placed).encoded
    default: return fail(error, GRACE_E_ARGUMENT, "this plug-in makes no ACPI table of kind \(table)")
    }
  } catch let problem {
    return fail(error, GRACE_E_TOPOLOGY, problem.message)
  }
  bytes.withUnsafeBufferPointer { buffer in
    if let start = buffer.baseAddress, buffer.count > 0 {
      _ = sink(context, start, UInt32(truncatingIfNeeded: buffer.count))
    }
  }
  return GRACE_OK
}

private func placedTopology(_ topology: GraceTopology) throws(TopologyError) -> Topology {
  var gpus: [GPU] = []
  for index in 0..<Int(topology.placement_count) {
    gpus.append(try gpu(topology.placements[index]))
  }
  return try Topology(gpus: gpus, machine: machine(topology), domainLimit: topology.domain_limit)
}

/// What the machine says of its own domains. Their number is bounded by what an SRAT of QEMU's can have.
private func machine(_ topology: GraceTopology) -> MachineDomains {
  let count = min(topology.first_free_domain, topology.domain_limit)
  var distances: [UInt8] = []
  var hasProcessors: [Bool] = []
  if count == topology.first_free_domain {
    if let start = topology.distances {
      distances = Array(UnsafeBufferPointer(start: start, count: Int(count) * Int(count)))
    }
    if let flags = topology.domain_flags {
      for domain in 0..<Int(count) {
        hasProcessors.append(UInt32(flags[domain]) & GRACE_DOMAIN_HAS_PROCESSORS != 0)
      }
    }
  }
  return MachineDomains(
    count: count, distances: distances, hasProcessors: hasProcessors,
    hasAttributes: topology.flags & GRACE_TOPOLOGY_HAS_ATTRIBUTES != 0,
    nodesExist: topology.flags & GRACE_TOPOLOGY_NODES_EXIST != 0)
}

private func gpu(_ placement: GracePlacement) throws(TopologyError) -> GPU {
  guard let name = NameSegment(text(placement.root_name)) else { throw .badName }
  let device = device(placement.device)
  let options = device.pointee.options
  let isBareMetal = options.representation == .bareMetal
  return GPU(
    address: PCIAddress(segment: placement.segment, bus: placement.bus, devfn: placement.devfn),
    root: HostBridge(name: name, domain: placement.root_domain == .max ? nil : placement.root_domain),
    path: Array(UnsafeBufferPointer(start: placement.path, count: Int(placement.path_count))),
    domainCount: options.domainCount, firstDomain: options.firstDomain,
    memory: isBareMetal ? CoherentMemory(base: options.memoryBase, size: options.memorySize) : nil,
    expressOffset: isBareMetal ? options.expressOffset : nil, options: options.firmware)
}
