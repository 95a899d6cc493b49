// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser

struct GraceControl: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gracectl",
    abstract: "Make, judge and draw the ACPI tables that describe coherent GPUs.",
    subcommands: [CheckCommand.self, TopologyCommand.self, TablesCommand.self, RulesCommand.self])
}
