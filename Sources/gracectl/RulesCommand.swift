// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import GraceConformance

struct RulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules", abstract: "List the rules that check applies.")

  @Flag(help: "Print the rules as JSON.")
  var json = false

  @Flag(help: "Print the rules as the table in docs/conformance.md.")
  var markdown = false

  func validate() throws {
    if json, markdown {
      throw ValidationError("The rules are printed in one form; leave out --json or --markdown.")
    }
  }

  func run() throws {
    if json {
      print(try jsonText(Rule.all))
    } else if markdown {
      print(RuleText.markdown(Rule.all), terminator: "")
    } else {
      print(RuleText.plain(Rule.all), terminator: "")
    }
  }
}
