// SPDX-License-Identifier: GPL-2.0-or-later

import Subprocess

extension QEMUProcess {
  /// Runs QEMU to its end or to the time limit, and answers what the guest asks the host meanwhile.
  ///
  /// A request is answered once the last one has been. If `answer` throws, QEMU is ended, and its error thrown.
  public func run(
    onLine: @escaping @Sendable (ConsoleLine) -> Void = { _ in },
    answering answer: @escaping HostRequest.Answer
  ) async throws -> ConsoleRun {
    let folder = try SocketFolder()
    defer { folder.remove() }
    let host = TurnTaker(socketPath: folder.socketPath, answer: answer)
    let run = try await run(arguments: arguments + folder.arguments, input: .inputWriter) { line, execution in
      onLine(line)
      guard let request = HostRequest(line: line.text) else { return }
      do {
        let text = try await host.take(request, processIdentifier: execution.processIdentifier.value)
        _ = try await execution.standardInputWriter.write(text.filter { !$0.isNewline } + "\n")
      } catch {
        await host.fail(error)
        await execution.teardown(using: [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))])
      }
    }
    if let failure = await host.failure {
      // What fails after the time limit fails because QEMU was ended then.
      guard case .timedOut = run.ending else { throw failure }
    }
    return run
  }
}

/// The host's side of a conversation with a guest.
actor TurnTaker {
  private let socketPath: String
  private let answer: HostRequest.Answer
  private var guest: RunningGuest?
  /// The first error.
  private(set) var failure: (any Error)?

  init(socketPath: String, answer: @escaping HostRequest.Answer) {
    self.socketPath = socketPath
    self.answer = answer
  }

  func take(_ request: HostRequest, processIdentifier: Int32) async throws -> String {
    try await answer(request, guest(processIdentifier: processIdentifier))
  }

  /// The guest in that process.
  func guest(processIdentifier: Int32) -> RunningGuest {
    let guest = guest ?? RunningGuest(processIdentifier: processIdentifier, socketPath: socketPath)
    self.guest = guest
    return guest
  }

  func fail(_ error: any Error) {
    failure = failure ?? error
  }
}

extension GuestRun {
  /// Boots the machine, answers what its programs ask the host, and reads its report.
  public static func boot(
    _ options: MachineOptions, assets: GuestAssets, timeLimit: Duration = QEMUProcess.defaultTimeLimit,
    answering answer: @escaping HostRequest.Answer
  ) async throws -> GuestRun {
    let process = try QEMUProcess(options: options, assets: assets, timeLimit: timeLimit)
    return try GuestRun(try await process.run(answering: answer), options: options)
  }
}
