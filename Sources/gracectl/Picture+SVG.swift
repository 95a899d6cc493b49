// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance
import SVGDrawing

extension Picture {
  static let width = 1200.0
  static let margin = 30.0

  /// The picture: boxes above, the address map and the distances below.
  var svg: String {
    var canvas = SVGCanvas()
    canvas.text("Machine that the ACPI tables describe", Self.margin, 46, size: 24, bold: true)
    canvas.text(summary, Self.margin, 70, size: 15, fill: Palette.faint)
    var bottom = drawColumns(on: &canvas, top: 96)
    if !strips.isEmpty || matrix != nil {
      canvas.line(
        [(Self.margin, bottom), (Self.width - Self.margin, bottom)], stroke: Palette.none, width: 1)
      bottom += 34
    }
    let hasBoth = !strips.isEmpty && matrix != nil
    let map = drawMap(on: &canvas, left: Self.margin, top: bottom)
    let grid = drawGrid(on: &canvas, left: hasBoth ? 664 : Self.margin, top: bottom)
    return canvas.document(
      width: Self.width, height: max(map, grid) + 20,
      title: "Machine that the ACPI tables describe: \(summary)"
    )
  }
}

// MARK: - Boxes

extension Picture {
  private static let gap = 86.0
  private static let channel = 20.0
  private static let widest = 300.0
  private static let narrowest = 236.0

  /// Draws the columns, up to four beside each other, and returns where the next thing begins.
  private func drawColumns(on canvas: inout SVGCanvas, top: Double) -> Double {
    guard !columns.isEmpty else { return top }
    let rows = (columns.count + 3) / 4
    let perRow = (columns.count + rows - 1) / rows
    let slot = (Self.width - 2 * Self.margin - Self.gap * Double(perRow - 1)) / Double(perRow)
    var top = top
    for start in stride(from: 0, to: columns.count, by: perRow) {
      let row = Array(columns[start..<min(start + perRow, columns.count)])
      let layouts = row.map { ColumnLayout($0, slot: slot) }
      let sum = layouts.map(\.width).reduce(0, +) + Self.gap * Double(row.count - 1)
      var left = max(Self.margin, (Self.width - sum) / 2)
      let head = row.map { $0.processors?.height ?? 0 }.max() ?? 0
      var bottom = top
      for (index, (column, layout)) in zip(row, layouts).enumerated() {
        bottom = max(bottom, draw(column, layout, on: &canvas, left: left, top: top, head: head))
        if index + 1 < row.count, column.processors != nil, row[index + 1].processors != nil {
          drawLink(column.link, on: &canvas, left: left + layout.width, middle: top + head / 2)
        }
        left += layout.width + Self.gap
      }
      top = bottom + 34
    }
    return top
  }

  /// How the boxes of a column stand: as many beside each other as are legible.
  private struct ColumnLayout {
    let perRow: Int
    let box: Double
    let width: Double
    var step: Double { box + Picture.channel }

    init(_ column: Column, slot: Double) {
      let fitting = max(1, Int(slot / (Picture.narrowest + Picture.channel)))
      perRow = max(1, min(column.attached.count, fitting))
      box = min(Picture.widest, slot / Double(perRow) - Picture.channel)
      width = Double(perRow) * (box + Picture.channel)
    }
  }

  private func draw(
    _ column: Column, _ layout: ColumnLayout, on canvas: inout SVGCanvas, left: Double, top: Double,
    head: Double
  ) -> Double {
    let origin = top
    var top = top + head
    for start in stride(from: 0, to: column.attached.count, by: layout.perRow) {
      let row = column.attached[start..<min(start + layout.perRow, column.attached.count)]
      let height = row.map(\.height).max() ?? 0
      for (index, box) in row.enumerated() {
        let slot = left + Double(index) * layout.step
        if column.processors != nil {
          drawBranch(
            box.link, on: &canvas, slot: slot, from: origin + head, to: top + 40 + height / 2, text: top + 31,
            width: layout.box)
        }
        box.draw(on: &canvas, left: slot + Self.channel, top: top + 40, width: layout.box, height: height)
      }
      top += 40 + height + (row.contains { $0.count > 1 } ? 8 : 4)
    }
    // Last, so that lines end at its edge.
    column.processors?.draw(on: &canvas, left: left, top: origin, width: layout.width, height: head)
    return top
  }

