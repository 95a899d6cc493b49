// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// Boots hypervisors with guests of their own.
enum NestedLab {
  /// A machine small enough to be emulated twice, whose guests do this alone.
  static func machine(
    _ profile: GPUProfile = .gh200With480GB, gibibytes: UInt64 = 3, backend: NestedGuest.Backend = .type1,
    words: [String] = NestedGuest.reportWords
  ) -> NestedMachine {
    NestedMachine(
      profile: profile, memorySize: gibibytes << 30,
      guests: [NestedGuest(backend: backend, kernelWords: words)])
  }

  /// The hypervisor and its guests, for one test alone, which answers what the guests ask.
  static func run(
    _ machine: NestedMachine, timeLimit: Duration = .seconds(300),
    answering answer: @escaping NestedHost.Answer = { request, _ in throw UnknownRequest(request.request) }
  ) async throws -> NestedRun {
    let assets = try GuestAssets.load(needing: GuestAssets.required(for: .virt) + [machine.vmm.asset])
    return try await GuestLab.inPlace {
      try await NestedRun.boot(machine, assets: assets, timeLimit: timeLimit, answering: answer)
    }
  }
}

extension NestedRun.Guest {
  /// Expects that all that a program of the guest tried passed, and that it tried something; returns the cases.
  @discardableResult
  func expectPassed(
    _ program: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [KTAPCase] {
    let document = try run().program(program)
    #expect(document.isComplete, "\(document.problems)", sourceLocation: sourceLocation)
    #expect(!document.cases.isEmpty, sourceLocation: sourceLocation)
    for result in document.cases where result.result == .failed {
      Issue.record("\(result.name): \(result.diagnostics)", sourceLocation: sourceLocation)
    }
    return document.cases
  }
}
