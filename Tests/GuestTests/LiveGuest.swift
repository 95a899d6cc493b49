// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// Boots guests in which `live-check` runs, and plays the host's part (guest/README.md).
enum LiveGuest {
  /// A machine that runs a scenario of `live-check` and nothing else.
  ///
  /// With QEMU's instruction counter the waits of the driver and of a slot pass in a moment.
  static func machine(
    _ scenario: String, profile: GPUProfile = .gh200With480GB, representation: Representation = .bareMetal
  ) -> MachineOptions {
    var machine = MachineOptions(profile: profile, representation: representation, memorySize: 3 << 30)
    machine.cpuCount = 1
    machine.extraArguments = ["-icount", "shift=3,sleep=off"]
    machine.kernelWords = ["grace.tests=live-check", "grace.live=\(scenario)"]
    return machine
  }

  /// What guests ask for most: another fault, an error to report, bad pages.
  static let answer: HostRequest.Answer = { request, guest in
    switch (request.name, request.arguments.first) {
    case ("fault", let fault?): try await guest.set("fault", to: .string(fault))
    case ("error", let error?): try await guest.injectError(error)
    case ("poison", "none"): try await guest.set("poison", to: "")
    case ("poison", let pages?): try await guest.set("poison", to: .string(pages))
    default: throw UnknownRequest(request)
    }
    return "done"
  }

  /// Boots the machine and expects that all that the program tried passed, and that it tried something.
  static func expectPassed(
    _ machine: MachineOptions, answering answer: @escaping HostRequest.Answer = LiveGuest.answer,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let document = try await GuestLab.guest(machine, answering: answer).program("live-check")
    #expect(document.isComplete, "\(document.problems)", sourceLocation: sourceLocation)
    #expect(!document.cases.isEmpty, sourceLocation: sourceLocation)
    for result in document.cases where result.result != .passed {
      Issue.record("\(result.name): \(result.diagnostics)", sourceLocation: sourceLocation)
    }
  }
}
