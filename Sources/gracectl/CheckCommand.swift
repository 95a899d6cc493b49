// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import Foundation
import GraceConformance

extension Severity: ExpressibleByArgument {}

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check the ACPI tables of one machine.",
    discussion: """
      The exit status is 0 if nothing is wrong, 1 if there are errors or warnings, and 2 if something cannot be read. \
      Findings for information do not count.
      """)

  @Argument(
    help: ArgumentHelp(
      "Folders of tables such as /sys/firmware/acpi/tables, files with a table each, or the output of acpidump; - is standard input.",
      valueName: "path"))
  var paths: [String]

  @Option(
    help: ArgumentHelp(
      "Output of lspci -nn, -vvvnn or -xxxx on that machine, to compare device handles with.",
      valueName: "file"))
  var lspci: String?

  @Flag(help: "Leave out what AML says; otherwise acpiexec evaluates it.")
  var noAml = false

  @Flag(help: "Print the findings as JSON.")
  var json = false

  @Option(help: ArgumentHelp("Write the findings as JUnit XML, too.", valueName: "file"))
  var junit: String?

  @Option(help: "Mildest findings to report: info, warning or error.")
  var severity = Severity.info

  func validate() throws {
    if paths.count(where: { $0 == "-" }) + (lspci == "-" ? 1 : 0) > 1 {
      throw ValidationError("Standard input can be read once; name the other files.")
    }
  }

  func run() async throws {
    let report = try await report()
    if let junit {
      do {
        try Data(report.junit.utf8).write(to: URL(fileURLWithPath: junit))
      } catch {
        throw InputError.unwritable(path: junit, reason: "the folder is missing or permission is denied")
      }
    }
    print(json ? try jsonText(report) : report.text)
    if !report.isClean { throw ExitCode.findings }
  }

  /// Reads everything, evaluates the AML and applies the rules.
  func report() async throws -> Report {
    var tables: [TableBytes] = []
    for path in paths { tables += try TableReader.tables(at: path) }
    var evidence = Evidence(tables: tables, functions: try lspci.map(TableReader.functions))
    var notes: [String] = []
    let evaluator = AMLEvaluator(tables: tables)
    if !noAml, evaluator.hasAML {
      evidence.namespace = try await evaluator.namespace()
      if evaluator.hasNoDSDT { notes.append("there is no DSDT; devices that the SSDTs extend were made up.") }
    }
    if !tables.contains(where: { $0.signature == "SRAT" }) {
      notes.append("there is no SRAT; domains were compared with nothing.")
    }
    if lspci == nil, tables.contains(where: { $0.signature == "SRAT" }) {
      notes.append("no PCI functions are known; --lspci compares device handles with them.")
    }
    let findings = evidence.findings().filter { $0.severity >= severity }
    return Report(tables: tables.map(\.source), findings: findings, notes: notes)
  }
}
