// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser

struct GraceControl: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gracectl",
    abstract: "Make, judge and draw the ACPI tables of coherent GPUs, and list the products.",
    subcommands: [
      CheckCommand.self, TopologyCommand.self, TablesCommand.self, RulesCommand.self, ProfilesCommand.self,
      ProfileCommand.self,
    ])
}
