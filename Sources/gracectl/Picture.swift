// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance

/// A topology as it is drawn: which boxes there are and what stands in them. Where they are is the drawing's business.
struct Picture: Equatable {
  /// What a box stands for.
  enum Kind: Equatable { case processors, gpu, initiator, memory }

  /// One thing, or several that differ in number and place alone and are drawn as a stack.
  struct Box: Equatable {
    var kind: Kind
    var title: String
    /// Names of the things in the stack, in their order.
    var names: [String]
    var count = 1
    var domains: [UInt32]
    /// Such as `96 GiB`; of each.
    var memory: String?
    /// Lines below.
    var details: [String] = []
    /// What the line to the processors is labelled with.
    var link: [String] = []

    /// Whether two boxes can be in one stack.
    func isLike(_ other: Box) -> Bool {
      kind == other.kind && domains.count * other.count == other.domains.count * count
        && memory == other.memory && link == other.link
    }
  }

  /// Processors of a domain, or of several that are alike, and what is nearest to them.
  struct Column: Equatable {
    var processors: Box?
    var attached: [Box] = []
    /// What the line to the column on the right is labelled with.
    var link: [String] = []
  }

  /// A piece of the address map; several of the same kind and size in a row are one.
  struct Strip: Equatable {
    /// `nil` for a hole.
    var kind: TopologyRange.Kind?
    var base: UInt64
    var last: UInt64
    /// Bytes of each.
    var byteCount: UInt64
    var label: String
    var depth = 0
    var count = 1
  }

  /// Columns that are drawn beside each other or below; more are stacked.
  static let columnLimit = 8
  /// Boxes that are drawn in a column; more are stacked.
  static let attachedLimit = 8
  /// Boxes that are drawn in all columns together; more are stacked.
  static let boxLimit = 16
  /// Pieces of the address map that are drawn; more are joined.
  static let stripLimit = 20

  var columns: [Column]
  var strips: [Strip]
  /// The SLIT, or the first matrix that there is, and its groups.
  var groups: [DomainGroup]
  var matrix: TopologyMatrix?
  /// A line below the title.
  var summary: String

  init(_ topology: Topology) {
    columns = Self.columns(topology)
    strips = Self.strips(topology.map)
    groups = topology.groups
    matrix = topology.matrices.first
    let sockets = topology.domains.count { $0.processors > 0 }
    let gpus = topology.devices.count { $0.kind == .gpu }
    summary = [
      Units.count(topology.domains.count, "proximity domain"), "\(sockets) with processors",
      Units.count(gpus, "GPU"),
    ].joined(separator: ", ")
  }

  // MARK: - Boxes

  private static func columns(_ topology: Topology) -> [Column] {
    var columns: [UInt32?: Column] = [:]
    var order: [UInt32?] = []
    for domain in topology.domains where domain.processors > 0 {
      order.append(domain.number)
      columns[domain.number] = Column(
        processors: Box(
          kind: .processors, title: "CPU", names: ["\(domain.number)"], domains: [domain.number],
          memory: domain.byteCount > 0 ? Units.bytes(domain.byteCount) : nil,
          details: [Units.count(domain.processors, "processor")]))
    }
    func attach(_ box: Box, to domain: UInt32?) {
      let key = domain.flatMap { columns[$0] == nil ? nil : $0 } ?? order.first ?? nil
      if columns[key] == nil { order.append(key) }
      columns[key, default: Column()].attached.append(box)
    }
    var drawn = Set(order.compactMap { $0 })
    for device in topology.devices {
      drawn.formUnion(device.domains)
      attach(box(device, in: topology), to: device.nearest)
    }
    for (box, nearest) in memories(topology, drawn: drawn) { attach(box, to: nearest) }
    return linked(collapsed(order.compactMap { columns[$0] }), topology)
  }

  /// Domains that have neither processors nor a device, with the processors that they are nearest to.
  private static func memories(_ topology: Topology, drawn: Set<UInt32>) -> [(box: Box, nearest: UInt32?)] {
    var result: [(box: Box, nearest: UInt32?)] = []
    for domain in topology.domains where !drawn.contains(domain.number) {
      let number = domain.number
      let owner = topology.devices.first { $0.extendedDomain == number }
      let nearest = owner?.nearest ?? topology.nearest(to: number).first
      let box = Box(
        kind: .memory, title: owner == nil ? "Memory" : "Extended memory", names: ["\(number)"],
        domains: [number], memory: domain.byteCount > 0 ? Units.bytes(domain.byteCount) : nil,
        details: domain.takesMemoryLater ? ["memory is added later"] : [],
        link: links(topology, from: nearest, to: number))
      // Domains that only differ in their numbers are one box, as a GPU's are.
      if let last = result.last, last.nearest == nearest, last.box.memory == nil, box.memory == nil,
        (last.box.title, last.box.details, last.box.link) == (box.title, box.details, box.link)
      {
        result[result.count - 1].box.domains.append(number)
      } else {
        result.append((box, nearest))
      }
    }
    return result
  }

  private static func box(_ device: TopologyDevice, in topology: Topology) -> Box {
    var details: [String] = []
    if let base = device.memoryBase { details.append("from \(Units.address(base))") }
    if let bytes = device.extendedByteCount {
      details.append("EGM \(Units.bytes(bytes))\(device.extendedDomain.map { ", domain \($0)" } ?? "")")
    }
    return Box(
      kind: device.kind == .gpu ? .gpu : .initiator, title: device.kind == .gpu ? "GPU" : "Initiator",
      names: [device.name], domains: device.domains, memory: device.memoryByteCount.map(Units.bytes),
      details: details, link: links(topology, from: device.nearest, to: device.domains.first))
  }

  /// Distance, read latency and bandwidth between two domains: what there is of them.
  private static func links(_ topology: Topology, from: UInt32?, to: UInt32?) -> [String] {
    guard let from, let to else { return [] }
    return topology.matrices.compactMap { matrix in
      guard matrix.table == "SLIT" || !matrix.name.hasPrefix("Write"),
        let there = topology.value(matrix, from: from, to: to)
      else { return nil }
      let back = topology.value(matrix, from: to, to: from)
      // A domain of memory alone says 255 in its whole row.
      let isBoth = back == nil || back == there || (matrix.table == "SLIT" && back == 255)
      let value = isBoth ? Units.number(there) : "\(Units.number(there))/\(Units.number(back ?? 0))"
      return matrix.unit.isEmpty ? "distance \(value)" : "\(value) \(matrix.unit)"
    }
  }

  private static func linked(_ columns: [Column], _ topology: Topology) -> [Column] {
    var columns = columns
    for index in columns.indices.dropLast() {
      columns[index].link = links(
        topology, from: columns[index].processors?.domains.last,
        to: columns[index + 1].processors?.domains.first)
    }
    return columns
  }
}
