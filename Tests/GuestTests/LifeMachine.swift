// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// A machine whose GPU takes its time after each reset, for the guest's `life-check`. The guest is told how long, and how
/// long the driver waits; with QEMU's instruction counter these times pass in a moment.
struct LifeMachine: Sendable, CustomTestStringConvertible {
  /// The product.
  let profile: GPUProfile
  /// What the guest sees.
  let representation: Representation
  /// The delays, as properties of the device.
  let delays: [String: String]
  /// When all of them are over, in milliseconds from a reset.
  let ready: Int
  /// How long Linux 7.3 waits, if not the 30 seconds of a GPU without CXL's DVSEC (nvgrace-gpu/main.c).
  var patience: Int?
  /// QEMU's machine.
  var machine = MachineKind.virt

  var testDescription: String {
    let text = delays.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    return "\(profile.name) \(representation.rawValue) \(machine.rawValue) \(text)"
  }

  /// What `life-check` says of the timer registers, in both representations.
  static let timers =
    ["PTIMER", "VIRTUAL_FUNCTION_TIME"].flatMap {
      [
        "\($0) counts the nanoseconds of the guest's clock", "\($0) never runs backwards, read in two halves",
        "bits 4:0 of the lower half of \($0) are zero",
      ]
    } + ["PTIMER and VIRTUAL_FUNCTION_TIME are the same time"]

  /// The guest on it, after `life-check`.
  func guest() async throws -> GuestRun {
    var options = MachineOptions(profile: profile, representation: representation, memorySize: 3 << 30)
    options.machine = machine
    options.cpuCount = 1
    options.extraArguments = ["-icount", "shift=3,sleep=off"]
    options.deviceProperties = delays
    options.kernelWords = ["grace.tests=life-check", "grace.ready-ms=\(ready)"]
    if let patience { options.kernelWords.append("grace.patience-ms=\(patience)") }
    return try await GuestLab.guest(options)
  }

}

/// A test of the guest's on such a machine.
struct LifeCase: Sendable, CustomTestStringConvertible {
  let machine: LifeMachine
  let name: String

  var testDescription: String { "\(machine.testDescription): \(name)" }

  /// All tests on all machines.
  static func all(_ machines: [LifeMachine], _ names: (LifeMachine) -> [String]) -> [LifeCase] {
    machines.flatMap { machine in names(machine).map { LifeCase(machine: machine, name: $0) } }
  }

  /// Expects that the guest's test passed.
  func expectPassed(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    try await machine.guest().expectPassed(name, in: "life-check", sourceLocation: sourceLocation)
  }
}
