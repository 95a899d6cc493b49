// SPDX-License-Identifier: GPL-2.0-or-later

/// A document of test results in the kernel's Test Anything Protocol (Documentation/dev-tools/ktap.rst).
public struct KTAPDocument: Hashable, Sendable {
  /// How many results the document promised; nil if it had no plan.
  public var plan: Int?
  /// The results, in the order in which they came.
  public var cases: [KTAPCase] = []
  /// Nested documents that no result of their own followed, as when a program crashed.
  public var unfinished: [KTAPDocument] = []
  /// Diagnostic lines after the last result.
  public var diagnostics: [String] = []
  /// Where this document breaks the protocol, or stops too early.
  public var problems: [KTAPProblem] = []

  /// Whether as many results came as the plan promised, and nothing broke the protocol on the way.
  public var isComplete: Bool { plan == cases.count && problems.isEmpty }
}

/// One result.
public struct KTAPCase: Hashable, Sendable {
  /// What became of a test.
  public enum Result: Hashable, Sendable {
    /// `ok`.
    case passed
    /// `not ok`.
    case failed
    /// Either, with the directive SKIP and its reason, which may be empty.
    case skipped(reason: String)
  }

  /// The result's number, from 1.
  public var number: Int
  /// What was tested.
  public var name: String
  /// What became of it.
  public var result: Result
  /// Diagnostic lines that came before the result, without their mark, and the text of any other directive.
  public var diagnostics: [String] = []
  /// The results that this one sums up.
  public var subtests: KTAPDocument?
}

/// A breach of the protocol.
public enum KTAPProblem: Hashable, Sendable, CustomStringConvertible {
  /// The document does not say how many results it has.
  case noPlan
  /// There are fewer or more results than planned; fewer means that the program stopped half-way.
  case planMismatch(planned: Int, found: Int)
  /// Results are not numbered 1, 2, 3.
  case wrongNumber(expected: Int, found: Int)
  /// A line starts like one of the protocol, and is not, or is out of place.
  case malformedLine(String)
  /// A nested document is followed by no result of its own.
  case noResult
  /// The program gave up.
  case bailOut(reason: String)

  /// The problem in a few words.
  public var description: String {
    switch self {
    case .noPlan: "no plan"
    case .planMismatch(let planned, let found): "\(planned) results planned and \(found) given"
    case .wrongNumber(let expected, let found): "result \(found) where \(expected) was due"
    case .malformedLine(let line): "a line that is no result: \(line)"
    case .noResult: "nested results that no result sums up"
    case .bailOut(let reason): "gave up: \(reason)"
    }
  }
}

/// Why a console has no test results.
public enum KTAPError: Error, Hashable, CustomStringConvertible {
  /// No line is a version line.
  case noDocument

  /// The error as one sentence.
  public var description: String {
    "The guest's console holds no test results (no line 'KTAP version 1')."
  }
}
