// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import GraceGuest

extension GraceBoot {
  /// Refuses what a hypervisor does not go with.
  func validateNested() throws {
    guard nested else {
      if backend != nil || vmm != nil || guestKernel != nil {
        throw ValidationError(
          "--backend, --vmm and --guest-kernel are about guests of a guest; add --nested.")
      }
      return
    }
    if selftests != nil || shell || printCommand {
      throw ValidationError(
        "--nested boots for a report; leave out --selftests, --shell and --print-command.")
    }
    if machine != MachineKind.virt.rawValue || tree != PCITree.rootPorts.rawValue || hostNodes != 1 {
      throw ValidationError(
        "--nested has the machine virt with root ports and one node; leave out --machine, --tree and --host-nodes."
      )
    }
    if representation != "both" {
      throw ValidationError(
        "--nested shows bare-metal to the hypervisor and vm to its guests; leave out --representation.")
    }
    if let problem = guestKernel.flatMap(GuestKernelFile.problem(of:)) { throw ValidationError(problem) }
    _ = try nestedMachine()
  }

  /// A hypervisor, with a guest for each GPU.
  private func nestedMachine() throws -> NestedMachine {
    guard gpus <= NestedMachine.guestLimit else {
      throw ValidationError(
        "\(gpus) guests are too many for one hypervisor; choose 1 to \(NestedMachine.guestLimit) GPUs.")
    }
    guard let backend = NestedGuest.Backend(rawValue: backend ?? NestedGuest.Backend.type1.rawValue) else {
      throw ValidationError("There is no backend '\(backend ?? "")'; choose type1 or iommufd.")
    }
    guard let vmm = NestedMachine.VMM(rawValue: vmm ?? NestedMachine.VMM.stable.rawValue) else {
      throw ValidationError("There is no VMM '\(vmm ?? "")'; choose stable or backports.")
    }
    let options = try machines()[0]
    let guests = (0..<gpus).map { index in
      var guest = NestedGuest(gpus: [index], backend: backend)
      if let guestKernel {
        guest.kernel = guestKernel
        guest.kernelWords = NestedGuest.reportWordsWithoutModule
      }
      return guest
    }
    var machine = NestedMachine(
      profile: options.profile, memorySize: options.memorySize, gpuCount: gpus, guests: guests)
    machine.hypervisor.kernelWords = NestedMachine.reportWords
    machine.vmm = vmm
    return machine
  }

  func bootNested() async throws {
    let machine = try nestedMachine()
    let assets = try GuestAssets.load(
      from: assets, needing: GuestAssets.required(for: .virt) + [machine.vmm.asset])
    let log = try log.map(LineLog.init(appendingTo:))
    defer { log?.close() }
    LineLog.standardError.write("\(machine.title): booting")
    log?.write("==== \(machine.title)")
    let report: NestedReport
    var isSetUpWrong = false
    do {
      let run = try await NestedRun.boot(
        machine, assets: assets, timeLimit: .seconds(timeLimit ?? NestedMachine.timeLimitSeconds)
      ) { log?.write($0.text) }
      LineLog.standardError.write("\(machine.title): finished in \(inSeconds(run.hypervisor.stages.total))")
      report = NestedReport(run)
    } catch let error as GuestRunError {
      LineLog.standardError.write("\(machine.title): failed")
      report = NestedReport(machine: machine, failure: error)
      isSetUpWrong = error.isSetUp
    }
    print(json ? try report.json() : report.text)
    if isSetUpWrong { throw ExitCode.wrongSetUp }
    if !report.held { throw ExitCode.notHeld }
  }
}
