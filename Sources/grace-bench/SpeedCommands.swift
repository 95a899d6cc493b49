// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import GraceBench
import GraceGuest

/// Register accesses in a guest against QEMU's own test devices.
struct RegistersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "registers", abstract: "Measure register accesses in a guest.")

  func run() async throws {
    var machine = MachineOptions(representation: .vm)
    machine.extraArguments = ["-device", "edu", "-device", "pci-testdev"]
    let speeds = try await GuestBenchmark.speeds(machine, program: "speed-registers", samples: 301)
    GuestBenchmark.emit(
      speeds,
      aim: { $0.baseline == "edu" && !$0.case.contains("edu itself") ? .atMost(1.03, of: .ratio) : nil },
      note: {
        $0.case.contains("edu itself")
          ? "Two registers of the same device: what differs from 1 here is the error of the method." : nil
      })
  }
}

/// The GPU's memory in a guest against the guest's own.
struct MemoryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "memory", abstract: "Measure coherent memory in guests.")

  func run() async throws {
    for representation in [Representation.bareMetal, .vm] {
      var machine = MachineOptions(representation: representation)
      machine.ramSize = 3 << 30
      let speeds = try await GuestBenchmark.speeds(machine, program: "speed-memory", samples: 61)
      GuestBenchmark.emit(
        speeds,
        aim: { speed in
          if speed.unit == "MB/s" { return .atLeast(0.99, of: .ratio) }
          // As fast is to be read as time here.
          return .atMost((1000 / 0.99).rounded(.up) / 1000, of: .ratio)
        },
        note: {
          $0.case == "mapped from the driver: first touch of a page"
            ? "The driver maps as much as a page of the page table at once and clears nothing; RAM comes page by page, as zeros."
            : nil
        })
    }
  }
}

/// The DMA engine in a guest against the DMA of QEMU's edu.
struct EngineCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "engine", abstract: "Measure the DMA engine in a guest.")

  func run() async throws {
    var machine = MachineOptions(representation: .bareMetal)
    machine.extraArguments = ["-device", "edu"]
    let speeds = try await GuestBenchmark.speeds(machine, program: "speed-engine", samples: 61)
    GuestBenchmark.emit(
      speeds, aim: { $0.baseline == "edu" ? .atLeast(1, of: .ratio) : nil },
      note: {
        $0.baseline == "edu"
          ? "edu starts a timer of 100 ms for each transfer, whatever its size (hw/misc/edu.c)." : nil
      })
  }
}
