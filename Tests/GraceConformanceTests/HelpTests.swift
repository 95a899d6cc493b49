// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import Testing

@testable import gracectl

@Suite("Help of gracectl")
struct HelpTests {
  /// Without line breaks, which depend on the width of the terminal.
  private func words(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  @Test("gracectl --help names every subcommand")
  func root() {
    let help = words(GraceControl.helpMessage())
    for command in GraceControl.configuration.subcommands {
      let name = command.configuration.commandName ?? ""
      #expect(!name.isEmpty && help.contains(" \(name) \(command.configuration.abstract)"), "\(name)")
    }
  }

  @Test(
    "each subcommand's help names all of its options and says what each is for",
    arguments: [
      (
        "check",
        [
          "<path> ...", "--lspci <file>", "--no-aml", "--json", "--junit <file>", "--severity <severity>",
          "-h, --help",
        ]
      ), ("topology", ["<path> ...", "--lspci <file>", "--no-aml", "--svg <file>", "--json", "-h, --help"]),
      ("rules", ["--json", "--markdown", "-h, --help"]),
    ])
  func subcommand(_ name: String, _ options: [String]) throws {
    let command = try #require(
      GraceControl.configuration.subcommands.first { $0.configuration.commandName == name })
    let help = words(GraceControl.helpMessage(for: command, columns: 100))
    #expect(help.contains("USAGE: gracectl \(name)"))
    for option in options {
      // A capital letter begins the sentence behind each option, and words in parentheses may stand before it.
      #expect(help.contains(option + " "), "\(option)")
    }
    let flags = Set(help.matches(of: /--[a-z-]+/).map { String($0.output) })
    #expect(flags == Set(options.flatMap { $0.matches(of: /--[a-z-]+/).map { String($0.output) } }))
  }

  @Test(
    "help is no error",
    arguments: [["--help"], ["check", "--help"], ["topology", "--help"], ["rules", "-h"]])
  func status(_ arguments: [String]) {
    #expect {
      var command = try GraceControl.parseAsRoot(arguments)
      try command.run()
    } throws: { error in
      GraceControl.exitCode(for: error) == .success
    }
  }
}

@Suite("gracectl topology")
struct TopologyCommandTests {
  @Test("standard output takes text, JSON or a picture")
  func oneOutput() {
    #expect(throws: (any Error).self) { try TopologyCommand.parse(["x", "--svg", "-", "--json"]) }
    #expect(throws: (any Error).self) { try TopologyCommand.parse([]) }
    #expect(throws: (any Error).self) { try TopologyCommand.parse(["-", "--lspci", "-"]) }
  }

  @Test("inputs that cannot be read are the same errors as check's")
  func unreadable() async throws {
    let command = try TopologyCommand.parse(["/nonexistent/grace"])
    await #expect(
      throws: InputError.unreadable(path: "/nonexistent/grace", reason: "there is no such file or folder")
    ) { _ = try await command.topology() }
  }
}
