// SPDX-License-Identifier: GPL-2.0-or-later

import Subprocess

/// What it costs to have a machine, before its CPUs run.
public struct MachineStart: Hashable, Sendable {
  /// From the start of the process until its monitor answers, which it does once all devices are there.
  public let duration: Duration
  /// Bytes of memory that QEMU occupies then.
  public let residentBytes: UInt64
}

extension QEMUProcess {
  /// Starts a machine whose CPUs stand still, and ends it again.
  public static func startOnly(
    _ options: MachineOptions, assets: GuestAssets
  ) async throws -> MachineStart {
    var groups = try options.argumentGroups(assets: assets)
    for index in groups.indices where groups[index].first == "-serial" {
      groups[index] = ["-serial", "null"]
    }
    groups += [["-S"], ["-qmp", "stdio"]]
    let process = QEMUProcess(
      executable: try assets.path(.qemu, for: options.machine), arguments: groups.flatMap { $0 },
      timeLimit: .seconds(120))
    let watch = StartWatch()
    let run = try await process.run(arguments: process.arguments, input: .inputWriter) { line, execution in
      guard await watch.see(line, processIdentifier: execution.processIdentifier.value) else { return }
      _ = try? await execution.standardInputWriter.write(#"{"execute":"quit"}"# + "\n")
    } onStart: { execution in
      _ = try? await execution.standardInputWriter.write(
        #"{"execute":"qmp_capabilities"}{"execute":"query-status"}"# + "\n")
    }
    guard let start = await watch.start else {
      throw GuestRunError.qemuFailed(status: -1, message: run.errorMessage)
    }
    return start
  }
}

/// Sees the answers of QEMU's monitor.
private actor StartWatch {
  private var answers = 0
  private(set) var start: MachineStart?

  /// Whether this was the answer of a machine that is complete.
  func see(_ line: ConsoleLine, processIdentifier: Int32) -> Bool {
    guard line.text.contains("\"return\"") else { return false }
    answers += 1
    guard answers == 2 else { return false }
    let guest = RunningGuest(processIdentifier: processIdentifier, socketPath: "")
    guard let bytes = try? guest.residentBytes() else { return true }
    start = MachineStart(duration: line.time, residentBytes: bytes)
    return true
  }
}
