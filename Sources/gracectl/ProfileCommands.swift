// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import GraceDeviceModel

struct ProfilesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profiles", abstract: "List the products that the device can look like.")

  @Argument(help: ArgumentHelp("Files with profiles of your own, to list too.", valueName: "file"))
  var files: [String] = []

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

  /// The built-in profiles, and those of the files.
  func entries() throws(InputError) -> [Entry] {
    var profiles = Profile.all
    for file in files { profiles.append(try ProfileSource.profile(file: file)) }
    return profiles.map { profile in
      Entry(
        name: profile.name, product: profile.product, chip: profile.chip.name,
        device: Self.id(profile.deviceID),
        subsystem: Self.id(profile.subsystemID), memoryBytes: profile.memorySize)
    }
  }

  private static func id(_ number: UInt16) -> String {
    let text = String(number, radix: 16)
    return "10de:" + String(repeating: "0", count: 4 - text.count) + text
  }

  func run() throws { print(try text()) }

  /// What is printed.
  func text() throws -> String {
    let entries = try entries()
    guard !json else { return try jsonText(entries) }
    var rows = [["profile", "product", "chip", "id", "subsystem", "memory"]]
    rows += entries.map {
      [$0.name, $0.product, $0.chip, $0.device, $0.subsystem, ByteSize.text($0.memoryBytes)]
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      return cells.joined(separator: "  ").trimmingSuffix(while: { $0 == " " })
    }
    return lines.joined(separator: "\n")
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

  @Argument(
    help: ArgumentHelp(
      "The product: \(Profile.allNames); or a file with one of your own, whose path has a / or ends in .profile.",
      valueName: "name"))
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
    // A file is read when it is needed.
    if !ProfileSource.isFile(name) { _ = try ProfileSource.profile(name) }
    for text in option where GPUSetting.setting(text) == nil {
      throw ValidationError("'\(text)' is no setting; write --option NAME=VALUE.")
    }
    if config, json { throw ValidationError("--config and --json print different things; leave out one.") }
  }

  func run() throws { print(try text(), terminator: "") }

  /// What is printed.
  func text() throws -> String {
    let listing = try listing()
    if json { return try jsonText(listing.registers) + "\n" }
    if config { return listing.configuration }
    return listing.configuration + "\nBAR0; what is not listed reads zero\n\n" + listing.registerMap
  }

  func listing() throws -> ProfileListing {
    let profile = try ProfileSource.profile(name)
    do throws(OptionError) {
      return ProfileListing(try DeviceOptions(option.compactMap(GPUSetting.setting), profile: profile))
    } catch {
      throw ValidationError("\(name): \(error.message).")
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
