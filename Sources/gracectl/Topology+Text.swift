// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance

extension Topology {
  /// Groups that a matrix is printed as a square of; more of them are printed as a list for each row.
  private static let squareLimit = 16

  /// For people: address map, domains, and a square for each matrix.
  func text(notes: [String]) -> String {
    var sections: [[String]] = []
    if !map.isEmpty { sections.append(["Address map"] + mapLines) }
    if !domains.isEmpty { sections.append(["Proximity domains"] + domainLines) }
    if !devices.isEmpty { sections.append(["Devices"] + devices.flatMap(deviceLines)) }
    sections += matrices.map { [title($0)] + (groups.count > Self.squareLimit ? list($0) : square($0)) }
    if sections.isEmpty { sections = [["The tables describe no domains, no memory and no distances."]] }
    if !notes.isEmpty { sections.append(notes.map { "note: \($0)" }) }
    return sections.map { $0.map(plain).joined(separator: "\n") }.joined(separator: "\n\n")
  }

  private var mapLines: [String] {
    map.map { row in
      switch row {
      case .range(let range):
        line(range.base, range.last, Units.bytes(range.byteCount), indent: range.depth, range.label)
      case .hole(let base, let last):
        line(base, last, last - base == .max ? "all" : Units.bytes(last - base + 1), indent: 0, "-")
      }
    }
  }

  private func line(_ base: UInt64, _ last: UInt64, _ size: String, indent: Int, _ text: String) -> String {
    let indent = String(repeating: "  ", count: min(indent, 8))
    return
      "  \(Units.address(base)) to \(Units.address(last))  \(size.padded(to: 10, atStart: true))  \(indent)\(text)"
  }

  private var domainLines: [String] {
    let rows = alikeDomains
    let width = rows.map(\.group.text.count).max() ?? 0
    return rows.map { "  \($0.group.text.padded(to: width))  \($0.domain.summary.joined(separator: "; "))" }
  }

  private func deviceLines(_ device: TopologyDevice) -> [String] {
    let title =
      (device.kind == .gpu ? "GPU " : "initiator ") + device.name + (device.ids.map { " (\($0))" } ?? "")
    return ["  \(title)"] + device.details.map { "    \($0)" }
  }

  private func title(_ matrix: TopologyMatrix) -> String {
    let unit = matrix.unit.isEmpty ? "" : " in \(matrix.unit)"
    return "\(matrix.name)\(unit) (\(matrix.table)), rows to columns"
  }

  private func square(_ matrix: TopologyMatrix) -> [String] {
    let cells = matrix.cells.map { $0.map(\.text) }
    let labels = groups.map(\.text)
    let width = max(4, ((cells.flatMap { $0 } + labels).map(\.count).max() ?? 0) + 2)
    let first = labels.map(\.count).max() ?? 0
    let head = "  " + String(repeating: " ", count: first) + row(labels, width)
    return [head] + zip(labels, cells).map { "  \($0.padded(to: first))\(row($1, width))" }
  }

  private func row(_ texts: [String], _ width: Int) -> String {
    texts.map { $0.padded(to: width, atStart: true) }.joined()
  }

  /// For each row the values in the order in which they come up, with the groups that have them.
  private func list(_ matrix: TopologyMatrix) -> [String] {
    let first = groups.map(\.text.count).max() ?? 0
    return zip(groups, matrix.cells).map { group, cells in
      var order: [String] = []
      var members: [String: [DomainGroup]] = [:]
      for (column, cell) in zip(groups, cells) {
        if members[cell.text] == nil { order.append(cell.text) }
        members[cell.text, default: []].append(column)
      }
      let parts = order.map { "\($0) to \(DomainGroup.joined(members[$0] ?? []))" }
      return "  \(group.text.padded(to: first))  \(parts.joined(separator: "; "))"
    }
  }
}

extension DomainGroup {
  /// The groups with those joined that follow on each other, such as `1-16 20`.
  static func joined(_ groups: [DomainGroup]) -> String {
    var ranges: [(first: UInt32, last: UInt32)] = []
    for group in groups {
      if let last = ranges.last, last.last < group.first, group.first - last.last == 1 {
        ranges[ranges.count - 1].last = group.last
      } else {
        ranges.append((group.first, group.last))
      }
    }
    return ranges.map { $0.first == $0.last ? "\($0.first)" : "\($0.first)-\($0.last)" }.joined(
      separator: " ")
  }
}

extension TopologyMatrix.Cell {
  /// `10`, or `10/11` for a domain itself and the others of its group; `-` where there is no value.
  var text: String {
    let texts = [own, other].compactMap { $0.map(Units.number) }
    return texts.isEmpty ? "-" : texts.joined(separator: "/")
  }
}

extension TopologyDomain {
  /// What it has.
  var summary: [String] {
    var parts: [String] = []
    if processors > 0 { parts.append(Units.count(processors, "processor")) }
    if byteCount > 0 { parts.append("\(Units.bytes(byteCount)) of memory") }
    parts += initiators.prefix(4).map { "generic initiator \($0)" }
    if initiators.count > 4 { parts.append("and \(initiators.count - 4) more") }
    if takesMemoryLater { parts.append("memory is added later") }
    return parts.isEmpty ? ["nothing"] : parts
  }
}

extension TopologyDevice {
  /// What is known of it, in lines.
  var details: [String] {
    var lines = [domains.isEmpty ? "no domains" : "domains \(domainText)"]
    if let memoryBase {
      lines.append(
        "memory: \(memoryByteCount.map(Units.bytes) ?? "no size") at \(Units.address(memoryBase))")
    }
    if let extendedByteCount {
      let domain = extendedDomain.map { ", domain \($0)" } ?? ""
      lines.append("extended memory: \(Units.bytes(extendedByteCount))\(domain)")
    }
    if let path, path != name { lines.append("described by \(path)") }
    if let nearest { lines.append("nearest processors: domain \(nearest)") }
    return lines
  }

  /// Such as `1-8 12`.
  var domainText: String { DomainGroup.joined(domains.map { DomainGroup(first: $0, last: $0) }) }
}

extension TopologyRange {
  /// What the range is, and whose.
  var label: String {
    let place = domain.map { ", domain \($0)" } ?? ""
    let owner = owner.map { " of \($0)" } ?? ""
    return switch kind {
    case .memory: "memory\(place)"
    case .later: "memory that is added later\(place)"
    case .persistent: "memory that keeps its contents\(place)"
    case .gpuMemory: "GPU memory\(owner)"
    case .extendedMemory: "extended GPU memory\(owner)\(place)"
    case .window: "PCI window\(owner)"
    }
  }
}
