// SPDX-License-Identifier: GPL-2.0-or-later

import Subprocess

/// A hypervisor and its guests that came up, did their tests and ended.
public struct NestedRun: Sendable {
  /// The machine.
  public let machine: NestedMachine
  /// The hypervisor.
  public let hypervisor: GuestRun
  /// Its guests.
  public let guests: [Guest]
  /// The machine's PCI functions as QEMU has them, while a guest used them.
  public let functions: [PCIFunctionFact]

  /// What is left of a guest.
  public struct Guest: Sendable {
    /// What its VMM was told to make.
    public let options: MachineOptions
    /// Its console, whose times are those of the hypervisor's.
    public let console: [ConsoleLine]
    /// Messages of its VMM.
    public let messages: [String]
    /// Lines of its VMM's monitor.
    public let monitor: [String]
    /// Where its BARs are in the tables of the second stage.
    public let secondStage: [SecondStageFact]

    /// Its facts and results, of its last start if it started again.
    public func run() throws(GuestRunError) -> GuestRun {
      try GuestRun(
        ConsoleRun(
          console: lastStart, messages: messages, ending: .exited(0), wallTime: console.last?.time ?? .zero),
        options: options)
    }

    /// What the guest told at each of its starts.
    public var starts: [StartFact] {
      console.compactMap { line in
        guard case .start(let fact)? = try? Fact.parse(line.text) else { return nil }
        return fact
      }
    }

    /// What was on the console from the last report's beginning on.
    private var lastStart: [ConsoleLine] {
      let start = console.lastIndex { $0.text.hasPrefix("KTAP version") } ?? 0
      // The fact that the guest has booted comes before its report.
      let boot = console[..<start].lastIndex { $0.text.hasPrefix(Fact.mark) } ?? start
      return Array(console[boot...])
    }
  }

  init(_ run: ConsoleRun, machine: NestedMachine, observed: NestedHost.Observations) throws(GuestRunError) {
    var own: [ConsoleLine] = []
    var streams: [[NestedLine.Stream: [ConsoleLine]]] = Array(repeating: [:], count: machine.guests.count)
    for line in run.console {
      if let nested = NestedLine(line.text), streams.indices.contains(nested.guest) {
        streams[nested.guest][nested.stream, default: []].append(ConsoleLine(nested.text, at: line.time))
      } else {
        own.append(line)
      }
    }
    self.machine = machine
    hypervisor = try GuestRun(
      ConsoleRun(console: own, messages: run.messages, ending: run.ending, wallTime: run.wallTime),
      options: machine.hypervisor)
    guests = streams.enumerated().map { index, streams in
      Guest(
        options: machine.machine(ofGuest: index), console: streams[.console] ?? [],
        messages: (streams[.message] ?? []).map(\.text), monitor: (streams[.monitor] ?? []).map(\.text),
        secondStage: observed.secondStage.filter { $0.guest == index })
    }
    functions = observed.functions
  }

  /// Boots the machine, answers what the guests of its guest ask, and reads all reports.
  public static func boot(
    _ machine: NestedMachine, assets: GuestAssets, timeLimit: Duration = QEMUProcess.defaultTimeLimit,
    onLine: @escaping @Sendable (ConsoleLine) -> Void = { _ in },
    answering answer: @escaping NestedHost.Answer = { request, _ in throw UnknownRequest(request.request) }
  ) async throws -> NestedRun {
    let initrd = try JoinedFile(
      [try assets.path(machine.vmm.asset), try assets.path(.initrd)],
      behind: try NestedArchive(machine, assets: assets).bytes)
    defer { initrd.remove() }
    let folder = try SocketFolder()
    defer { folder.remove() }
    let process = try QEMUProcess(
      options: machine.hypervisor, assets: assets.replacing(.initrd, with: initrd.path), timeLimit: timeLimit)
    let host = NestedHost(
      machine, socketPath: folder.socketPath, debugPath: folder.debugPath, answer: answer)
    let run = try await process.run(arguments: process.arguments + folder.arguments, input: .inputWriter) {
      line, execution in
      onLine(line)
      do {
        for text in try await host.take(line.text, processIdentifier: execution.processIdentifier.value) {
          _ = try await execution.standardInputWriter.write(text + "\n")
        }
      } catch {
        await host.fail(error)
        await execution.teardown(using: [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))])
      }
    }
    if let failure = await host.failure {
      // What fails after the time limit fails because QEMU was ended then.
      guard case .timedOut = run.ending else { throw failure }
    }
    return try NestedRun(run, machine: machine, observed: await host.observations)
  }
}
