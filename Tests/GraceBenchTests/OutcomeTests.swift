// SPDX-License-Identifier: GPL-2.0-or-later

import GraceBench
import Testing

@Suite("Ratios and aims")
struct OutcomeTests {
  private func outcome(
    _ samples: [Double], against baseline: [Double]? = nil, aim: Aim? = nil
  ) throws -> Outcome {
    try Outcome(
      Measurement(
        case: "c", unit: "ns", samples: samples,
        baseline: baseline.map { .init(name: "b", samples: $0) }, aim: aim))
  }

  @Test("a ratio is the median over pairs, not the ratio of the medians")
  func pairs() throws {
    // A machine that gets ten times slower: medians of all would be 20 and 10.
    let outcome = try outcome([2, 20, 200], against: [1, 10, 50])
    #expect(outcome.ratio?.median == 2)
    #expect(outcome.ratio?.high == 3)
    #expect(outcome.spread.median == 20)
    #expect(outcome.baseline?.spread.median == 10)
  }

  @Test(
    "a bound is met by itself, and by what is on its side",
    arguments: [
      (.atMost(1.2, of: .ratio), true), (.atMost(1.19, of: .ratio), false),
      (.atLeast(1.2, of: .ratio), true), (.atLeast(1.21, of: .ratio), false),
      (.atMost(12, of: .value), true), (.atMost(11.9, of: .value), false),
      (.atLeast(12, of: .value), true), (.atLeast(12.1, of: .value), false),
    ] as [(Aim, Bool)])
  func bounds(aim: Aim, isMet: Bool) throws {
    #expect(try outcome([12, 6, 24], against: [10, 5, 20], aim: aim).isMet == isMet)
  }

  @Test("without an aim there is no verdict, and without a baseline no ratio")
  func nothing() throws {
    let outcome = try outcome([1])
    #expect(outcome.isMet == nil)
    #expect(outcome.ratio == nil)
  }

  @Test("what cannot be compared is an error that names the case")
  func errors() {
    #expect(throws: MeasurementError.noSamples("c")) { try outcome([]) }
    #expect(throws: MeasurementError.noSamples("c")) { try outcome([.nan]) }
    #expect(throws: MeasurementError.noSamples("c")) { try outcome([1], against: [.infinity]) }
    #expect(throws: MeasurementError.unpaired("c", samples: 2, baseline: 1)) {
      try outcome([1, 2], against: [1])
    }
    #expect(throws: MeasurementError.baselineNotPositive("c")) { try outcome([1], against: [0]) }
    #expect(throws: MeasurementError.aimWithoutBaseline("c")) {
      try outcome([1], aim: .atMost(1, of: .ratio))
    }
    #expect(throws: MeasurementError.aimWithoutBound("c")) {
      try outcome([1], aim: Aim(of: .value))
    }
  }
}
