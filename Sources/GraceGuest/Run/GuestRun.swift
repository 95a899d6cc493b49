// SPDX-License-Identifier: GPL-2.0-or-later

/// A guest that came up, did its tests and powered off.
public struct GuestRun: Hashable, Sendable {
  /// The machine that was booted.
  public let options: MachineOptions
  /// What the guest told.
  public let facts: FactSheet
  /// What its tests gave.
  public let results: KTAPDocument
  /// How long its stages took.
  public let stages: GuestStages
  /// The whole console.
  public let console: [ConsoleLine]
  /// What QEMU had to say although it went on.
  public let messages: [String]

  /// Reads the console of a run. Failed tests are no error here; a guest that did not get to its end is.
  public init(_ run: ConsoleRun, options: MachineOptions) throws(GuestRunError) {
    var facts: [Fact] = []
    var bootTime: Duration?
    var endTime: Duration?
    var otherLines: [String] = []
    var malformed: MalformedFact?
    for line in run.console {
      do {
        guard let fact = try Fact.parse(line.text) else {
          otherLines.append(line.text)
          continue
        }
        facts.append(fact)
        if case .boot = fact { bootTime = line.time }
        if case .end = fact { endTime = line.time }
      } catch {
        malformed = malformed ?? error
      }
    }
    let stage = GuestRun.stage(
      booted: bootTime != nil, ended: endTime != nil, sawOutput: !run.console.isEmpty)
    try GuestRun.checkEnding(of: run, stage: stage)
    if let malformed { throw .malformedFact(malformed) }
    guard let bootTime, let endTime else {
      throw .endedEarly(stage: stage, lastLines: GuestRun.lastLines(of: run))
    }

    let sheet = FactSheet(facts)
    self.options = options
    self.facts = sheet
    do { results = try KTAPParser.parse(otherLines) } catch { throw .malformedResults(error) }
    stages = GuestStages(
      bootTime: bootTime, uptime: .milliseconds(sheet.boot?.uptimeMs ?? 0), endTime: endTime,
      wallTime: run.wallTime)
    console = run.console
    messages = run.messages
  }

  /// Boots the machine and reads its report.
  public static func boot(
    _ options: MachineOptions, assets: GuestAssets, timeLimit: Duration = QEMUProcess.defaultTimeLimit,
    onLine: @escaping @Sendable (ConsoleLine) -> Void = { _ in }
  ) async throws -> GuestRun {
    let initrd = try options.initrdWithSelftests(assets)
    defer { initrd?.remove() }
    let assets = initrd.map { assets.replacing(.initrd, with: $0.path) } ?? assets
    let process = try QEMUProcess(options: options, assets: assets, timeLimit: timeLimit)
    return try GuestRun(try await process.run(onLine: onLine), options: options)
  }

  private static func checkEnding(of run: ConsoleRun, stage: String) throws(GuestRunError) {
    for line in run.console {
      guard let panic = line.text.firstRange(of: "Kernel panic - not syncing") else { continue }
      throw .kernelPanic(message: String(line.text[panic.lowerBound...]), lastLines: lastLines(of: run))
    }
    switch run.ending {
    case .exited(0): break
    case .exited(let status): throw .qemuFailed(status: status, message: run.errorMessage)
    case .signaled(let signal): throw .killed(signal: signal, message: run.errorMessage)
    case .timedOut(let limit):
      throw .neverFinished(limit: limit, stage: stage, lastLines: lastLines(of: run))
    }
  }

  private static func stage(booted: Bool, ended: Bool, sawOutput: Bool) -> String {
    switch (ended, booted, sawOutput) {
    case (true, _, _): "powering off"
    case (_, true, _): "running its tests"
    case (_, _, true): "in its firmware or kernel"
    default: "before any output"
    }
  }

  /// Enough to see why, without the tables in hexadecimal.
  private static func lastLines(of run: ConsoleRun) -> [String] {
    run.console.map(\.text).filter { !$0.isEmpty }.suffix(20).map { String($0.prefix(200)) }
  }
}

extension ConsoleRun {
  /// The line in which QEMU says why it refused: the first that is neither a warning nor a hint.
  public var errorMessage: String? {
    messages.first { !$0.isEmpty && !$0.contains(": warning: ") && !$0.contains(": info: ") }
  }
}

/// How long each part of a guest's life took.
public struct GuestStages: Hashable, Sendable {
  /// From QEMU's start to the kernel's.
  public let firmware: Duration
  /// From the kernel's start to that of its init.
  public let kernel: Duration
  /// From init's start to the end of its tests.
  public let tests: Duration
  /// From there to QEMU's end.
  public let powerOff: Duration
  /// All of it.
  public let total: Duration

  /// The kernel's start is not seen on a quiet console; its own uptime at the start of init tells it.
  init(bootTime: Duration, uptime: Duration, endTime: Duration, wallTime: Duration) {
    kernel = min(uptime, bootTime)
    firmware = bootTime - kernel
    tests = endTime - bootTime
    powerOff = wallTime - endTime
    total = wallTime
  }
}
