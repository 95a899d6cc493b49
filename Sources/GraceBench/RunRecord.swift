// SPDX-License-Identifier: GPL-2.0-or-later

import FoundationEssentials

/// One run of a benchmark: when, where, how, and what it gave.
public struct RunRecord: Codable, Hashable, Sendable {
  /// Name of the benchmark.
  public var name: String
  /// What it is about.
  public var title: String
  /// Day of the run, as `2026-11-29`.
  public var date: String
  /// The commit that was checked out, with `-changed` if files were not as in it.
  public var commit: String
  /// How it was called.
  public var command: String
  /// Processor, number of them, memory and system.
  public var machine: String
  /// Whether there were only as many samples as show that it works.
  public var isQuick: Bool
  /// What it gave.
  public var outcomes: [Outcome]

  /// A run.
  public init(
    name: String, title: String, date: String, commit: String, command: String, machine: String,
    isQuick: Bool, outcomes: [Outcome]
  ) {
    self.name = name
    self.title = title
    self.date = date
    self.commit = commit
    self.command = command
    self.machine = machine
    self.isQuick = isQuick
    self.outcomes = outcomes
  }
}

/// The last run of each benchmark, as docs/performance.json keeps it.
public struct RunBook: Codable, Hashable, Sendable {
  /// One for each benchmark, by name in the order of `order`.
  public private(set) var runs: [RunRecord]

  /// A book of these runs.
  public init(_ runs: [RunRecord] = []) { self.runs = runs }

  /// Reads the JSON of a book.
  public init(json: String) throws {
    self = try JSONDecoder().decode(RunBook.self, from: Data(json.utf8))
  }

  /// The book as JSON, with members in order so that two of them can be compared.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// Replaces the runs of the same benchmarks; those of benchmarks that are no more go.
  public mutating func take(_ new: [RunRecord], order: [String]) {
    var all = Dictionary(runs.map { ($0.name, $0) }) { $1 }
    for run in new { all[run.name] = run }
    runs = order.compactMap { all[$0] }
  }
}
