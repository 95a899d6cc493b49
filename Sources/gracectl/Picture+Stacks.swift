// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance

/// What is too much to be drawn one by one is drawn as stacks of what is alike.
extension Picture {
  /// Columns with stacks where there are many boxes, and stacks of columns where there are many of them.
  static func collapsed(_ columns: [Column]) -> [Column] {
    let isFull = columns.map(\.attached.count).reduce(0, +) > boxLimit
    let columns = columns.map { column in
      var column = column
      if isFull || column.attached.count > attachedLimit { column.attached = stacked(column.attached) }
      return column
    }
    guard columns.count > columnLimit else { return columns }
    var result: [Column] = []
    for column in columns {
      if let last = result.last, last.isLike(column) {
        result[result.count - 1] = last.joined(with: column)
      } else {
        result.append(column)
      }
    }
    return result
  }

  private static func stacked(_ boxes: [Box]) -> [Box] {
    var result: [Box] = []
    for box in boxes {
      if let last = result.last, last.isLike(box) {
        result[result.count - 1] = last.joined(with: box)
      } else {
        result.append(box)
      }
    }
    return result
  }

  /// Ranges and holes; where there are many, those that take turns in the same way are one.
  static func strips(_ map: [Topology.MapRow]) -> [Strip] {
    let strips = map.map { row in
      switch row {
      case .range(let range):
        Strip(
          kind: range.kind, base: range.base, last: range.last, byteCount: range.byteCount,
          label: [plainLabel(range.kind), range.domain.map { "domain \($0)" } ?? range.owner].compactMap {
            $0
          }
          .joined(separator: ", "),
          depth: range.depth)
      case .hole(let base, let last):
        Strip(
          kind: nil, base: base, last: last, byteCount: last - base == .max ? .max : last - base + 1,
          label: "")
      }
    }
    guard strips.count > stripLimit else { return strips }
    var result: [Strip] = []
    var index = 0
    while index < strips.count {
      let (period, repeats) = repetition(in: strips, at: index)
      for offset in 0..<period {
        var strip = strips[index + offset]
        if repeats > 1, let kind = strip.kind {
          strip.count = repeats
          strip.label = plainLabel(kind)
        }
        strip.last = strips[index + (repeats - 1) * period + offset].last
        result.append(strip)
      }
      index += period * repeats
    }
    // Garbage has ranges that are all different; the picture ends somewhere.
    return Array(result.prefix(4 * stripLimit))
  }

  /// How many strips from `start` on come again in the same way, and how often: a hole and a GPU's memory, or what one
  /// socket has.
  private static func repetition(in strips: [Strip], at start: Int) -> (period: Int, repeats: Int) {
    var best = (period: 1, repeats: 1)
    for period in 1...8 where start + 2 * period <= strips.count {
      var end = start + period
      while end < strips.count, strips[end].isLike(strips[end - period]) { end += 1 }
      let repeats = (end - start) / period
      if repeats > 1, repeats * period > best.repeats * best.period { best = (period, repeats) }
    }
    return best
  }

  private static func plainLabel(_ kind: TopologyRange.Kind) -> String {
    switch kind {
    case .memory: "memory"
    case .later: "memory that is added later"
    case .persistent: "memory that keeps its contents"
    case .gpuMemory: "GPU memory"
    case .extendedMemory: "extended GPU memory"
    case .window: "PCI window"
    }
  }
}

extension Picture.Strip {
  /// Whether both are holes, or ranges that differ in their addresses alone.
  fileprivate func isLike(_ other: Picture.Strip) -> Bool {
    kind == other.kind && (kind == nil || (byteCount == other.byteCount && depth == other.depth))
  }
}

extension Picture.Box {
  /// One stack of both.
  func joined(with other: Picture.Box) -> Picture.Box {
    var box = self
    box.count += other.count
    box.names += other.names
    box.domains += other.domains
    if box.details != other.details { box.details = [] }
    return box
  }
}

extension Picture.Column {
  fileprivate func isLike(_ other: Picture.Column) -> Bool {
    processors?.kind == other.processors?.kind && processors?.memory == other.processors?.memory
      && processors?.details == other.processors?.details && attached.count == other.attached.count
      && zip(attached, other.attached).allSatisfy { $0.isLike($1) }
  }

  fileprivate func joined(with other: Picture.Column) -> Picture.Column {
    var column = self
    if let processors, let more = other.processors { column.processors = processors.joined(with: more) }
    column.attached = zip(attached, other.attached).map { $0.joined(with: $1) }
    return column
  }
}
