// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import GraceBench
import GraceGuest

/// Resident memory and start-up time of QEMU with GPUs that nobody touches, and what touching costs.
struct SizeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "size", abstract: "Measure what GPUs cost that nobody touches.")

  static let counts = [1, 4, 16]
  static let sizes = [UInt64(96), 288]

  /// Sixteen GPUs with eight domains each would be more than QEMU's 128 nodes (MAX_NODES), with the machine's own.
  static func machine(gpus: Int, gibibytes: UInt64) -> MachineOptions {
    var machine = MachineOptions(representation: .vm, memorySize: gibibytes << 30, gpuCount: gpus)
    machine.deviceProperties["numa-nodes"] = "7"
    return machine
  }

  func run() async throws {
    let assets = try GuestAssets.load()
    for gibibytes in Self.sizes { try await measureStart(gibibytes, assets: assets) }
    try await measureTouch(assets: assets)
  }

  private func measureStart(_ gibibytes: UInt64, assets: GuestAssets) async throws {
    var starts: [Int: [MachineStart]] = [:]
    // Once more, for the first round, which finds files that are not in memory.
    for round in 0...(GuestBenchmark.isQuick ? 1 : 21) {
      for count in [0] + Self.counts {
        let start = try await QEMUProcess.startOnly(
          Self.machine(gpus: count, gibibytes: gibibytes), assets: assets)
        if round > 0 { starts[count, default: []].append(start) }
      }
    }
    let none = starts[0] ?? []
    if gibibytes == Self.sizes[0] {
      GuestBenchmark.emit(
        Measurement(
          case: "no GPU: resident memory", unit: "MiB",
          samples: none.map { Double($0.residentBytes >> 10) / 1024 }
        ))
      GuestBenchmark.emit(
        Measurement(
          case: "no GPU: start-up", unit: "ms", samples: none.map(\.duration.milliseconds)))
    }
    for count in Self.counts {
      let pairs = Array(zip(starts[count] ?? [], none))
      let label = "\(count) of \(gibibytes) GiB, untouched"
      GuestBenchmark.emit(
        Measurement(
          case: "\(label): resident memory of each", unit: "MiB",
          samples: pairs.map { gpus, none in
            (Double(gpus.residentBytes) - Double(none.residentBytes)) / Double(count << 20)
          }, aim: .atMost(8, of: .value),
          note: gibibytes > 256
            ? "Which pages hold no code is 32 KiB of bits for each GiB, which TCG needs: the limit." : nil))
      GuestBenchmark.emit(
        Measurement(
          case: "\(label): start-up time of each", unit: "ms",
          samples: pairs.map { gpus, none in
            (gpus.duration - none.duration).milliseconds / Double(count)
          }, aim: .atMost(20, of: .value)))
    }
  }

  /// The guest writes to each page of 1 GiB of the memory of the first GPU, and asks before and after it.
  private func measureTouch(assets: GuestAssets) async throws {
    for gibibytes in Self.sizes {
      var machine = Self.machine(gpus: 1, gibibytes: gibibytes)
      machine.kernelWords = ["grace.tests=speed-touch", "grace.nodes=7"]
      let looks = Looks()
      _ = try await GuestRun.boot(machine, assets: assets, timeLimit: .seconds(600)) { _, guest in
        await looks.add(try guest.residentBytes())
        return "done"
      }
      let bytes = await looks.bytes
      guard bytes.count == 2 else { throw BenchmarkError.noLooks(bytes.count) }
      GuestBenchmark.emit(
        Measurement(
          case: "1 of \(gibibytes) GiB: resident memory for 1 GiB that the guest writes", unit: "MiB",
          samples: [(Double(bytes[1]) - Double(bytes[0])) / Double(1 << 20)],
          baseline: .init(name: "what it writes", samples: [1024])))
    }
  }
}

/// How large QEMU was.
private actor Looks {
  private(set) var bytes: [UInt64] = []

  func add(_ count: UInt64) { bytes.append(count) }
}
