// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import GraceGuest

struct GraceBoot: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grace-boot",
    abstract: "Boot arm64 Linux on an emulated Grace GPU and report what it saw.",
    usage: "grace-boot [<options>]",
    discussion: """
      The exit status is 0 if everything was as expected, 1 if it was not, and 2 if the command line or the set-up \
      is wrong.
      """)

  @Option(
    help: ArgumentHelp("The GPU: \(GPUProfile.all.map(\.name).joined(separator: ", ")).", valueName: "name"))
  var profile = GPUProfile.gh200With480GB.name

  @Option(
    help: ArgumentHelp(
      "What the guest sees of it: vm, bare-metal, or both, one after the other.", valueName: "name"))
  var representation = "both"

  @Option(
    help: ArgumentHelp(
      "Coherent memory of each GPU, such as 1536M, 1.5G or 97GiB. (default: that of the profile)",
      valueName: "size"))
  var memorySize: String?

  @Option(help: ArgumentHelp("Number of GPUs, 1 to \(MachineOptions.gpuLimit).", valueName: "count"))
  var gpus = 1

  @Flag(help: "Give the terminal to a guest with a shell, bare-metal unless said otherwise; no report.")
  var shell = false

  @Flag(help: "Print the report as JSON.")
  var json = false

  @Option(help: ArgumentHelp("Append the whole console of each guest to this file.", valueName: "file"))
  var log: String?

  @Option(help: ArgumentHelp("Seconds after which a guest is given up.", valueName: "seconds"))
  var timeLimit = 120

  @Flag(help: "Print QEMU's command lines, and boot nothing.")
  var printCommand = false

  @Option(
    help: ArgumentHelp(
      "Where QEMU, kernel and the rest are. (default: $GRACE_ASSETS, else .build/guest-assets.env)",
      valueName: "file"))
  var assets: String?

  func validate() throws {
    _ = try machines()
    if timeLimit < 1 { throw ValidationError("The time limit is \(timeLimit); give at least one second.") }
    if shell, json || log != nil || printCommand {
      throw ValidationError(
        "A shell leaves no report; leave out --json, --log and --print-command, or --shell.")
    }
    if json, printCommand {
      throw ValidationError("--print-command prints no report; leave out --json, or --print-command.")
    }
  }

  /// The machines that the options describe.
  func machines() throws -> [MachineOptions] {
    guard let profile = GPUProfile(named: profile) else {
      let names = GPUProfile.all.map(\.name).joined(separator: ", ")
      throw ValidationError("There is no profile '\(profile)'; choose one of \(names).")
    }
    guard (1...MachineOptions.gpuLimit).contains(gpus) else {
      throw ValidationError("\(gpus) GPUs do not fit the machine; choose 1 to \(MachineOptions.gpuLimit).")
    }
    let size = try memorySize.map { try ByteCount(parsing: $0).bytes }
    return try representations().map { representation in
      var options = MachineOptions(
        profile: profile, representation: representation, memorySize: size, gpuCount: gpus)
      options.isInteractive = shell
      _ = try options.memorySplit()
      return options
    }
  }

  private func representations() throws -> [Representation] {
    if representation == "both" { return shell ? [.bareMetal] : [.vm, .bareMetal] }
    guard let representation = Representation(rawValue: representation) else {
      throw ValidationError("There is no representation '\(representation)'; choose vm, bare-metal or both.")
    }
    return [representation]
  }

  mutating func run() async throws {
    let machines = try machines()
    let required = GuestAssets.required + (shell ? [.shellInitrd] : [])
    let assets = try GuestAssets.load(from: assets, needing: required)
    if printCommand {
      for machine in machines {
        print("# \(machine.title)\n\(try machine.shellCommand(assets: assets))")
      }
    } else if shell {
      try await runShell(machines[0], assets: assets)
    } else {
      try await boot(machines, assets: assets)
    }
  }
}
