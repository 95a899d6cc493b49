// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance
import SVGDrawing

extension Picture {
  private static let gridWidth = 506.0
  /// Cells that are wide enough for three digits, and for the two values of a group with several domains.
  private static let legible = 26.0
  private static let roomy = 40.0

  /// Draws the distances as coloured cells and returns where they end.
  func drawGrid(on canvas: inout SVGCanvas, left: Double, top: Double) -> Double {
    guard let matrix, !groups.isEmpty else { return top }
    let unit = matrix.unit.isEmpty ? "" : " in \(matrix.unit)"
    canvas.text("\(matrix.name)\(unit) (\(matrix.table))", left, top, size: 18, bold: true)
    let labels = groups.map(\.text)
    let margin = 14 + 7.2 * Double(labels.map(\.count).max() ?? 0)
    let cell = min(46, (Self.gridWidth - margin) / Double(groups.count))
    let hasBoth = cell >= Self.roomy && groups.contains { $0.first != $0.last }
    canvas.text(
      "from row to column" + (hasBoth ? "; within a group itself/others" : ""), left, top + 20,
      fill: Palette.faint)
    let y = top + 30 + margin * 0.85
    let step = max(1, (groups.count * 16 + Int(Self.gridWidth) - 1) / Int(Self.gridWidth))
    for (index, label) in labels.enumerated() where index % step == 0 {
      let middle = cell * (Double(index) + 0.5)
      canvas.text(label, left + margin - 8, y + middle + 4, size: 12, anchor: .end)
      if labels.map({ Double($0.count) * 7 }).max() ?? 0 <= cell {
        canvas.text(label, left + margin + middle, y - 8, size: 12, anchor: .middle)
      } else {
        canvas.text(label, left + margin + middle + 4, y - 6, size: 12, turned: -60)
      }
    }
    let scale = Scale(matrix)
    for (row, cells) in matrix.cells.enumerated() {
      for (column, value) in cells.enumerated() {
        let (x, y) = (left + margin + cell * Double(column), y + cell * Double(row))
        let color = scale.color(value.other ?? value.own)
        let gap = cell >= Self.legible ? 1.0 : 0
        canvas.rect(x, y, cell - gap, cell - gap, fill: color.fill)
        guard cell >= Self.legible else { continue }
        let text = cell >= Self.roomy ? value.text : (value.other ?? value.own).map(Units.number) ?? "-"
        let size = min(13, (cell - 4) / (0.58 * Double(max(1, text.count))))
        canvas.text(
          text, x + cell / 2, y + cell / 2 + size * 0.36, size: size, fill: color.ink, anchor: .middle)
      }
    }
    let bottom = y + cell * Double(groups.count) + 26
    return drawScale(scale, on: &canvas, left: left + margin, top: bottom)
  }

  /// The values that there are with their colours.
  private func drawScale(_ scale: Scale, on canvas: inout SVGCanvas, left: Double, top: Double) -> Double {
    var x = left
    var y = top
    for value in scale.values.prefix(16) {
      let text = Units.number(value) + (value == 255 ? " no way" : "")
      let width = 34 + 8 * Double(text.count)
      if x + width > Self.width - Self.margin {
        x = left
        y += 24
      }
      canvas.rect(x, y - 13, 18, 16, fill: scale.color(value).fill, stroke: Palette.line)
      canvas.text(text, x + 24, y)
      x += width
    }
    return y + 10
  }

  /// Which colour a value has: by its rank, as distances have no unit.
  private struct Scale {
    let values: [Double]
    private let ranks: [Double: Double]

    init(_ matrix: TopologyMatrix) {
      let values = Set(matrix.cells.joined().flatMap { [$0.own, $0.other].compactMap { $0 } }).sorted()
      self.values = values
      let ranked = values.filter { $0 != 255 }
      ranks = Dictionary(
        uniqueKeysWithValues: ranked.enumerated().map { index, value in
          (value, Double(index) / Double(max(1, ranked.count - 1)))
        })
    }

    func color(_ value: Double?) -> (fill: String, ink: String) {
      guard let share = value.flatMap({ ranks[$0] }) else { return (Palette.none, Palette.ink) }
      return Palette.distance(share)
    }
  }
}
