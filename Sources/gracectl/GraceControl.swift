// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser

struct GraceControl: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gracectl",
    abstract: "Judge the ACPI tables that describe coherent GPUs, and make some.",
    subcommands: [CheckCommand.self, RulesCommand.self, TablesCommand.self])
}
