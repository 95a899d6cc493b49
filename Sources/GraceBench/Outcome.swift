// SPDX-License-Identifier: GPL-2.0-or-later

/// What a case came to.
public struct Outcome: Codable, Hashable, Sendable {
  /// What a case was measured against.
  public struct Reference: Codable, Hashable, Sendable {
    /// What it is.
    public let name: String
    /// Its own samples.
    public let spread: Spread
  }

  /// Name of the case.
  public let `case`: String
  /// Unit of the samples.
  public let unit: String
  /// The samples.
  public let spread: Spread
  /// What they were compared with.
  public let baseline: Reference?
  /// Sample by baseline, for each pair: what slows a machine down for a while slows both.
  public let ratio: Spread?
  /// What was to be reached.
  public let aim: Aim?
  /// Whether it was.
  public let isMet: Bool?
  /// What a reader has to know.
  public let note: String?

  /// Judges a measurement.
  public init(_ measurement: Measurement) throws(MeasurementError) {
    `case` = measurement.case
    unit = measurement.unit
    aim = measurement.aim
    note = measurement.note
    guard let spread = Spread(measurement.samples) else { throw .noSamples(measurement.case) }
    self.spread = spread
    if let baseline = measurement.baseline {
      guard baseline.samples.count == measurement.samples.count else {
        throw .unpaired(
          measurement.case, samples: measurement.samples.count, baseline: baseline.samples.count)
      }
      guard let spread = Spread(baseline.samples) else { throw .noSamples(measurement.case) }
      guard baseline.samples.allSatisfy({ $0 > 0 }) else { throw .baselineNotPositive(measurement.case) }
      self.baseline = Reference(name: baseline.name, spread: spread)
      ratio = Spread(zip(measurement.samples, baseline.samples).map { $0 / $1 })
    } else {
      baseline = nil
      ratio = nil
    }
    guard let aim else {
      isMet = nil
      return
    }
    if aim.atMost == nil, aim.atLeast == nil { throw .aimWithoutBound(measurement.case) }
    switch aim.of {
    case .value: isMet = aim.isMet(by: spread.median)
    case .ratio:
      guard let ratio else { throw .aimWithoutBaseline(measurement.case) }
      isMet = aim.isMet(by: ratio.median)
    }
  }
}
