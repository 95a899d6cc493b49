// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import GraceBench
import GraceGuest

/// How long a guest takes to its first program, and to the end of its report, with and without GPUs.
struct BootCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "boot", abstract: "Measure how GPUs lengthen a guest's boot.")

  /// Numbers, and how each is taken from a boot.
  private static let parts: [(name: String, of: @Sendable (GuestStages) -> Duration)] = [
    ("boot", { $0.firmware + $0.kernel }),
    ("its firmware", { $0.firmware }),
    ("its kernel", { $0.kernel }),
    ("boot and report", { $0.firmware + $0.kernel + $0.tests }),
  ]

  func run() async throws {
    let assets = try GuestAssets.load()
    var boots: [Int: [GuestStages]] = [:]
    for round in 0...(GuestBenchmark.isQuick ? 0 : 9) {
      for count in [0] + SizeCommand.counts {
        var machine = SizeCommand.machine(gpus: count, gibibytes: 96)
        // Firmware has the same window to work with, whatever is in it.
        machine.windowSize = 16 << 40
        machine.kernelWords = ["grace.tests=sysfs-check"]
        let guest = try await GuestRun.boot(machine, assets: assets)
        if round > 0 || GuestBenchmark.isQuick { boots[count, default: []].append(guest.stages) }
      }
    }
    for (name, part) in Self.parts {
      let none = (boots[0] ?? []).map { part($0).milliseconds }
      for count in SizeCommand.counts {
        GuestBenchmark.emit(
          Measurement(
            case: "\(name), \(count) of 96 GiB", unit: "ms",
            samples: (boots[count] ?? []).map { part($0).milliseconds },
            baseline: .init(name: "no GPU", samples: none),
            aim: name == "boot" && count == 1 ? .atMost(1.1, of: .ratio) : nil))
      }
    }
    for (name, part) in Self.parts {
      let pairs = zip(boots[16] ?? [], boots[4] ?? [])
      GuestBenchmark.emit(
        Measurement(
          case: "\(name), for each GPU beyond four", unit: "ms",
          samples: pairs.map { ($0.0, $0.1) }.map { (part($0) - part($1)).milliseconds / 12 }))
    }
  }
}
