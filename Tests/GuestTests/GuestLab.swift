// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// Boots each machine once, however many tests ask about it, and at most two at a time.
actor GuestLab {
  static let shared = GuestLab()

  private var boots: [MachineOptions: Task<GuestRun, any Error>] = [:]
  private var freePlaces = 2
  private var waiting: [CheckedContinuation<Void, Never>] = []

  /// The guest on that machine, booted now or earlier.
  static func guest(
    _ options: MachineOptions, timeLimit: Duration = QEMUProcess.defaultTimeLimit
  ) async throws -> GuestRun {
    try await shared.task(for: options, timeLimit: timeLimit).value
  }

  /// How QEMU starts with that machine, with other assets than usual if given, in a folder that is the one for temporary
  /// files, too.
  static func start(
    _ options: MachineOptions, replacing asset: (name: GuestAssets.Name, path: String)? = nil,
    in folder: String? = nil
  ) async throws -> ConsoleRun {
    var assets = try GuestAssets.load(needing: GuestAssets.required(for: options.machine))
    if let asset { assets = assets.replacing(asset.name, with: asset.path) }
    var process = try QEMUProcess(options: options, assets: assets)
    process.folder = folder
    return try await shared.inPlace { [process] in try await process.run() }
  }

  /// A guest on that machine for one test alone, whose requests that test answers.
  static func guest(
    _ options: MachineOptions, timeLimit: Duration = .seconds(300),
    answering answer: @escaping HostRequest.Answer
  ) async throws -> GuestRun {
    let assets = try GuestAssets.load(needing: GuestAssets.required(for: options.machine))
    return try await shared.inPlace {
      try await GuestRun.boot(options, assets: assets, timeLimit: timeLimit, answering: answer)
    }
  }

  /// The same, for a guest that moves to QEMUs with other options, or the same, when it asks for that.
  static func guest(
    _ options: MachineOptions, movingTo destination: MachineOptions, timeLimit: Duration = .seconds(300),
    answering answer: @escaping HostRequest.Answer
  ) async throws -> GuestRun {
    let assets = try GuestAssets.load(needing: GuestAssets.required(for: options.machine))
    return try await shared.inPlace {
      try await GuestRun.boot(
        options, movingTo: destination, assets: assets, timeLimit: timeLimit, answering: answer)
    }
  }

  /// The same, for a guest whose machine is saved and goes on in another QEMU, with these arguments more.
  static func guest(
    _ options: MachineOptions, goingBackBy loading: [String], timeLimit: Duration = .seconds(300),
    answering answer: @escaping HostRequest.Answer
  ) async throws -> GuestRun {
    let assets = try GuestAssets.load(needing: GuestAssets.required(for: options.machine))
    return try await shared.inPlace {
      try await GuestRun.boot(
        options, goingBackBy: loading, assets: assets, timeLimit: timeLimit, answering: answer)
    }
  }

  /// Does something that takes the place of a guest.
  static func inPlace<Value: Sendable>(_ work: @Sendable () async throws -> Value) async throws -> Value {
    try await shared.inPlace(work)
  }

  private func task(for options: MachineOptions, timeLimit: Duration) -> Task<GuestRun, any Error> {
    if let task = boots[options] { return task }
    let task = Task {
      let assets = try GuestAssets.load(needing: GuestAssets.required(for: options.machine))
      return try await inPlace {
        try await GuestRun.boot(options, assets: assets, timeLimit: timeLimit)
      }
    }
    boots[options] = task
    return task
  }

  private func inPlace<Value: Sendable>(_ work: @Sendable () async throws -> Value) async throws -> Value {
    await takePlace()
    defer { givePlace() }
    return try await work()
  }

  private func takePlace() async {
    if freePlaces > 0 {
      freePlaces -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  /// A place goes to who waits longest, without becoming free in between.
  private func givePlace() {
    if waiting.isEmpty {
      freePlaces += 1
    } else {
      waiting.removeFirst().resume()
    }
  }
}

extension MachineOptions {
  static let vm = MachineOptions(representation: .vm)
  static let bareMetal = MachineOptions(representation: .bareMetal)
}

extension MachineOptions: CustomTestStringConvertible {
  /// The machine as reports title it.
  public var testDescription: String { title }
}

extension GPUProfile: CustomTestStringConvertible {
  /// The profile's name.
  public var testDescription: String { name }
}
