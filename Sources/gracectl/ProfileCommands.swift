// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import GraceDeviceModel

struct ProfilesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profiles", abstract: "List the products that the device can look like.")

  @Flag(help: "Print the list as JSON.")
  var json = false

  /// A product in the list.
  struct Entry: Codable {
    let name: String
    let product: String
    let chip: String
    let device: String
    let subsystem: String
    let memoryBytes: UInt64
  }

  static var entries: [Entry] {
    Profile.all.map { profile in
      Entry(
        name: profile.name, product: profile.product, chip: profile.chip.name, device: id(profile.deviceID),
        subsystem: id(profile.subsystemID), memoryBytes: profile.memorySize)
    }
  }

  private static func id(_ number: UInt16) -> String {
    let text = String(number, radix: 16)
    return "10de:" + String(repeating: "0", count: 4 - text.count) + text
  }

  func run() throws {
    guard !json else { return print(try jsonText(Self.entries)) }
    var rows = [["profile", "product", "chip", "id", "subsystem", "memory"]]
    rows += Self.entries.map {
      [$0.name, $0.product, $0.chip, $0.device, $0.subsystem, "\($0.memoryBytes >> 30) GiB"]
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    for row in rows {
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      print(cells.joined(separator: "  ").trimmingSuffix(while: { $0 == " " }))
    }
  }
}

struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Print a product's configuration space and register map.",
    discussion: """
      Configuration space is printed as lspci -xxxx prints it, so lspci decodes it: \
      gracectl profile gb200 --config | lspci -F /dev/stdin -vvv
      """)

  @Argument(help: ArgumentHelp("The product: \(Profile.allNames).", valueName: "name"))
  var name: String

  @Option(
    help: ArgumentHelp(
      "Setting as of the QEMU device, such as representation=bare-metal; can be repeated.",
      valueName: "name=value"))
  var option: [String] = []

  @Flag(help: "Print configuration space alone.")
  var config = false

  @Flag(help: "Print the register map alone, as JSON.")
  var json = false

  func validate() throws {
    if Profile.named(name) == nil {
      throw ValidationError("There is no profile '\(name)'; use one of: \(Profile.allNames).")
    }
    for text in option where GPUSetting.setting(text) == nil {
      throw ValidationError("'\(text)' is no setting; write --option NAME=VALUE.")
    }
    if config, json { throw ValidationError("--config and --json print different things; leave out one.") }
  }

  func run() throws {
    let listing = try listing()
    if json { return print(try jsonText(listing.registers)) }
    print(listing.configuration, terminator: "")
    if !config { print("\nBAR0; what is not listed reads zero\n\n" + listing.registerMap, terminator: "") }
  }

  func listing() throws -> ProfileListing {
    let settings = [Setting(name: "profile", value: name)] + option.compactMap(GPUSetting.setting)
    do throws(OptionError) {
      return ProfileListing(try DeviceOptions(settings))
    } catch {
      throw ValidationError(error.message)
    }
  }
}

extension String {
  /// The text without the characters at its end that are of that kind.
  fileprivate func trimmingSuffix(while isUnwanted: (Character) -> Bool) -> String {
    var text = self[...]
    while let last = text.last, isUnwanted(last) { text.removeLast() }
    return String(text)
  }
}
