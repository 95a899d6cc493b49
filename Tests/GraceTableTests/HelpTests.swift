// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import Foundation
import Testing

@testable import gracectl

@Suite("Help and documentation of gracectl tables")
struct HelpTests {
  @Test("--help names every option")
  func help() {
    #expect(
      TablesCommand.helpMessage(columns: 100) == """
        OVERVIEW: Write the ACPI tables of a machine with GPUs: DSDT, SSDT, SRAT, SLIT and HMAT.

        The machine is that of a topology file, or a Grace machine of the default layout. docs/tables.md
        describes both. The exit status is 0, or 2 if there can be no such machine or the folder cannot be
        written; then nothing is.

        USAGE: tables [--topology <file>] [--profile <name>] [--gpus <number>] [--representation <name>] [--option <name=value> ...] [--quirk <name> ...] --output <folder>

        OPTIONS:
          --topology <file>       JSON file that describes the machine; - is standard input.
          --profile <name>        Product of all GPUs of a default machine: gh200-120gb, gh200-480gb,
                                  gh200-144gb, gb200, gb300, blackwell-next; or a file with one of your
                                  own. (default: gh200-480gb)
          --gpus <number>         GPUs of a default machine, 1 to 64; it has a socket for each up to four.
                                  (default: 1)
          --representation <name> What the tables describe: bare-metal, the Grace host, or vm, a guest with
                                  the GPUs passed through. (default: bare-metal)
          --option <name=value>   Setting of all GPUs as of the QEMU device, such as egm-size=64G; can be
                                  repeated.
          --quirk <name>          Mistake to make on purpose; can be repeated: gi-handle-swapped,
                                  gi-handle-doubled, gi-shuffled, gi-missing, gi-disabled, gi-one-too-few,
                                  dsd-missing, dsd-size-zero, dsd-base-unaligned, slit-asymmetric,
                                  slit-too-small, slit-zero, hmat-unknown-domain, memory-overlaps-ram.
          -o, --output <folder>   Folder to write to; it is made if it is missing.
          -h, --help              Show help information.

        """)
  }

  @Test("docs/tables.md describes every option, field and example")
  func documentation() throws {
    let text = try String(contentsOf: checkout.appendingPathComponent("docs/tables.md"), encoding: .utf8)
    for name in [
      "--topology", "--profile", "--gpus", "--representation", "--option", "--quirk", "--output", "sockets",
      "domain", "cpus", "memory", "distances", "bridges", "name", "segment", "bus", "window", "gpus",
      "profile",
      "address", "bridge", "path", "options",
    ] {
      #expect(text.contains("`\(name)"), "\(name)")
    }
    let examples = try FileManager.default.contentsOfDirectory(
      atPath: checkout.appendingPathComponent("docs/examples").path)
    #expect(!examples.isEmpty)
    for name in examples where name.hasSuffix(".json") {
      #expect(text.contains("examples/\(name)"), "\(name)")
    }
  }
}
