// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser

@main
struct GraceBenchmarks: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grace-bench",
    abstract: "What scripts/bench calls: measures in guests, and shows what was measured.",
    subcommands: [
      RegistersCommand.self, MemoryCommand.self, EngineCommand.self, SizeCommand.self, BootCommand.self,
      CollectCommand.self, ReportCommand.self, WriteDocsCommand.self,
    ])
}
