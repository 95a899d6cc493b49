// SPDX-License-Identifier: GPL-2.0-or-later

/// Where the middle of some samples is, and the half of them around it.
public struct Spread: Codable, Hashable, Sendable {
  /// As many samples are above as are below.
  public let median: Double
  /// A quarter of the samples is below.
  public let low: Double
  /// A quarter of the samples is above.
  public let high: Double
  /// How many there are.
  public let count: Int

  /// Of at least one sample, in any order; nil if there is none or one is no number.
  public init?(_ samples: [Double]) {
    guard !samples.isEmpty, samples.allSatisfy(\.isFinite) else { return nil }
    let sorted = samples.sorted()
    median = Spread.quantile(0.5, of: sorted)
    low = Spread.quantile(0.25, of: sorted)
    high = Spread.quantile(0.75, of: sorted)
    count = sorted.count
  }

  /// Between two samples, the straight line from one to the other (definition 7 of Hyndman and Fan, as in R and NumPy).
  private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1)
    let lower = Int(place)
    let upper = min(lower + 1, sorted.count - 1)
    return sorted[lower] + (place - Double(lower)) * (sorted[upper] - sorted[lower])
  }
}
