// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance
import Testing

/// A change that breaks one rule and nothing else.
struct BrokenMachine: Sendable, CustomTestStringConvertible {
  let rule: String
  let change: @Sendable (inout TestMachine) -> Void

  init(_ rule: String, _ change: @escaping @Sendable (inout TestMachine) -> Void) {
    self.rule = rule
    self.change = change
  }

  var testDescription: String { rule }

  var machine: TestMachine {
    var machine = TestMachine()
    change(&machine)
    return machine
  }

  static let all = headers + affinity + handles + initiators + distances + attributes + properties + windows
}
