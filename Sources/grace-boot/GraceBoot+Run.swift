// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import GraceGuest

extension GraceBoot {
  /// Boots one guest after the other and reports on all of them.
  func boot(_ machines: [MachineOptions], assets: GuestAssets) async throws {
    let log = try log.map(LineLog.init(appendingTo:))
    defer { log?.close() }
    var reports: [GuestReport] = []
    var isSetUpWrong = false
    for machine in machines {
      LineLog.standardError.write("\(machine.title): booting")
      let report: GuestReport
      do {
        let run = try await boot(machine, assets: assets, log: log)
        LineLog.standardError.write("\(machine.title): finished in \(inSeconds(run.stages.total))")
        report = try GuestReport(run)
      } catch let error as GuestRunError {
        // Somebody ended the program, not the guest.
        try Task.checkCancellation()
        LineLog.standardError.write("\(machine.title): failed")
        report = GuestReport(options: machine, failure: error)
        isSetUpWrong = isSetUpWrong || error.isSetUp
      }
      if !json { print(report.text) }
      reports.append(report)
    }
    let report = BootReport(reports)
    if json { print(try report.json()) }
    if isSetUpWrong { throw ExitCode.wrongSetUp }
    if !report.held { throw ExitCode.notHeld }
  }

  private func boot(_ machine: MachineOptions, assets: GuestAssets, log: LineLog?) async throws -> GuestRun {
    log?.write("==== \(machine.title)")
    // The selftests wait a second for each transfer that never ends.
    let limit = Duration.seconds(timeLimit ?? (machine.selftests == nil ? 120 : 600))
    return try await GuestRun.boot(machine, assets: assets, timeLimit: limit) { log?.write($0.text) }
  }

  /// Gives the terminal to a guest.
  func runShell(_ machine: MachineOptions, assets: GuestAssets) async throws {
    let initrd = try JoinedFile([try assets.path(.initrd), try assets.path(.shellInitrd)])
    defer { initrd.remove() }
    let process = try QEMUProcess(options: machine, assets: assets.replacing(.initrd, with: initrd.path))
    LineLog.standardError.write("\(machine.title): Ctrl-A X ends the guest")
    let status = try await process.runInTerminal()
    if status != 0 { throw ExitCode.wrongSetUp }
  }
}
