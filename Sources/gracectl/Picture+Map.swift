// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceConformance
import SVGDrawing

extension Picture {
  private static let barLeft = 136.0
  private static let bar = 130.0
  private static let textWidth = 300.0

  /// Draws the address map, low addresses above, and returns where it ends. The scale is broken: a terabyte is a
  /// little higher than a gigabyte.
  func drawMap(on canvas: inout SVGCanvas, left: Double, top: Double) -> Double {
    guard !strips.isEmpty else { return top }
    canvas.text("Address map", left, top, size: 18, bold: true)
    canvas.text("not to scale", left, top + 20, fill: Palette.faint)
    var y = top + 38
    for strip in strips {
      let height = strip.height
      canvas.text(
        Units.address(strip.base), left + Self.barLeft - 10, y + 12, size: 12, fill: Palette.faint,
        anchor: .end, mono: true)
      let x = left + Self.barLeft
      if let kind = strip.kind {
        let inset = 14 * Double(min(strip.depth, 6))
        canvas.rect(
          x + inset, y, Self.bar - inset, height, fill: Palette.range(kind), stroke: Palette.ink,
          dashed: kind == .later)
        let size = (strip.count > 1 ? "\(strip.count) \u{d7} " : "") + Units.bytes(strip.byteCount)
        canvas.text(size, x + Self.bar + 14, y + 15, size: 14, bold: true)
        canvas.text(
          SVGCanvas.fitted(strip.label, width: Self.textWidth), x + Self.bar + 14, y + 31)
      } else {
        drawBreak(on: &canvas, x: x, y: y, height: height)
        canvas.text(
          "\(Units.bytes(strip.byteCount)) unclaimed", x + Self.bar + 14, y + height / 2 + 4, size: 12,
          fill: Palette.faint)
      }
      y += height
    }
    if let last = strips.map(\.last).max() {
      canvas.text(
        Units.address(last), left + Self.barLeft - 10, y + 12, size: 12, fill: Palette.faint, anchor: .end,
        mono: true)
    }
    return y + 16
  }

  /// Two edges that are cut through.
  private func drawBreak(on canvas: inout SVGCanvas, x: Double, y: Double, height: Double) {
    for edge in [x, x + Self.bar] {
      let middle = y + height / 2
      canvas.line(
        [
          (edge, y), (edge, middle - 5), (edge - 5, middle - 2), (edge + 5, middle + 2), (edge, middle + 5),
          (edge, y + height),
        ], stroke: Palette.line, width: 1.5)
    }
  }
}

extension Picture.Strip {
  /// Higher for more bytes, by their logarithm.
  fileprivate var height: Double {
    guard kind != nil else { return 28 }
    return 38 + min(24, max(0, log2(Double(byteCount)) - 26))
  }
}

extension Palette {
  /// The colour of a kind of range.
  static func range(_ kind: TopologyRange.Kind) -> String {
    switch kind {
    case .memory: "#8fb8e6"
    case .later: "#eef4fb"
    case .persistent: "#b9c9d9"
    case .gpuMemory: "#97cc78"
    case .extendedMemory: "#c9a9e3"
    case .window: "#f3cf94"
    }
  }
}
