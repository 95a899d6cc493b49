// SPDX-License-Identifier: GPL-2.0-or-later

import Subprocess

extension QEMUProcess {
  /// Runs QEMU as `run(onLine:answering:)` does, and whenever the guest asks to `move`, moves it to another QEMU, while it
  /// runs or, at `move paused`, while it stands still.
  ///
  /// The guest gets its answer where it then is: `done` from the destination, or what the destination said from the source,
  /// in which it goes on. The consoles of all QEMUs, one after the other, are that of the run.
  public func run(
    movingTo destination: QEMUProcess, answering answer: @escaping HostRequest.Answer
  ) async throws -> ConsoleRun {
    try await stay(arriving: nil, movingOnTo: destination, answering: answer)
  }

  /// A guest on its way to a QEMU that starts for it.
  private struct Arrival: Sendable {
    let source: RunningGuest
    let isPaused: Bool
    /// Gets an element once the guest has arrived, and ends with QEMU.
    let arrived: AsyncStream<Void>.Continuation
  }

  /// The guest's stay in this QEMU, and all stays that follow.
  private func stay(
    arriving arrival: Arrival?, movingOnTo destination: QEMUProcess,
    answering answer: @escaping HostRequest.Answer
  ) async throws -> ConsoleRun {
    let folder = try SocketFolder()
    defer { folder.remove() }
    let host = TurnTaker(socketPath: folder.socketPath, answer: answer)
    let next = NextStay()
    let incoming = arrival == nil ? [] : ["-incoming", "defer"]
    let run = try await run(
      arguments: arguments + folder.arguments + incoming, input: .inputWriter,
      onLine: { line, execution in
        guard let request = HostRequest(line: line.text) else { return }
        do {
          let text: String
          if request.name == "move" {
            let guest = await host.guest(processIdentifier: execution.processIdentifier.value)
            let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
            let arrival = Arrival(
              source: guest, isPaused: request.arguments == ["paused"], arrived: arrived)
            let stay = Task {
              defer { arrived.finish() }
              return try await destination.stay(
                arriving: arrival, movingOnTo: destination, answering: answer)
            }
            for await _ in arrivals {
              await next.set(stay)
              // QEMU may be gone before it has answered.
              _ = try? await guest.qmp.execute("quit")
              return
            }
            text = "refused: " + QEMUProcess.reason(await stay.result)
          } else {
            text = try await host.take(request, processIdentifier: execution.processIdentifier.value)
          }
          _ = try await execution.standardInputWriter.write(text.filter { !$0.isNewline } + "\n")
        } catch {
          await host.fail(error)
          await execution.teardown(using: [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))])
        }
      },
      onStart: { execution in
        guard let arrival else { return }
        do {
          let guest = await host.guest(processIdentifier: execution.processIdentifier.value)
          let migration = Migration(
            source: arrival.source, destination: guest, path: folder.migrationPath, isPaused: arrival.isPaused
          )
          try await migration.run()
          arrival.arrived.yield()
          _ = try await execution.standardInputWriter.write("done\n")
        } catch {
          await host.fail(error)
          await execution.teardown(using: [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))])
        }
      })
    if let stay = await next.stay { return run.followed(by: try await stay.value) }
    if let failure = await host.failure {
      // A QEMU that refuses a guest says why; what fails after the time limit fails because QEMU was ended then.
      switch run.ending {
      case .timedOut: break
      default: throw arrival == nil ? failure : MoveFailure(error: failure, message: run.errorMessage)
      }
    }
    return run
  }

  /// Why a guest did not arrive, in a line that a serial input takes at once.
  private static func reason(_ result: Result<ConsoleRun, any Error>) -> String {
    switch result {
    case .success: "QEMU ended before the guest came."
    case .failure(let error): String("\(error)".prefix(200))
    }
  }
}

/// A QEMU that did not take a guest, or whose guest could not be answered.
private struct MoveFailure: Error, CustomStringConvertible {
  let error: any Error
  /// What QEMU said of it.
  let message: String?

  var description: String { message ?? "\(error)" }
}

/// Where a guest went.
private actor NextStay {
  private(set) var stay: Task<ConsoleRun, any Error>?

  func set(_ stay: Task<ConsoleRun, any Error>) { self.stay = stay }
}

extension ConsoleRun {
  /// Both as one, if the first QEMU ended as it was told to.
  func followed(by next: ConsoleRun) -> ConsoleRun {
    guard ending == .exited(0) else { return self }
    return ConsoleRun(
      console: console + next.console.map { ConsoleLine($0.text, at: wallTime + $0.time) },
      messages: messages + next.messages, ending: next.ending, wallTime: wallTime + next.wallTime)
  }
}

extension GuestRun {
  /// Boots the machine, moves it to QEMUs with the other options when it asks for that, and reads its report.
  public static func boot(
    _ options: MachineOptions, movingTo destination: MachineOptions, assets: GuestAssets,
    timeLimit: Duration = QEMUProcess.defaultTimeLimit, answering answer: @escaping HostRequest.Answer
  ) async throws -> GuestRun {
    let source = try QEMUProcess(options: options, assets: assets, timeLimit: timeLimit)
    let destination = try QEMUProcess(options: destination, assets: assets, timeLimit: timeLimit)
    return try GuestRun(try await source.run(movingTo: destination, answering: answer), options: options)
  }
}
