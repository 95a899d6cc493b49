// SPDX-License-Identifier: GPL-2.0-or-later

extension Evidence {
  /// The machine that the tables describe.
  public func topology() -> Topology {
    let parts = Checker(self)
    var topology = Topology()
    topology.domains = parts.srat.map(TopologyDomain.all) ?? []
    var numbers = topology.domains.map(\.number)
    if parts.srat == nil, let side = parts.slit?.side {
      numbers = (0..<UInt32(clamping: min(side, DomainMatrix.domainLimit))).map { $0 }
    }
    if numbers.count <= DomainMatrix.domainLimit {
      let distances = parts.slit.flatMap { DomainMatrix($0, domains: numbers) }
      let attributes = (parts.hmat?.structures ?? []).lazy.compactMap { DomainMatrix($0) }
      let matrices = [distances].compactMap { $0 } + attributes.prefix(DomainMatrix.limit)
      if !matrices.isEmpty {
        topology.groups = DomainGroup.all(numbers, in: matrices)
        topology.matrices = matrices.map { TopologyMatrix($0, groups: topology.groups) }
      }
    }
    topology.devices = TopologyDevice.all(in: parts)
    for index in topology.devices.indices {
      topology.devices[index].nearest = nearest(to: topology.devices[index], in: topology)
    }
    topology.ranges = TopologyRange.all(in: parts, devices: topology.devices)
    return topology
  }

  /// The domain with processors that a device belongs to: by distance, and where those are equal by the `_PXM` of what
  /// it lies behind in the namespace.
  private func nearest(to device: TopologyDevice, in topology: Topology) -> UInt32? {
    let candidates = topology.nearest(to: device.domains.first)
    guard candidates.count > 1, let path = device.path else { return candidates.first }
    let proximities = (namespace?.objects ?? []).filter {
      $0.name == "_PXM" && !$0.device.isEmpty && (path + ".").hasPrefix($0.device + ".")
    }
    guard let object = proximities.max(by: { $0.path.count < $1.path.count }),
      case .integer(let domain)? = object.value
    else { return candidates.first }
    return candidates.first { UInt64($0) == domain } ?? candidates.first
  }
}

extension Topology {
  /// The domains with processors that have the least distance to a domain; all of them if no distance says otherwise.
  public func nearest(to domain: UInt32?) -> [UInt32] {
    let processors = domains.filter { $0.processors > 0 }.map(\.number)
    guard let domain, let distances = matrices.first(where: { $0.table == "SLIT" }) else { return processors }
    // From the processors: a domain of memory alone has no way from itself to anywhere.
    let values = processors.map { value(distances, from: $0, to: domain) ?? 255 }
    guard let least = values.min() else { return processors }
    return zip(processors, values).filter { $0.1 == least }.map(\.0)
  }
}

extension TopologyDomain {
  /// The domains of an SRAT.
  static func all(in srat: SRAT) -> [TopologyDomain] {
    var domains: [UInt32: TopologyDomain] = [:]
    for number in srat.domains { domains[number] = TopologyDomain(number: number) }
    for entry in srat.enabled where entry.type.isProcessor {
      if let number = entry.domain { domains[number]?.processors += 1 }
    }
    for memory in srat.memory where memory.isEnabled {
      guard var domain = domains[memory.domain] else { continue }
      if memory.isPresent {
        let sum = domain.byteCount.addingReportingOverflow(memory.length)
        domain.byteCount = sum.overflow ? .max : sum.partialValue
      }
      domain.takesMemoryLater = domain.takesMemoryLater || memory.isHotPluggable
      domains[memory.domain] = domain
    }
    for group in HandleGroup.all(in: srat) {
      let enabled = Set(group.initiators.filter(\.isEnabled).map(\.domain))
      for domain in enabled { domains[domain]?.initiators.append(group.text) }
    }
    return domains.values.sorted { $0.number < $1.number }
  }
}

extension TopologyRange {
  /// All ranges by address, each with the number of those that it lies in.
  static func all(in parts: Checker, devices: [TopologyDevice]) -> [TopologyRange] {
    var ranges = (parts.srat?.memory ?? []).filter(\.isEnabled).compactMap { memory in
      TopologyRange(
        memory.flags & 4 != 0 ? .persistent : memory.isHotPluggable ? .later : .memory, memory.range,
        domain: memory.domain)
    }
    for properties in parts.properties.filter(\.isGrace) {
      let owner = devices.first { $0.path == properties.devicePath }?.name ?? properties.devicePath
      let domain = properties.integer("nvidia,egm-pxm").flatMap(UInt32.init(exactly:))
      ranges += [
        properties.memory.flatMap { TopologyRange(.gpuMemory, $0, owner: owner) },
        properties.extendedMemory.flatMap {
          TopologyRange(.extendedMemory, $0, domain: domain, owner: owner)
        },
      ].compactMap { $0 }
    }
    for object in parts.evidence.namespace?.objects ?? [] where object.name == "_CRS" {
      guard case .buffer(let bytes)? = object.value else { continue }
      ranges += ResourceTemplate(bytes).windows.compactMap {
        TopologyRange(.window, $0, owner: object.device)
      }
    }
    return nested(Array(ranges.prefix(limit)))
  }

  /// Ranges that are drawn at most; a table of garbage has a million.
  private static let limit = 4096

  /// Sorted, with depths. GPUs of one socket name the same extended memory, which is drawn once.
  static func nested(_ ranges: [TopologyRange]) -> [TopologyRange] {
    var result: [TopologyRange] = []
    var open: [UInt64] = []
    let sorted = ranges.enumerated().sorted { left, right in
      let (one, other) = (left.element, right.element)
      if one.base != other.base { return one.base < other.base }
      return one.last == other.last ? left.offset < right.offset : one.last > other.last
    }
    for (_, range) in sorted {
      if let last = result.last, range.kind == .extendedMemory, last.kind == range.kind,
        (last.base, last.last) == (range.base, range.last)
      {
        result[result.count - 1].owner = [last.owner, range.owner].compactMap { $0 }.joined(separator: ", ")
        continue
      }
      open.removeAll { $0 < range.base }
      var range = range
      range.depth = open.count
      open.append(range.last)
      result.append(range)
    }
    return result
  }
}
