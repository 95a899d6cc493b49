// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import SVGDrawing

/// A picture of all ratios and aims. A row is a case; its place is the ratio to the baseline, or where there is none to
/// the bound that is aimed at, on a scale on which twice and half are as far from one.
public struct ResultChart {
  private static let width = 1200.0
  private static let margin = 30.0
  private static let labels = 470.0
  private static let figures = 190.0
  private static let row = 21.0
  /// Beyond these a point stands at the edge.
  private static let range = 1.0 / 64...64.0

  private let runs: [RunRecord]

  /// A chart of these runs.
  public init(_ book: RunBook) { runs = book.runs }

  /// The cases that can be drawn: each with what is at one.
  private func rows(of run: RunRecord) -> [(outcome: Outcome, spread: Spread, aim: Aim?)] {
    run.outcomes.compactMap { outcome in
      if let ratio = outcome.ratio {
        return (outcome, ratio, outcome.aim.flatMap { $0.of == .ratio ? $0 : nil })
      }
      guard let aim = outcome.aim, let bound = aim.atMost ?? aim.atLeast, bound > 0 else { return nil }
      let samples = [outcome.spread.low, outcome.spread.median, outcome.spread.high].map { $0 / bound }
      guard let spread = Spread(samples) else { return nil }
      return (outcome, spread, aim.atMost == nil ? .atLeast(1, of: .value) : .atMost(1, of: .value))
    }
  }

  /// The picture as SVG.
  public var svg: String {
    var canvas = SVGCanvas()
    canvas.text("Measured against baseline or aim", Self.margin, 44, size: 24, bold: true)
    canvas.text(
      "1 is the baseline of the same run or, where there is none, the bound aimed at; a bar spans the middle half of the samples; | marks the bound.",
      Self.margin, 68, fill: Palette.faint)
    var top = 104.0
    for run in runs {
      let rows = rows(of: run)
      guard !rows.isEmpty else { continue }
      canvas.text(run.title, Self.margin, top + 6, size: 16, bold: true)
      top += 18
      drawScale(on: &canvas, top: top, height: Self.row * Double(rows.count))
      for row in rows {
        draw(row.outcome, row.spread, row.aim, on: &canvas, middle: top + Self.row / 2)
        top += Self.row
      }
      top += 40
    }
    return canvas.document(width: Self.width, height: top + 6, title: "Benchmarks of grace-gpu")
  }

  private func place(_ ratio: Double) -> Double {
    let limited = min(max(ratio, Self.range.lowerBound), Self.range.upperBound)
    let left = Self.margin + Self.labels
    let width = Self.width - Self.margin - Self.figures - left
    let share = log2(limited / Self.range.lowerBound) / log2(Self.range.upperBound / Self.range.lowerBound)
    return left + share * width
  }

  private func drawScale(on canvas: inout SVGCanvas, top: Double, height: Double) {
    for exponent in stride(from: -6, through: 6, by: 2) {
      let ratio = pow(2, Double(exponent))
      let x = place(ratio)
      let isOne = exponent == 0
      canvas.line(
        [(x, top), (x, top + height)], stroke: isOne ? Palette.line : Palette.none, width: isOne ? 1.5 : 1)
      canvas.text(
        exponent < 0 ? "1/\(Int(1 / ratio))" : "\(Int(ratio))", x, top + height + 14, size: 11,
        fill: Palette.faint, anchor: .middle)
    }
  }

  private func draw(
    _ outcome: Outcome, _ spread: Spread, _ aim: Aim?, on canvas: inout SVGCanvas, middle: Double
  ) {
    let color =
      switch outcome.isMet {
      case .some(true): "#4d8a22"
      case .some(false): "#b3261e"
      case nil: "#2c66ad"
      }
    canvas.text(
      SVGCanvas.fitted(outcome.case, width: Self.labels - 8), Self.margin, middle + 4.5)
    let (low, high) = (place(spread.low), place(spread.high))
    canvas.rect(low, middle - 2, high - low, 4, fill: color)
    canvas.rect(place(spread.median) - 4, middle - 4, 8, 8, fill: color, radius: 4)
    if let bound = aim?.atMost ?? aim?.atLeast {
      let x = place(bound)
      canvas.line([(x, middle - 8), (x, middle + 8)], stroke: Palette.ink, width: 1.5)
    }
    let verdict = outcome.isMet.map { $0 ? ", met" : ", missed" } ?? ""
    canvas.text(
      Figures.number((spread.median * 1000).rounded() / 1000) + " times" + verdict, Self.width - Self.margin,
      middle + 4.5, fill: color, anchor: .end)
  }
}
