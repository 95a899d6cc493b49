// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import Foundation
import GraceDeviceModel
import GraceFirmware

struct TablesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tables",
    abstract: "Write the ACPI tables of a machine with GPUs: DSDT, SSDT, SRAT, SLIT and HMAT.",
    discussion: """
      The machine is that of a topology file, or a Grace machine of the default layout. docs/tables.md describes both. \
      The exit status is 0, or 2 if there can be no such machine or the folder cannot be written; then nothing is.
      """)

  @Option(
    help: ArgumentHelp("JSON file that describes the machine; - is standard input.", valueName: "file"))
  var topology: String?

  @Option(
    help: ArgumentHelp(
      "Product of all GPUs of a default machine: \(Profile.allNames); or a file with one of your own. (default: \(Profile.gh200_480GB.name))",
      valueName: "name"))
  var profile: String?

  @Option(
    help: ArgumentHelp(
      "GPUs of a default machine, 1 to \(Machine.gpuLimit); it has a socket for each up to four. (default: 1)",
      valueName: "number"))
  var gpus: Int?

  @Option(
    help: ArgumentHelp(
      "What the tables describe: bare-metal, the Grace host, or vm, a guest with the GPUs passed through. (default: bare-metal)",
      valueName: "name"))
  var representation: String?

  @Option(
    help: ArgumentHelp(
      "Setting of all GPUs as of the QEMU device, such as egm-size=64G; can be repeated.",
      valueName: "name=value"))
  var option: [String] = []

  @Option(
    help: ArgumentHelp(
      "Mistake to make on purpose; can be repeated: \(FirmwareQuirk.allNames).", valueName: "name"))
  var quirk: [String] = []

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Folder to write to; it is made if it is missing.", valueName: "folder"))
  var output: String

  func validate() throws {
    if topology == nil, profile == nil, gpus == nil {
      throw ValidationError("Say which machine: --topology, or --profile and --gpus.")
    }
    if topology != nil, profile != nil || gpus != nil {
      throw ValidationError(
        "--topology describes the whole machine; leave out --profile and --gpus, or --topology.")
    }
    for text in option where GPUSetting.setting(text) == nil {
      throw ValidationError("'\(text)' is no setting; write --option NAME=VALUE.")
    }
    for name in quirk where FirmwareQuirk.named(name) == nil {
      throw ValidationError("There is no quirk '\(name)'; use one of: \(FirmwareQuirk.allNames).")
    }
    if let profile, !ProfileSource.isFile(profile) { _ = try ProfileSource.profile(profile) }
  }

  func run() throws { print(try write()) }

  /// Writes the tables, and returns what there is to say of them.
  func write() throws(InputError) -> String {
    let machine = try machine()
    let tables = MachineTables(machine).all
    try TableWriter(folder: output).write(tables)
    return TableSummary(machine: machine, tables: tables, folder: output).text
  }

  /// The machine that the command line describes.
  func machine() throws(InputError) -> Machine {
    // Given once for all GPUs, they win over those of the file; the representation does not have to be given.
    var settings: [Setting] = []
    if let representation { settings.append(Setting(name: "representation", value: representation)) }
    settings += option.compactMap(GPUSetting.setting)
    if !quirk.isEmpty {
      settings.append(Setting(name: "firmware-quirk", value: quirk.joined(separator: "+")))
    }
    let usual = [Setting(name: "representation", value: "bare-metal")]
    let product =
      try profile.map { name throws(InputError) in try ProfileSource.profile(name) } ?? .gh200_480GB
    let file: JSONField?
    if let topology {
      let bytes = try TableReader.contents(of: topology)
      guard !bytes.isEmpty else { throw .empty(path: topology) }
      file = try JSONField(parsing: bytes, file: topology)
    } else {
      file = nil
    }
    do throws(MachineError) {
      if let file {
        let folder = topology.flatMap(TopologyFile.folder)
        return try TopologyFile(before: usual, after: settings, folder: folder).machine(file)
      }
      return try Machine.grace(product, gpuCount: gpus ?? 1, settings: usual + settings)
    } catch {
      throw InputError.noSuchMachine(path: topology, place: error.place, message: error.message)
    }
  }
}
