// SPDX-License-Identifier: GPL-2.0-or-later

import GraceBench
import Testing

@Suite("Spread of samples")
struct SpreadTests {
  @Test(
    "the median is the middle sample, or halfway between two; quartiles lie on the line between samples",
    arguments: [
      ([7], 7, 7, 7), ([3, 1], 2, 1.5, 2.5), ([9, 1, 5], 5, 3, 7), ([4, 1, 3, 2], 2.5, 1.75, 3.25),
      ([5, 4, 3, 2, 1], 3, 2, 4), ([2, 2, 2, 100], 2, 2, 26.5), ([-1, 1], 0, -0.5, 0.5),
    ] as [([Double], Double, Double, Double)])
  func quartiles(samples: [Double], median: Double, low: Double, high: Double) throws {
    let spread = try #require(Spread(samples))
    #expect(spread.median == median)
    #expect(spread.low == low)
    #expect(spread.high == high)
    #expect(spread.count == samples.count)
  }

  @Test("no sample, and one that is no finite number, have no spread")
  func nothing() {
    #expect(Spread([]) == nil)
    #expect(Spread([1, .nan]) == nil)
    #expect(Spread([1, .infinity]) == nil)
  }

  @Test("the order of samples does not matter")
  func order() {
    let samples = (0..<31).map { Double($0 * $0 % 17) }
    #expect(Spread(samples) == Spread(samples.reversed()))
  }
}
