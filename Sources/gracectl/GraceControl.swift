// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser

struct GraceControl: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gracectl",
    abstract: "Judge and draw the ACPI tables that describe coherent GPUs.",
    subcommands: [CheckCommand.self, TopologyCommand.self, RulesCommand.self])
}
