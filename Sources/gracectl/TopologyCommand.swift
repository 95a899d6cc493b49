// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import Foundation
import GraceConformance

struct TopologyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "topology",
    abstract: "Draw the machine that ACPI tables describe.",
    discussion: """
      Prints the address map, the proximity domains, the devices with domains of their own, and distances, latencies \
      and bandwidths; neighbouring domains that have the same stand in one row. It draws what the tables say; check \
      judges it. The exit status is 0, or 2 if something cannot be read.
      """)

  @OptionGroup var input: EvidenceOptions

  @Option(
    help: ArgumentHelp(
      "Draw a picture, too: a file for SVG 1.1; - is standard output, in place of the text.",
      valueName: "file"))
  var svg: String?

  @Flag(help: "Print domains, devices, ranges and matrices as JSON.")
  var json = false

  func validate() throws {
    if json, svg == "-" {
      throw ValidationError("Standard output takes one of them; give --svg a file or leave out --json.")
    }
  }

  func run() async throws {
    let (topology, notes) = try await topology()
    if let svg {
      let drawing = Picture(topology).svg
      if svg == "-" {
        print(drawing, terminator: "")
        return
      }
      do {
        try Data(drawing.utf8).write(to: URL(fileURLWithPath: svg))
      } catch {
        throw InputError.unwritable(path: svg, reason: "the folder is missing or permission is denied")
      }
    }
    print(json ? try jsonText(topology) : topology.text(notes: notes))
  }

  /// What the tables describe, and sentences on what is missing from the picture.
  func topology() async throws -> (topology: Topology, notes: [String]) {
    let (evidence, problems) = try await input.read()
    var notes = problems
    let signatures = Set(evidence.tables.map(\.signature))
    if !signatures.contains("SRAT") {
      notes.append("there is no SRAT; nobody says which domains there are.")
    }
    if !signatures.contains("SLIT") {
      notes.append("there is no SLIT; Linux takes 10 within a domain and 20 between two.")
    }
    if let problem = evidence.namespace?.problem {
      notes.append("the AML was not evaluated as a whole: \(problem)")
    }
    return (evidence.topology(), notes)
  }
}
