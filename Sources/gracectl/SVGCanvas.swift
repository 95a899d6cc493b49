// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation

/// Collects the elements of an SVG 1.1 picture. Lengths are pixels at a width of 1200.
struct SVGCanvas {
  /// Where text begins, ends or has its middle.
  enum Anchor: String { case start, middle, end }

  /// Fonts that every system has a match for. A picture names none that would have to come along with it.
  private static let sans = "Helvetica, Arial, 'Liberation Sans', sans-serif"
  private static let mono = "'DejaVu Sans Mono', Menlo, Consolas, monospace"

  private(set) var elements: [String] = []

  mutating func rect(
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

  mutating func line(_ points: [(x: Double, y: Double)], stroke: String, width: Double = 2) {
    let list = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
    elements.append(
      #"<polyline points="\#(list)" fill="none" stroke="\#(stroke)" stroke-width="\#(number(width))"/>"#)
  }

  mutating func text(
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
  static func fitted(_ text: String, width: Double, size: Double = 13, bold: Bool = false) -> String {
    let limit = max(1, Int(width / (size * (bold ? 0.66 : 0.56))))
    return text.count <= limit ? text : text.prefix(limit - 1) + "\u{2026}"
  }

  /// The document, on a background of its own: viewers have light and dark ones.
  func document(width: Double, height: Double, title: String) -> String {
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

  private func number(_ value: Double) -> String { Units.number(value) }
}

/// The colours of a picture.
enum Palette {
  static let paper = "#ffffff"
  static let ink = "#1b2733"
  static let faint = "#5d6b78"
  static let line = "#8794a0"
  static let none = "#d9dee3"

  /// Colours of what a box stands for: inside, and its edge.
  static func box(_ kind: Picture.Kind) -> (fill: String, stroke: String) {
    switch kind {
    case .processors: ("#e4eefa", "#2c66ad")
    case .gpu: ("#e6f4df", "#4d8a22")
    case .initiator: ("#fcefdc", "#b9740d")
    case .memory: ("#f0e8f8", "#75499e")
    }
  }

  /// Between near and far, for 0 to 1.
  static func distance(_ share: Double) -> (fill: String, ink: String) {
    let near = [0xe8, 0xf3, 0xfc]
    let far = [0x1b, 0x4b, 0x8a]
    let channels = zip(near, far).map { near, far in
      near + Int((Double(far - near) * min(1, max(0, share))).rounded())
    }
    let digits = channels.map { String(format: "%02x", $0) }.joined()
    return ("#" + digits, share > 0.5 ? paper : ink)
  }
}
