// SPDX-License-Identifier: GPL-2.0-or-later

import FoundationEssentials

/// A line that a benchmark prints: what it measured in one case.
public struct Measurement: Codable, Hashable, Sendable {
  /// What the case is measured against in the same run.
  public struct Baseline: Codable, Hashable, Sendable {
    /// What it is.
    public var name: String
    /// One for each sample of the case, taken next to it.
    public var samples: [Double]

    /// A baseline.
    public init(name: String, samples: [Double]) {
      self.name = name
      self.samples = samples
    }
  }

  /// Name of the case, one of those that the benchmark lists.
  public var `case`: String
  /// Unit of the samples, such as `ns`.
  public var unit: String
  /// As measured, in the order of time.
  public var samples: [Double]
  /// What they are compared with, if anything.
  public var baseline: Baseline?
  /// What is to be reached, if anything.
  public var aim: Aim?
  /// What a reader of the table has to know.
  public var note: String?

  /// A measurement.
  public init(
    case: String, unit: String, samples: [Double], baseline: Baseline? = nil, aim: Aim? = nil,
    note: String? = nil
  ) {
    self.case = `case`
    self.unit = unit
    self.samples = samples
    self.baseline = baseline
    self.aim = aim
    self.note = note
  }

  /// Reads one line of a benchmark's output.
  public init(line: String, number: Int) throws(MeasurementError) {
    do {
      self = try JSONDecoder().decode(Measurement.self, from: Data(line.utf8))
    } catch {
      throw .malformed(line: number, text: String(line.prefix(80)))
    }
  }

  /// The line that a benchmark prints.
  public var line: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Numbers, text and nothing else: only a number that is not finite has no JSON, and samples are read as such.
    guard let data = try? encoder.encode(self) else { return "" }
    return String(decoding: data, as: UTF8.self)
  }
}

/// What is to be reached: a bound of the ratio to the baseline, or of the value itself.
public struct Aim: Codable, Hashable, Sendable {
  /// What the bound is of.
  public enum Subject: String, Codable, Sendable {
    /// The median of the ratios to the baseline.
    case ratio
    /// The median of the samples.
    case value
  }

  /// What the bound is of.
  public var of: Subject
  /// The most that it may be.
  public var atMost: Double?
  /// The least that it may be.
  public var atLeast: Double?

  /// Bounds, of which there is at least one in an aim that makes sense.
  public init(of subject: Subject, atMost: Double? = nil, atLeast: Double? = nil) {
    of = subject
    self.atMost = atMost
    self.atLeast = atLeast
  }

  /// An upper bound.
  public static func atMost(_ bound: Double, of subject: Subject) -> Aim {
    Aim(of: subject, atMost: bound)
  }

  /// A lower bound.
  public static func atLeast(_ bound: Double, of subject: Subject) -> Aim {
    Aim(of: subject, atLeast: bound)
  }

  /// Whether a number is within the bounds.
  func isMet(by number: Double) -> Bool {
    number <= (atMost ?? .infinity) && number >= (atLeast ?? -.infinity)
  }
}

/// Why the output of a benchmark is no result.
public enum MeasurementError: Error, Equatable, CustomStringConvertible {
  /// A line is not the JSON of a measurement.
  case malformed(line: Int, text: String)
  /// A case has no samples, or one that is no finite number.
  case noSamples(String)
  /// The baseline has another number of samples.
  case unpaired(String, samples: Int, baseline: Int)
  /// A sample of the baseline is not above zero, so nothing can be divided by it.
  case baselineNotPositive(String)
  /// An aim is of a ratio, and there is no baseline.
  case aimWithoutBaseline(String)
  /// An aim has no bound.
  case aimWithoutBound(String)
  /// A case comes twice.
  case repeated(String)
  /// A case is not among those that the benchmark lists.
  case unlisted(String)
  /// A case that the benchmark lists did not come.
  case missing(String)
  /// The list of cases has no title or no case.
  case noCases

  /// The error as one sentence.
  public var description: String {
    switch self {
    case .malformed(let line, let text):
      "Line \(line) is not the JSON of a measurement: \(text); docs/performance.md has the form."
    case .noSamples(let name): "The case \"\(name)\" has no samples, or one that is no finite number."
    case .unpaired(let name, let samples, let baseline):
      "The case \"\(name)\" has \(samples) samples and its baseline \(baseline); take one next to each."
    case .baselineNotPositive(let name):
      "The baseline of the case \"\(name)\" has a sample that is not above zero."
    case .aimWithoutBaseline(let name):
      "The case \"\(name)\" has an aim for a ratio and no baseline."
    case .aimWithoutBound(let name):
      "The case \"\(name)\" has an aim without atMost or atLeast."
    case .repeated(let name): "The case \"\(name)\" comes twice."
    case .unlisted(let name): "The case \"\(name)\" is not in the benchmark's list of cases; add it."
    case .missing(let name): "The case \"\(name)\" is in the benchmark's list of cases and did not come."
    case .noCases: "The list of cases needs a first line \"# title\", and a case in each further line."
    }
  }
}
