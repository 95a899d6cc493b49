// SPDX-License-Identifier: GPL-2.0-or-later

import Subprocess

extension QEMUProcess {
  /// Runs QEMU as `run(onLine:answering:)` does, for a guest whose machine `answer` saves when it is asked to `move`.
  ///
  /// When the guest then asks to go `back`, QEMU ends, and another starts with the same arguments and `loading`, which have
  /// to say what was saved (`-loadvm`). There the guest is as it was, and gets `done` to the request to move. The consoles
  /// of all QEMUs, one after the other, are that of the run.
  public func run(
    goingBackBy loading: [String], answering answer: @escaping HostRequest.Answer
  ) async throws -> ConsoleRun {
    try await life(isFirst: true, loading: loading, answering: answer)
  }

  private func life(
    isFirst: Bool, loading: [String], answering answer: @escaping HostRequest.Answer
  ) async throws -> ConsoleRun {
    let folder = try SocketFolder()
    defer { folder.remove() }
    let host = TurnTaker(socketPath: folder.socketPath, answer: answer)
    let end = LifeEnd()
    let run = try await run(
      arguments: arguments + folder.arguments + (isFirst ? [] : loading), input: .inputWriter,
      onLine: { line, execution in
        guard let request = HostRequest(line: line.text) else { return }
        do {
          let processIdentifier = execution.processIdentifier.value
          if request.name == "back" {
            await end.goBack()
            // QEMU may be gone before it has answered.
            _ = try? await host.guest(processIdentifier: processIdentifier).qmp.execute("quit")
            return
          }
          let text = try await host.take(request, processIdentifier: processIdentifier)
          _ = try await execution.standardInputWriter.write(text.filter { !$0.isNewline } + "\n")
        } catch {
          await host.fail(error)
          await execution.teardown(using: [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))])
        }
      },
      onStart: { execution in
        // QEMU reads its serial input once the machine is there.
        if !isFirst { _ = try? await execution.standardInputWriter.write("done\n") }
      })
    if let failure = await host.failure {
      // What fails after the time limit fails because QEMU was ended then.
      guard case .timedOut = run.ending else { throw failure }
    }
    guard await end.goesBack else { return run }
    return run.followed(by: try await life(isFirst: false, loading: loading, answering: answer))
  }
}

/// Whether a QEMU ended because its guest goes on in another.
private actor LifeEnd {
  private(set) var goesBack = false

  func goBack() { goesBack = true }
}

extension GuestRun {
  /// Boots the machine, ends QEMU and goes on in another, which loads what was saved, when the guest asks for that, and reads
  /// its report.
  public static func boot(
    _ options: MachineOptions, goingBackBy loading: [String], assets: GuestAssets,
    timeLimit: Duration = QEMUProcess.defaultTimeLimit, answering answer: @escaping HostRequest.Answer
  ) async throws -> GuestRun {
    let process = try QEMUProcess(options: options, assets: assets, timeLimit: timeLimit)
    return try GuestRun(
      try await process.run(goingBackBy: loading, answering: answer), options: options)
  }
}
