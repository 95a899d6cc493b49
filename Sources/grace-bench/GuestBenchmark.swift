// SPDX-License-Identifier: GPL-2.0-or-later

import FoundationEssentials
import GraceBench
import GraceGuest

/// What the benchmarks in guests share.
enum GuestBenchmark {
  /// Whether to take few samples.
  static var isQuick: Bool { ProcessInfo.processInfo.environment["GRACE_BENCH_QUICK"] == "1" }

  /// Boots the machine, has it run one program that measures, and gives back what that told.
  static func speeds(
    _ machine: MachineOptions, program: String, samples: Int
  ) async throws -> [SpeedFact] {
    var machine = machine
    machine.kernelWords += ["grace.tests=\(program)", "grace.samples=\(isQuick ? 3 : samples)"]
    let assets = try GuestAssets.load(needing: GuestAssets.required(for: machine.machine))
    let guest = try await GuestRun.boot(machine, assets: assets, timeLimit: .seconds(1800)) {
      LineLog.standardError.write($0.text)
    }
    let results = guest.results.cases + guest.results.cases.flatMap { $0.subtests?.cases ?? [] }
    let failed = results.filter { $0.result != .passed }
    guard failed.isEmpty, guest.results.isComplete else {
      throw BenchmarkError.guestFailed(program, failed.map { "\($0.name): \($0.diagnostics)" })
    }
    return guest.facts.speeds
  }

  /// Prints what a guest told as results.
  static func emit(
    _ speeds: [SpeedFact], aim: (SpeedFact) -> Aim?, note: (SpeedFact) -> String? = { _ in nil }
  ) {
    for speed in speeds {
      var baseline: Measurement.Baseline?
      if let name = speed.baseline, let count = speed.baselineCount, let ns = speed.baselineNs {
        baseline = .init(name: name, samples: GuestSamples.values(ns: ns, count: count, unit: speed.unit))
      }
      emit(
        Measurement(
          case: speed.case, unit: speed.unit,
          samples: GuestSamples.values(ns: speed.ns, count: speed.count, unit: speed.unit),
          baseline: baseline,
          aim: aim(speed), note: note(speed)))
    }
  }

  /// Prints a result.
  static func emit(_ measurement: Measurement) { print(measurement.line) }
}

/// Why there is nothing measured.
enum BenchmarkError: Error, CustomStringConvertible {
  case guestFailed(String, [String])
  case noLooks(Int)

  var description: String {
    switch self {
    case .guestFailed(let program, let reasons):
      "\(program) failed in the guest, and its console is above: \(reasons.joined(separator: "; "))"
    case .noLooks(let count):
      "the guest asked \(count) times for its memory to be looked at, not twice; scripts/boot --log FILE keeps what a guest prints"
    }
  }
}

extension Duration {
  /// In milliseconds, with a fraction.
  var milliseconds: Double {
    Double(components.seconds) * 1000 + Double(components.attoseconds) / 1e15
  }
}
