// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

extension GuestRun {
  /// The results of one of the guest's programs for one GPU.
  func program(_ name: String, gpu: Int = 0) throws -> KTAPDocument {
    // A machine may have no GPU at its start.
    let titles = [name] + options.places.dropFirst(gpu).prefix(1).map { "\(name) \($0.address)" }
    let result = try #require(
      results.cases.first { titles.contains($0.name) }, "the guest did not run \(name)")
    return try #require(result.subtests, "\(name) gave no results of its own")
  }

  /// Expects that a test of the guest passed: neither failed, nor was skipped, nor is missing.
  func expectPassed(
    _ name: String, in program: String, gpu: Int = 0, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let cases = try self.program(program, gpu: gpu).cases
    let result = try #require(
      cases.first { $0.name == name }, "\(program) has no test '\(name)', only \(cases.map(\.name))",
      sourceLocation: sourceLocation)
    #expect(result.result == .passed, "\(result.diagnostics)", sourceLocation: sourceLocation)
  }

  /// Expects that everything held that the library expects of the machine.
  func expectAllHeld(sourceLocation: SourceLocation = #_sourceLocation) throws {
    for expectation in try expectations() where !expectation.held {
      Issue.record(
        "\(expectation.name): expected \(expectation.expected), found \(expectation.found)",
        sourceLocation: sourceLocation)
    }
  }

  /// The function of a GPU.
  func function(gpu: Int = 0) throws -> FunctionFact {
    try #require(facts.function(at: options.places[gpu].address))
  }
}
