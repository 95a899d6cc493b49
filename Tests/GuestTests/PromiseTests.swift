// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceGuest
import Testing

/// What the unmodified driver of Linux 7.3 promises, on GPUs of several kinds, and that the guest's judge of it can
/// say no. docs/promises.md lists the cases.
@Suite("What the variant driver promises")
struct PromiseTests {
  private static let program = "promise-check"

  private static func machine(
    _ profile: GPUProfile, mebibytes: UInt64? = 3 << 10, gpus: Int = 1,
    words: [String] = [], properties: [String: String] = [:]
  ) -> MachineOptions {
    var machine = MachineOptions(
      profile: profile, representation: .bareMetal, memorySize: mebibytes.map { $0 << 20 }, gpuCount: gpus)
    machine.deviceProperties = properties
    // What the library expects of every machine comes from the other programs.
    machine.kernelWords = ["grace.tests=all,\(program)"] + words
    return machine
  }

  /// Memory that fills its BARs and that does not, divided and whole; ready by register and by CXL's DVSEC.
  private static let machines = [
    machine(.gh200With480GB),
    machine(.gh200With480GB, mebibytes: nil),
    machine(.gh200With480GB, mebibytes: 2304, gpus: 2),
    machine(.gb200),
    machine(.blackwellNext),
  ]

  /// Why a case may be left out; each is a property of the machine.
  private static let reasons = [
    "the memory fills region 2", "the memory fills region 4", "the memory is not divided",
    "region 2 is the function's own BAR", "region 2 shows all of the memory", "there is only one GPU",
    "the function has no MSI capability",
  ]

  private func cases(_ machine: MachineOptions, gpu: Int = 0) async throws -> [KTAPCase] {
    try await GuestLab.guest(machine).program(PromiseTests.program, gpu: gpu).cases
  }

  @Test("every promise is kept, or left out for a reason known here", arguments: machines)
  func kept(machine: MachineOptions) async throws {
    try await GuestLab.guest(machine).expectAllHeld()
    for gpu in 0..<machine.gpuCount {
      let cases = try await cases(machine, gpu: gpu)
      for result in cases {
        if case .skipped(let reason) = result.result {
          #expect(PromiseTests.reasons.contains(reason), "\(result.name)")
        }
      }
      #expect(cases.filter { $0.result == .passed }.count >= 60)
      #expect(Set(cases.map(\.name)).count == cases.count)
    }
  }

  @Test("no promise is left out on every machine")
  func everywhere() async throws {
    var names: Set<String> = []
    var passed: Set<String> = []
    for machine in PromiseTests.machines {
      let cases = try await cases(machine)
      names.formUnion(cases.map(\.name))
      passed.formUnion(cases.filter { $0.result == .passed }.map(\.name))
    }
    #expect(names.subtracting(passed) == [])
  }

  @Test("docs/promises.md lists the cases, and no others")
  func documented() async throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/promises.md")
    let rows = try String(contentsOf: page, encoding: .utf8).split(separator: "\n").filter {
      $0.hasPrefix("| ") && !$0.hasPrefix("| Promise ")
    }
    let listed = rows.map { row in
      row.dropFirst(2).prefix { $0 != "|" }.trimmingCharacters(in: .whitespaces)
    }
    var found: Set<String> = []
    for machine in PromiseTests.machines {
      found.formUnion(try await cases(machine).map { PromiseTests.general($0.name) })
    }
    #expect(found.subtracting(listed.map(PromiseTests.general)) == [])
    #expect(Set(listed.map(PromiseTests.general)).subtracting(found) == [])
  }

  /// A case's name without the region and the width that it is run for.
  private static func general(_ name: String) -> String {
    name.replacing(/region [024R]/, with: "region R").replacing(/width [1248W]/, with: "width W")
  }

  @Test(
    "a guest that is told something wrong, or a device that forgets, breaks the promises that depend on it",
    arguments: [
      (
        machine(.gh200With480GB, words: ["grace.memory=\(4 << 30)"]),
        [
          "with exact room one sparse area ends where the memory does",
          "emulated BARs take writes of width 8 at every place inside",
          "region 4 takes 1 to 8 bytes at every alignment, over a page",
          "region 4 cuts accesses short where its size ends",
          "region 4 can be mapped in parts, at their offsets",
          "region 2 follows region 4 in physical memory",
        ]
      ),
      (
        machine(.gh200With480GB, words: ["grace.divided=off"]),
        [
          "more room than the capability needs is left as it was",
          "a write from BAR3 into BAR4 does not reach BAR4 (Linux 7.3)",
          "region 4 is one piece of physical memory",
        ]
      ),
      (
        machine(.gh200With480GB, properties: ["reset-clears-memory": "on"]),
        [
          "a mapping of region 2 shows the same after a reset",
          "a mapping of region 4 shows the same after a reset",
          "resets one after the other leave the memory",
          "the memory outlives the driver, emulated BARs do not",
        ]
      ),
    ])
  func broken(machine: MachineOptions, promises: [String]) async throws {
    let failed = try await cases(machine).filter { $0.result == .failed }.map(\.name)
    for promise in promises { #expect(failed.contains(promise), "\(promise)") }
    // What has nothing to do with it is kept.
    #expect(!failed.contains("each MSI-X vector signals its eventfd, and no other"))
  }
}
