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

  @OptionGroup var input: EvidenceOptions

  @Flag(help: "Print the findings as JSON.")
  var json = false

  @Option(help: ArgumentHelp("Write the findings as JUnit XML, too.", valueName: "file"))
  var junit: String?

  @Option(help: "Mildest findings to report: info, warning or error.")
  var severity = Severity.info

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
    let (evidence, problems) = try await input.read()
    var notes = problems
    let tables = evidence.tables
    if !tables.contains(where: { $0.signature == "SRAT" }) {
      notes.append("there is no SRAT; domains were compared with nothing.")
    }
    if input.lspci == nil, tables.contains(where: { $0.signature == "SRAT" }) {
      notes.append("no PCI functions are known; --lspci compares device handles with them.")
    }
    let findings = evidence.findings().filter { $0.severity >= severity }
    return Report(tables: tables.map(\.source), findings: findings, notes: notes)
  }
}
