// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import GraceConformance

/// What `check` and `topology` read of a machine.
struct EvidenceOptions: ParsableArguments {
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

  func validate() throws {
    if paths.count(where: { $0 == "-" }) + (lspci == "-" ? 1 : 0) > 1 {
      throw ValidationError("Standard input can be read once; name the other files.")
    }
  }

  /// Reads everything and evaluates the AML. The notes are sentences on what had to be made up.
  func read() async throws -> (evidence: Evidence, notes: [String]) {
    var tables: [TableBytes] = []
    for path in paths { tables += try TableReader.tables(at: path) }
    var evidence = Evidence(tables: tables, functions: try lspci.map(TableReader.functions))
    var notes: [String] = []
    let evaluator = AMLEvaluator(tables: tables)
    if !noAml, evaluator.hasAML {
      evidence.namespace = try await evaluator.namespace()
      if evaluator.hasNoDSDT { notes.append("there is no DSDT; devices that the SSDTs extend were made up.") }
    }
    return (evidence, notes)
  }
}
