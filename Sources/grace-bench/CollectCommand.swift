// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import Foundation
import GraceBench

/// Reads what a benchmark printed and writes a record of the run. It fails if a case is missing.
struct CollectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "collect", abstract: "Make a record of a benchmark's output.")

  @Argument(help: "Name of the benchmark.")
  var name: String

  @Option(help: ArgumentHelp("Its list of cases.", valueName: "file"))
  var cases: String

  @Option(help: ArgumentHelp("What it printed.", valueName: "file"))
  var lines: String

  @Option(help: ArgumentHelp("Where the record goes.", valueName: "file"))
  var output: String

  @Option(help: "How it was called.")
  var command: String

  @Option(help: "The commit that was checked out.")
  var commit: String

  @Flag(help: "There were few samples.")
  var quick = false

  func run() throws {
    let list = try CaseList(parsing: try Files.read(cases))
    let record = RunRecord(
      name: name, title: list.title, date: Machine.day, commit: commit, command: command,
      machine: Machine.description, isQuick: quick, outcomes: try list.outcomes(of: try Files.read(lines)))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try Files.write(String(decoding: try encoder.encode(record), as: UTF8.self), to: output)
  }
}
