// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import Testing

/// A machine whose tables are judged: the arguments of `gracectl tables`, and what is known of the outcome from
/// outside of the code that makes it.
struct MachineCase: CustomTestStringConvertible, Sendable {
  let arguments: [String]
  /// Rules that the checker finds although the tables are as asked for, beyond those for information.
  var known: Set<String> = []
  /// How many GPUs there are.
  var gpus = 4
  /// How many of them have a `_DSD`; all if not said.
  var described: Int?

  var testDescription: String { arguments.joined(separator: " ") }

  init(_ arguments: String, gpus: Int = 4, described: Int? = nil, known: Set<String> = []) {
    self.arguments = arguments.split(separator: " ").map(String.init)
    self.known = known
    self.gpus = gpus
    self.described = described
  }

  static func example(_ name: String) -> [String] {
    ["--topology", checkout.appendingPathComponent("docs/examples/\(name).json").path]
  }

  private init(example name: String, gpus: Int) {
    arguments = Self.example(name)
    self.gpus = gpus
  }

  static let all: [MachineCase] =
    [1, 2, 4, 8, 16, 64].map { MachineCase("--gpus \($0)", gpus: $0) }
    + [1, 4, 8].map {
      MachineCase("--gpus \($0) --representation vm", gpus: $0, described: 0)
    }
    + [
      MachineCase("--profile gh200-144gb --gpus 3", gpus: 3),
      MachineCase("--gpus 4 --option egm-size=64G"),
      MachineCase("--gpus 4 --option egm-size=64G --option egm-retired-pages=off"),
      MachineCase("--gpus 1 --option egm-size=64G --option egm-pxm=4", gpus: 1),
      MachineCase("--gpus 4 --option dsd-pxm=off"),
      MachineCase("--gpus 4 --option initiators=off"),
      // A known form, of firmware that cannot read the size.
      MachineCase("--gpus 4 --option dsd-size=off"),
      MachineCase("--gpus 4 --option hmat=off"),
      MachineCase("--gpus 4 --option numa-nodes=8"),
      // Right as asked for, and not what a Grace has.
      MachineCase("--gpus 4 --option numa-nodes=1"),
      MachineCase("--gpus 4 --option numa-nodes=3"),
      MachineCase("--gpus 4 --option numa-nodes=16"),
      MachineCase("--gpus 2 --option numa-nodes=0", gpus: 2, known: ["srat-gi-missing"]),
      MachineCase(example: "quad-gh200", gpus: 4),
      MachineCase(example: "mixed", gpus: 4),
    ]
}
