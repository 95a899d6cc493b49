// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import SVGDrawing

extension Palette {
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
