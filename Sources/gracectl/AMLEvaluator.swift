// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceConformance
import Subprocess

/// Has ACPICA's acpiexec load DSDT and SSDTs and evaluate every `_DSD` and `_PXM` in them, and the `_CRS` of PCI host
/// bridges.
struct AMLEvaluator {
  /// How long one run may take. Loading takes milliseconds and a second passes at the end, but machines can be busy; AML of
  /// garbage can loop for ever.
  static let timeLimit = Duration.seconds(60)
  /// Bytes of output that are read at most.
  private static let outputLimit = 16 << 20
  /// Bytes of commands for one run. acpiexec reads them into a buffer of 1024 and refuses what is longer.
  private static let commandLimit = 900
  /// Runs at the same time. Each sleeps for a second before it ends.
  private static let parallel = 8
  private static let places = Places(parallel)
  /// How often devices are made up for SSDTs without a DSDT; each round can bring up names of the next.
  private static let rounds = 8

  private let dsdt: TableBytes?
  private let others: [TableBytes]

  /// Takes the tables with AML out of all tables.
  init(tables: [TableBytes]) {
    let whole = tables.filter { TableHeader($0) != nil }
    dsdt = whole.first { $0.signature == "DSDT" }
    others = whole.filter { $0.signature == "SSDT" }
  }

  var hasAML: Bool { dsdt != nil || !others.isEmpty }
  var hasNoDSDT: Bool { dsdt == nil }

  /// The values, or a problem that acpiexec or its end tells of.
  func namespace() async throws -> EvaluatedNamespace {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "gracectl-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw InputError.unwritable(path: folder.path, reason: "permission is denied")
    }
    defer { try? FileManager.default.removeItem(at: folder) }
    do {
      return try await evaluate(in: folder)
    } catch let stop as AcpiexecStop {
      return EvaluatedNamespace(objects: [], problem: stop.description)
    }
  }

  private func evaluate(in folder: URL) async throws -> EvaluatedNamespace {
    var made: Set<String> = []
    var files = try write(made, to: folder)
    var listing = try await run(Self.finds, files: files)
    if dsdt == nil {
      for _ in 0..<Self.rounds {
        let missing = Set(AcpiexecText.unresolved(in: listing)).subtracting(made)
        if missing.isEmpty { break }
        made.formUnion(missing)
        files = try write(made, to: folder)
        listing = try await run(Self.finds, files: files)
      }
    }
    let paths =
      AcpiexecText.names("_DSD", in: listing) + AcpiexecText.names("_PXM", in: listing)
      + (try await bridges(in: listing, files: files))
    return EvaluatedNamespace(
      objects: try await evaluate(paths, files: files), problem: AcpiexecText.problem(in: listing))
  }

  private static let finds = ["_DSD", "_PXM", "_CRS", "_HID", "_CID"].map { "find \($0)" }

  /// The `_CRS` of all PCI host bridges.
  private func bridges(in listing: String, files: [String]) async throws -> [String] {
    let resources = AcpiexecText.names("_CRS", in: listing)
    let devices = Set(resources.map { String($0.dropLast(5)) })
    var (bridges, open) = AcpiexecText.hostBridges(in: listing)
    // Of a method or a package the listing does not show the value.
    open.removeAll { !devices.contains(String($0.dropLast(5))) }
    for object in try await evaluate(open, files: files) {
      if object.value.map(HostBridge.isIdentifier) == true { bridges.insert(String(object.path.dropLast(5))) }
    }
    return resources.filter { bridges.contains(String($0.dropLast(5))) }
  }

  private func evaluate(_ paths: [String], files: [String]) async throws -> [EvaluatedObject] {
    let batches = Self.batches(of: paths)
    var objects: [EvaluatedObject] = []
    for start in stride(from: 0, to: batches.count, by: Self.parallel) {
      let some = Array(batches[start..<min(start + Self.parallel, batches.count)])
      objects += try await withThrowingTaskGroup(of: (Int, [EvaluatedObject]).self) { group in
        for (index, batch) in some.enumerated() {
          group.addTask {
            let text = try await run(batch.map(Self.command), files: files)
            return (index, AcpiexecText.objects(batch, in: text))
          }
        }
        var results: [Int: [EvaluatedObject]] = [:]
        for try await (index, objects) in group { results[index] = objects }
        return some.indices.flatMap { results[$0] ?? [] }
      }
    }
    return objects
  }

  private static func command(_ path: String) -> String { "evaluate \(path)" }

  /// The paths in pieces whose commands one run takes. The commands have a semicolon between them.
  static func batches(of paths: [String]) -> [[String]] {
    var batches: [[String]] = []
    var count = Int.max
    for path in paths {
      let length = command(path).utf8.count + 1
      if count > max(0, commandLimit - length) {
        batches.append([])
        count = 0
      }
      batches[batches.count - 1].append(path)
      count += length
    }
    return batches
  }

  /// Writes the tables as files, the DSDT first, and returns their paths.
  private func write(_ made: Set<String>, to folder: URL) throws -> [String] {
    let first = dsdt?.bytes ?? NamespaceStub.sealed(NamespaceStub.table(defining: made.sorted()))
    return try ([first] + others.map(\.bytes)).enumerated().map { index, bytes in
      let file = folder.appendingPathComponent("table\(index).aml")
      do {
        try Data(bytes).write(to: file)
      } catch {
        throw InputError.unwritable(path: file.path, reason: "the disk is full or permission is denied")
      }
      return file.path
    }
  }

  /// The output of one run. No `_INI` is run and nothing is repaired: the values are those in the tables.
  private func run(_ commands: [String], files: [String]) async throws -> String {
    let arguments = ["-di", "-dr", "-to", "2", "-b", commands.joined(separator: ";")] + files
    return try await Self.places.work { try await Self.acpiexec(arguments) }
  }

  private static func acpiexec(_ arguments: [String]) async throws -> String {
    try await withThrowingTaskGroup(of: String.self) { group in
      group.addTask {
        do {
          let result = try await Subprocess.run(
            .name("acpiexec"), arguments: Arguments(arguments), input: .none,
            output: .bytes(limit: Self.outputLimit), error: .discarded)
          guard case .exited(0) = result.terminationStatus else {
            throw AcpiexecStop.failed("\(result.terminationStatus)")
          }
          return String(decoding: result.standardOutput, as: UTF8.self)
        } catch let error as SubprocessError where error.code == .executableNotFound {
          throw InputError.missingProgram(name: "acpiexec", package: "acpica-tools")
        } catch let error as SubprocessError where error.code == .outputLimitExceeded {
          throw AcpiexecStop.tooMuch
        }
      }
      group.addTask {
        try await Task.sleep(for: Self.timeLimit)
        throw AcpiexecStop.timedOut
      }
      defer { group.cancelAll() }
      return try await group.next() ?? ""
    }
  }
}

/// How acpiexec ended without a result.
private enum AcpiexecStop: Error, CustomStringConvertible {
  case timedOut, tooMuch
  case failed(String)

  var description: String {
    switch self {
    case .timedOut: "acpiexec came to no end in \(AMLEvaluator.timeLimit)"
    case .tooMuch: "acpiexec prints without end"
    case .failed(let status): "acpiexec ended with \(status)"
    }
  }
}
