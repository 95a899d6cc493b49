// SPDX-License-Identifier: GPL-2.0-or-later

/// Why a guest left no report.
public enum GuestRunError: Error, Equatable, CustomStringConvertible {
  /// QEMU could not be started at all.
  case cannotStart(path: String, reason: String)
  /// QEMU ended with an error of its own, before the guest was done.
  case qemuFailed(status: Int, message: String?)
  /// A signal ended QEMU.
  case killed(signal: Int, message: String?)
  /// The guest was not done when the time was up.
  case neverFinished(limit: Duration, stage: String, lastLines: [String])
  /// The guest's kernel panicked.
  case kernelPanic(message: String, lastLines: [String])
  /// The guest powered off before it said that it was done.
  case endedEarly(stage: String, lastLines: [String])
  /// A fact on the console cannot be read.
  case malformedFact(MalformedFact)
  /// The console holds no test results.
  case malformedResults(KTAPError)

  /// The error as one sentence; the last lines of the console are not in it.
  public var description: String {
    switch self {
    case .cannotStart(let path, let reason):
      "\(path) could not be started: \(reason)."
    case .qemuFailed(let status, let message):
      message.map { "QEMU refused: \($0)" } ?? "QEMU ended with status \(status) and said nothing."
    case .killed(let signal, let message):
      "Signal \(signal) ended QEMU" + (message.map { ", which had said: \($0)" } ?? ".")
    case .neverFinished(let limit, let stage, _):
      "The guest did not finish within \(inSeconds(limit)); it was last seen \(stage)."
    case .kernelPanic(let message, _):
      "The guest's kernel panicked: \(message)"
    case .endedEarly(let stage, _):
      "The guest powered off before it had finished; it was last seen \(stage)."
    case .malformedFact(let fact):
      fact.description
    case .malformedResults(let error):
      error.description
    }
  }

  /// Whether QEMU refused before there was a guest, so that the set-up or the command line is wrong.
  public var isSetUp: Bool {
    switch self {
    case .cannotStart, .qemuFailed: true
    default: false
    }
  }

  /// The end of the console, where it tells more than the sentence.
  public var lastLines: [String] {
    switch self {
    case .neverFinished(_, _, let lines), .kernelPanic(_, let lines), .endedEarly(_, let lines): lines
    default: []
    }
  }
}

/// The duration in seconds with one decimal, such as `3.2 s`.
public func inSeconds(_ duration: Duration) -> String {
  let tenths = (duration.components.seconds * 10) + duration.components.attoseconds / 100_000_000_000_000_000
  return "\(tenths / 10).\(tenths % 10) s"
}
