// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation

/// Collects the elements of an SVG 1.1 picture. Lengths are pixels at a width of 1200.
public struct SVGCanvas {
  /// Where text begins, ends or has its middle.
  public enum Anchor: String, Sendable {
    /// It begins there.
    case start
    /// It has its middle there.
    case middle
    /// It ends there.
    case end
  }

  /// Fonts that every system has a match for. A picture names none that would have to come along with it.
  private static let sans = "Helvetica, Arial, 'Liberation Sans', sans-serif"
  private static let mono = "'DejaVu Sans Mono', Menlo, Consolas, monospace"

  /// What was drawn, each with those after it on top.
  public private(set) var elements: [String] = []

  /// An empty picture.
  public init() {}

  /// A rectangle.
  public mutating func rect(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, fill: String, stroke: String? = nil,
    radius: Double = 0, dashed: Bool = false
  ) {
    let line = stroke.map { #" stroke="\#($0)" stroke-width="1.5""# } ?? ""
    let dashes = dashed ? #" stroke-dasharray="4 3""# : ""
    let corner = radius > 0 ? #" rx="\#(number(radius))""# : ""
    elements.append(
      #"<rect x="\#(number(x))" y="\#(number(y))" width="\#(number(max(0, width)))" height="\#(number(max(0, height)))"\#(corner) fill="\#(fill)"\#(line)\#(dashes)/>"#
    )
  }

  /// A line through these points.
  public mutating func line(_ points: [(x: Double, y: Double)], stroke: String, width: Double = 2) {
    let list = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
    elements.append(
      #"<polyline points="\#(list)" fill="none" stroke="\#(stroke)" stroke-width="\#(number(width))"/>"#)
  }

  /// A line of text at a base line.
  public mutating func text(
    _ text: String, _ x: Double, _ y: Double, size: Double = 13, fill: String = Palette.ink,
    anchor: Anchor = .start, bold: Bool = false, mono: Bool = false, turned: Double = 0
  ) {
    let weight = bold ? #" font-weight="bold""# : ""
    let turn = turned == 0 ? "" : #" transform="rotate(\#(number(turned)) \#(number(x)) \#(number(y)))""#
    elements.append(
      #"<text x="\#(number(x))" y="\#(number(y))" font-family="\#(mono ? Self.mono : Self.sans)" font-size="\#(number(size))" fill="\#(fill)" text-anchor="\#(anchor.rawValue)"\#(weight)\#(turn)>\#(escapedXML(text))</text>"#
    )
  }

  /// What a text that does not fit is cut to. Letters of these fonts are somewhat wider than half of their size.
  public static func fitted(_ text: String, width: Double, size: Double = 13, bold: Bool = false) -> String {
    let limit = max(1, Int(width / (size * (bold ? 0.66 : 0.56))))
    return text.count <= limit ? text : text.prefix(limit - 1) + "\u{2026}"
  }

  /// The document, on a background of its own: viewers have light and dark ones.
  public func document(width: Double, height: Double, title: String) -> String {
    let size = #"width="\#(number(width))" height="\#(number(height))""#
    let box = #"viewBox="0 0 \#(number(width)) \#(number(height))""#
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <svg xmlns="http://www.w3.org/2000/svg" version="1.1" \(size) \(box)>
      <title>\(escapedXML(title))</title>
      <rect x="0" y="0" \(size) fill="\(Palette.paper)"/>
      \(elements.joined(separator: "\n"))
      </svg>

      """
  }

  /// Up to two decimals, none where they are zero.
  private func number(_ value: Double) -> String {
    let text = String(format: "%.2f", value)
    return String(text.reversed().drop { $0 == "0" }.drop { $0 == "." }.reversed())
  }
}
