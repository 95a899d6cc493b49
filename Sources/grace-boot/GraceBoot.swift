// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import GraceGuest

struct GraceBoot: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grace-boot",
    abstract: "Boot Linux on an emulated Grace GPU and report what it saw.",
    usage: "grace-boot [<options>]",
    discussion: """
      The exit status is 0 if everything was as expected, 1 if it was not, and 2 if the command line or the set-up \
      is wrong.
      """)

  @Option(
    help: ArgumentHelp(
      "The GPU: \(GPUProfile.all.map(\.name).joined(separator: ", ")); or a file with one of your own, whose path has a / or ends in .profile.",
      valueName: "name"))
  var profile = GPUProfile.gh200With480GB.name

  @Option(
    help: ArgumentHelp(
      "What the guest sees of it: vm, bare-metal, or both, one after the other.", valueName: "name"))
  var representation = "both"

  @Option(
    help: ArgumentHelp(
      "Coherent memory of each GPU, such as 1536M, 1.5G or 97GiB. (default: that of the profile; 4 GiB with --nested, 2 or 3 with --selftests)",
      valueName: "size"))
  var memorySize: String?

  @Option(help: ArgumentHelp("Number of GPUs, 1 to \(MachineOptions.gpuLimit).", valueName: "count"))
  var gpus = 1

  @Option(
    help: ArgumentHelp(
      "QEMU's machine: virt (arm64), or q35 (x86_64, without the driver).", valueName: "name"))
  var machine = MachineKind.virt.rawValue

  @Option(
    help: ArgumentHelp(
      "What is above the GPUs: root-ports, switch (all behind one) or expander (a host bridge for each).",
      valueName: "name"))
  var tree = PCITree.rootPorts.rawValue

  @Option(
    help: ArgumentHelp(
      "NUMA nodes with CPUs, 1 to \(MachineOptions.hostNodeLimit); GPUs are linked to them in turn.",
      valueName: "count"))
  var hostNodes = 1

  @Option(
    help: ArgumentHelp(
      "Also run the kernel's VFIO selftests, with the GPU bound to this driver: vfio-pci or nvgrace_gpu_vfio_pci.",
      valueName: "driver"))
  var selftests: String?

  @Flag(
    help: ArgumentHelp(
      "Boot a hypervisor on a machine with GPUs, and in it a guest with each GPU; report what all levels see."
    ))
  var nested = false

  @Option(
    help: ArgumentHelp(
      "With --nested: how the guests' VMM has the GPUs, type1 or iommufd. (default: type1)", valueName: "name"
    ))
  var backend: String?

  @Option(
    help: ArgumentHelp(
      "With --nested: the guests' VMM, the QEMU of Debian's stable or that of its backports. (default: stable)",
      valueName: "name"))
  var vmm: String?

  @Option(
    help: ArgumentHelp(
      "With --nested: the guests' kernel, an arm64 Image. (default: that of the hypervisor)",
      valueName: "file"))
  var guestKernel: String?

  @Flag(help: "Give the terminal to a guest with a shell, bare-metal unless said otherwise; no report.")
  var shell = false

  @Flag(help: "Print the report as JSON.")
  var json = false

  @Option(help: ArgumentHelp("Append the whole console of each guest to this file.", valueName: "file"))
  var log: String?

  @Option(
    help: ArgumentHelp(
      "Seconds after which a guest is given up. (default: 120, or 600 with selftests or --nested)",
      valueName: "seconds"))
  var timeLimit: Int?

  @Flag(help: "Print QEMU's command lines, and boot nothing.")
  var printCommand = false

  @Option(
    help: ArgumentHelp(
      "Where QEMU, kernel and the rest are. (default: $GRACE_ASSETS, else .build/guest-assets.env)",
      valueName: "file"))
  var assets: String?

  func validate() throws {
    _ = try machines()
    if let timeLimit, timeLimit < 1 {
      throw ValidationError("The time limit is \(timeLimit); give at least one second.")
    }
    if shell, json || log != nil || printCommand {
      throw ValidationError(
        "A shell leaves no report; leave out --json, --log and --print-command, or --shell.")
    }
    try validateNested()
    if selftests != nil, shell || printCommand {
      throw ValidationError(
        "The selftests are joined to the guest's programs for a run with a report; leave out --shell and --print-command."
      )
    }
    if json, printCommand {
      throw ValidationError("--print-command prints no report; leave out --json, or --print-command.")
    }
  }

  /// The machines that the options describe.
  func machines() throws -> [MachineOptions] {
    let isFile = profile.contains("/") || profile.hasSuffix(".profile")
    guard let profile = isFile ? try GPUProfile(readingFile: profile) : GPUProfile(named: profile) else {
      let names = GPUProfile.all.map(\.name).joined(separator: ", ")
      throw ValidationError("There is no profile '\(profile)'; choose one of \(names).")
    }
    guard (1...MachineOptions.gpuLimit).contains(gpus) else {
      throw ValidationError("\(gpus) GPUs do not fit the machine; choose 1 to \(MachineOptions.gpuLimit).")
    }
    guard (1...MachineOptions.hostNodeLimit).contains(hostNodes) else {
      throw ValidationError(
        "A Grace machine has 1 to \(MachineOptions.hostNodeLimit) NUMA nodes with CPUs, not \(hostNodes); choose one of these."
      )
    }
    guard let machine = MachineKind(rawValue: machine) else {
      throw ValidationError(
        "There is no machine '\(machine)'; choose \(list(MachineKind.allCases.map(\.rawValue))).")
    }
    guard let tree = PCITree(rawValue: tree) else {
      throw ValidationError("There is no tree '\(tree)'; choose \(list(PCITree.allCases.map(\.rawValue))).")
    }
    if machine == .q35, shell {
      throw ValidationError("The shell's programs are arm64's; leave out --shell, or choose --machine virt.")
    }
    let driver = try driver(on: machine)
    let size = try memorySize.map { try ByteCount(parsing: $0).bytes }
    return try representations().map { representation in
      var options = MachineOptions(
        profile: profile, representation: representation, memorySize: size, gpuCount: gpus)
      options.machine = machine
      options.tree = tree
      options.hostNodes = hostNodes
      options.isInteractive = shell
      // Whoever makes memory bad by hand sees what a kernel does that hears of it.
      options.reportsMemoryErrors = shell
      if let driver { options.add(Selftests(driver: driver)) }
      _ = try options.memorySplit()
      return options
    }
  }

  /// The driver under which the selftests run, if they do.
  private func driver(on machine: MachineKind) throws -> Selftests.Driver? {
    guard let selftests else { return nil }
    guard machine.hasDriver else {
      throw ValidationError("The selftests are arm64's; leave out --selftests, or choose --machine virt.")
    }
    guard let driver = Selftests.Driver(rawValue: selftests) else {
      throw ValidationError(
        "There is no driver '\(selftests)' for selftests; choose \(list(Selftests.Driver.allCases.map(\.rawValue)))."
      )
    }
    return driver
  }

  /// Choices in a sentence.
  private func list(_ names: [String]) -> String {
    names.count < 2
      ? names.joined() : names.dropLast().joined(separator: ", ") + " or \(names[names.count - 1])"
  }

  private func representations() throws -> [Representation] {
    if representation == "both" {
      // A shell has one terminal, and the selftests are about the host's side.
      return shell || selftests != nil ? [.bareMetal] : [.vm, .bareMetal]
    }
    guard let representation = Representation(rawValue: representation) else {
      throw ValidationError("There is no representation '\(representation)'; choose vm, bare-metal or both.")
    }
    return [representation]
  }

  mutating func run() async throws {
    let machines = try machines()
    if nested { return try await bootNested() }
    let required =
      GuestAssets.required(for: machines[0].machine) + (shell ? [.shellInitrd] : [])
      + (selftests == nil ? [] : [.selftestsInitrd])
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