  /// A line that comes down beside the boxes above and turns into this one.
  private func drawBranch(
    _ label: [String], on canvas: inout SVGCanvas, slot: Double, from: Double, to: Double, text: Double,
    width: Double
  ) {
    let x = slot + Self.channel / 2
    canvas.line([(x, from), (x, to), (slot + Self.channel, to)], stroke: Palette.line)
    // Distance, latency and bandwidth in both directions need the smaller letters.
    let whole = label.joined(separator: " \u{b7} ")
    let size: Double = SVGCanvas.fitted(whole, width: width + 8, size: 12) == whole ? 12 : 10.5
    canvas.text(
      SVGCanvas.fitted(whole, width: width + 8, size: size), x + 8, text, size: size, fill: Palette.faint)
  }

  private func drawLink(_ label: [String], on canvas: inout SVGCanvas, left: Double, middle: Double) {
    canvas.line([(left, middle), (left + Self.gap, middle)], stroke: Palette.line)
    for (index, text) in label.enumerated() {
      // The first above the line, the others below.
      let y = index == 0 ? middle - 7 : middle + 2 + 16 * Double(index)
      canvas.text(text, left + Self.gap / 2, y, size: 12, fill: Palette.faint, anchor: .middle)
    }
  }
}

extension Picture.Box {
  private static let squares = 9

  /// Pixels that the box needs.
  var height: Double {
    40 + (domains.isEmpty ? 0 : 30) + (memory == nil ? 0 : 30) + 18 * Double(lines.count)
  }

  private var lines: [String] {
    guard count > 1, let first = names.first, let last = names.last else { return details }
    return (kind == .processors ? [] : ["first \(first)", "last \(last)"]) + details
  }

  private var heading: String {
    count > 1
      ? "\(count) \u{d7} \(title)"
      : [.processors, .memory].contains(kind) ? title : "\(title) \(names.first ?? "")"
  }

  /// Draws the box at a height that can be more than it needs.
  func draw(on canvas: inout SVGCanvas, left: Double, top: Double, width: Double, height: Double) {
    let colors = Palette.box(kind)
    if count > 1 {
      for offset in [8.0, 4.0] {
        canvas.rect(
          left + offset, top + offset, width - 4, height, fill: colors.fill, stroke: colors.stroke, radius: 6)
      }
    }
    canvas.rect(left, top, width, height, fill: colors.fill, stroke: colors.stroke, radius: 6)
    let inner = width - 24
    canvas.text(
      SVGCanvas.fitted(heading, width: inner, size: 16, bold: true), left + 12, top + 25, size: 16, bold: true
    )
    var y = top + 36
    if !domains.isEmpty {
      drawDomains(on: &canvas, left: left + 12, top: y, width: inner, stroke: colors.stroke)
      y += 30
    }
    if let memory {
      canvas.rect(left + 12, y, inner, 24, fill: colors.stroke, radius: 3)
      let text = count > 1 ? "\(memory) each" : kind == .gpu ? "\(memory) coherent" : memory
      canvas.text(
        SVGCanvas.fitted(text, width: inner - 16, bold: true), left + 20, y + 17, fill: Palette.paper,
        bold: true)
      y += 30
    }
    for line in lines {
      canvas.text(SVGCanvas.fitted(line, width: inner), left + 12, y + 14)
      y += 18
    }
  }

  /// A square for each domain, or a text where there are too many.
  private func drawDomains(
    on canvas: inout SVGCanvas, left: Double, top: Double, width: Double, stroke: String
  ) {
    let step = min(38, width / Double(max(1, domains.count)))
    let digits = domains.map { "\($0)".count }.max() ?? 0
    guard domains.count <= Self.squares, step >= 7 * Double(digits) + 5 else {
      let groups = DomainGroup.joined(domains.map { DomainGroup(first: $0, last: $0) })
      let each = count > 1 ? ", \(domains.count / count) each" : ""
      canvas.text(SVGCanvas.fitted("domains \(groups)\(each)", width: width), left, top + 16)
      return
    }
    for (index, domain) in domains.enumerated() {
      let x = left + Double(index) * step
      canvas.rect(x, top, step - 4, 22, fill: Palette.paper, stroke: stroke, radius: 3)
      canvas.text("\(domain)", x + (step - 4) / 2, top + 16, size: 12, anchor: .middle)
    }
    if domains.count == 1 {
      canvas.text("proximity domain", left + step + 4, top + 16, fill: Palette.faint)
    }
  }
}
