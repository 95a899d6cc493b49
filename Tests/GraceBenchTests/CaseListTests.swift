// SPDX-License-Identifier: GPL-2.0-or-later

import GraceBench
import Testing

@Suite("Output of benchmarks")
struct CaseListTests {
  private static let read = #"{"case":"read","unit":"ns","samples":[3,1,2]}"#
  private static let write =
    #"{"case":"write \"x\"","unit":"MB/s","samples":[2],"baseline":{"name":"edu","samples":[4]},"aim":{"of":"ratio","atMost":1.03},"note":"n"}"#

  private func list() throws -> CaseList { try CaseList(parsing: "# Two\nread\nwrite \"x\"\n") }

  @Test("all fields of a line are read, and written so that they are read again")
  func fields() throws {
    let measurement = try Measurement(line: Self.write, number: 1)
    #expect(
      measurement
        == Measurement(
          case: "write \"x\"", unit: "MB/s", samples: [2], baseline: .init(name: "edu", samples: [4]),
          aim: .atMost(1.03, of: .ratio), note: "n"))
    #expect(try Measurement(line: measurement.line, number: 1) == measurement)
    #expect(!measurement.line.contains("\n") && measurement.line.contains("MB/s"))
  }

  @Test("outcomes come in the order of the list")
  func order() throws {
    let outcomes = try list().outcomes(of: Self.write + "\n" + Self.read + "\n")
    #expect(outcomes.map(\.case) == ["read", "write \"x\""])
    #expect(try list().title == "Two")
  }

  @Test("a case that is missing, comes twice or is unknown, and a line that is no JSON, are errors")
  func errors() throws {
    let list = try list()
    let other = Self.read.replacing("read", with: "raed")
    #expect(throws: MeasurementError.missing("read")) { try list.outcomes(of: Self.write) }
    #expect(throws: MeasurementError.missing("read")) { try list.outcomes(of: "") }
    #expect(throws: MeasurementError.repeated("read")) {
      try list.outcomes(of: "\(Self.read)\n\(Self.read)")
    }
    #expect(throws: MeasurementError.unlisted("raed")) { try list.outcomes(of: other) }
    for text in ["[]", "{", #"{"case":"read","unit":"ns"}"#, #"{"case":"read","unit":"ns","samples":["1"]}"#]
    {
      #expect(throws: MeasurementError.malformed(line: 2, text: text)) {
        try list.outcomes(of: "\(Self.read)\n\(text)")
      }
    }
  }

  @Test("a list needs a title and a case", arguments: ["", "# Title\n", "read\nwrite\n"])
  func noCases(text: String) {
    #expect(throws: MeasurementError.noCases) { try CaseList(parsing: text) }
  }
}
