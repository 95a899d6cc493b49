// SPDX-License-Identifier: GPL-2.0-or-later

import Subprocess
import SystemPackage

/// Starts QEMU and waits for its end.
public struct QEMUProcess: Sendable {
  /// How long a guest may take unless said otherwise. It takes three seconds on an idle machine.
  public static let defaultTimeLimit = Duration.seconds(300)

  let executable: String
  let arguments: [String]
  let timeLimit: Duration
  /// Where it runs and puts temporary files; nil for where this process does.
  public var folder: String?

  /// A QEMU that is to be started with these arguments.
  public init(
    executable: String, arguments: [String], timeLimit: Duration = QEMUProcess.defaultTimeLimit
  ) {
    self.executable = executable
    self.arguments = arguments
    self.timeLimit = timeLimit
  }

  /// The QEMU that boots the machine.
  public init(
    options: MachineOptions, assets: GuestAssets, timeLimit: Duration = QEMUProcess.defaultTimeLimit
  ) throws(GuestAssetsError) {
    executable = try assets.path(.qemu, for: options.machine)
    arguments = try options.argumentGroups(assets: assets).flatMap { $0 }
    self.timeLimit = timeLimit
  }

  /// Runs QEMU, with nothing to read, to its end or to the time limit.
  ///
  /// Every line of the console is handed over as it comes.
  public func run(
    onLine: @escaping @Sendable (ConsoleLine) -> Void = { _ in }
  ) async throws(GuestRunError) -> ConsoleRun {
    try await run(arguments: arguments, input: .none) { line, _ in onLine(line) }
  }

  /// A QEMU whose console and messages are read.
  typealias Execution<Input: InputProtocol> = Subprocess.Execution<Input, SequenceOutput, SequenceOutput>

  /// Runs QEMU with these arguments and that input. The next line is read once the last one has been taken; what is to be
  /// done at the start goes on beside that.
  func run<Input: InputProtocol>(
    arguments: [String], input: Input,
    onLine: @escaping @Sendable (ConsoleLine, Execution<Input>) async -> Void,
    onStart: @escaping @Sendable (Execution<Input>) async -> Void = { _ in }
  ) async throws(GuestRunError) -> ConsoleRun {
    let clock = ContinuousClock()
    let start = clock.now
    do {
      let result = try await Subprocess.run(
        .path(FilePath(executable)), arguments: Arguments(arguments),
        environment: .inherit.updating(folder.map { ["TMPDIR": $0] } ?? [:]),
        workingDirectory: folder.map { FilePath($0) }, platformOptions: QEMUProcess.platformOptions,
        input: input, output: .sequence, error: .sequence
      ) { execution in
        try await withThrowingTaskGroup(of: Part.self) { group in
          group.addTask { .messages(try await QEMUProcess.lines(of: execution.standardError)) }
          group.addTask {
            .console(
              try await QEMUProcess.lines(of: execution.standardOutput, clock: clock, from: start) {
                await onLine($0, execution)
              })
          }
          group.addTask {
            await onStart(execution)
            return .started
          }
          group.addTask {
            do { try await Task.sleep(for: timeLimit) } catch { return .timer(expired: false) }
            await execution.teardown(using: [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))])
            return .timer(expired: true)
          }
          return try await QEMUProcess.collect(&group)
        }
      }
      let output = result.closureResult
      let ending: ConsoleRun.Ending =
        switch result.terminationStatus {
        case _ where output.expired: .timedOut(limit: timeLimit)
        case .exited(let status): .exited(Int(status))
        case .signaled(let signal): .signaled(Int(signal))
        }
      return ConsoleRun(
        console: output.console, messages: output.messages, ending: ending, wallTime: clock.now - start)
    } catch {
      throw GuestRunError.cannotStart(path: executable, reason: "\(error)")
    }
  }

  /// Gives QEMU this process's terminal and returns its exit status once it has ended.
  public func runInTerminal() async throws(GuestRunError) -> Int {
    do {
      let result = try await Subprocess.run(
        .path(FilePath(executable)), arguments: Arguments(arguments),
        platformOptions: QEMUProcess.platformOptions, input: .currentStandardInput,
        output: .currentStandardOutput, error: .currentStandardError)
      switch result.terminationStatus {
      case .exited(let status): return Int(status)
      case .signaled(let signal): throw GuestRunError.killed(signal: Int(signal), message: nil)
      }
    } catch let error as GuestRunError {
      throw error
    } catch {
      throw GuestRunError.cannotStart(path: executable, reason: "\(error)")
    }
  }

  /// A QEMU whose task is cancelled gives the terminal back before it ends.
  private static let platformOptions = {
    var options = PlatformOptions()
    options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))]
    return options
  }()

  private enum Part: Sendable {
    case console([ConsoleLine])
    case messages([String])
    case timer(expired: Bool)
    case started
  }

  private struct Output: Sendable {
    var console: [ConsoleLine] = []
    var messages: [String] = []
    var expired = false
  }

  /// Waits for the ends of both streams, which come with QEMU's, and then stops the timer.
  private static func collect(_ group: inout ThrowingTaskGroup<Part, any Error>) async throws -> Output {
    var output = Output()
    var openStreams = 2
    while let part = try await group.next() {
      switch part {
      case .console(let lines): output.console = lines
      case .messages(let lines): output.messages = lines
      case .timer(let expired):
        output.expired = expired
        continue
      case .started: continue
      }
      openStreams -= 1
      if openStreams == 0 { group.cancelAll() }
    }
    return output
  }

  private static func lines(
    of stream: SubprocessOutputSequence, clock: ContinuousClock, from start: ContinuousClock.Instant,
    onLine: @Sendable (ConsoleLine) async -> Void
  ) async throws -> [ConsoleLine] {
    var splitter = LineSplitter()
    var lines: [ConsoleLine] = []
    for try await buffer in stream {
      let time = clock.now - start
      for text in buffer.withUnsafeBytes({ splitter.append($0) }) {
        let line = ConsoleLine(text, at: time)
        await onLine(line)
        lines.append(line)
      }
    }
    if let text = splitter.finish() { lines.append(ConsoleLine(text, at: clock.now - start)) }
    return lines
  }

  private static func lines(of stream: SubprocessOutputSequence) async throws -> [String] {
    let clock = ContinuousClock()
    return try await lines(of: stream, clock: clock, from: clock.now, onLine: { _ in }).map(\.text)
  }
}
