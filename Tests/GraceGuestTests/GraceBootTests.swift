// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import Foundation
import GraceGuest
import Testing

@testable import grace_boot

@Suite("Command line of grace-boot")
struct GraceBootTests {
  private func message(_ arguments: [String]) -> String? {
    do {
      _ = try GraceBoot.parse(arguments)
      return nil
    } catch {
      return GraceBoot.message(for: error)
    }
  }

  @Test("without options it is a gh200-480gb of its real size, in both representations")
  func defaults() throws {
    let machines = try GraceBoot.parse([]).machines()
    #expect(machines.map(\.representation) == [.vm, .bareMetal])
    #expect(machines.allSatisfy { $0.profile == .gh200With480GB && $0.memorySize == nil && $0.gpuCount == 1 })
  }

  @Test("options describe the machine")
  func options() throws {
    let machines = try GraceBoot.parse([
      "--profile", "gh200-144gb", "--representation", "vm", "--memory-size", "1.5G", "--gpus", "2",
    ]).machines()
    var expected = MachineOptions(
      profile: .gh200With144GB, representation: .vm, memorySize: 1_610_612_736, gpuCount: 2)
    #expect(machines == [expected])
    expected.machine = .q35
    expected.tree = .expander
    expected.hostNodes = 2
    #expect(
      try GraceBoot.parse([
        "--profile", "gh200-144gb", "--representation", "vm", "--memory-size", "1.5G", "--gpus", "2",
        "--machine",
        "q35", "--tree", "expander", "--host-nodes", "2",
      ]).machines() == [expected])
    expected.isInteractive = true
    #expect(machines != [expected])
  }

  @Test("a profile can be a file, of which the guest is told ids and memory")
  func profileFile() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let path = root.appending(path: "docs/examples/gh200-next.profile").path
    let machines = try GraceBoot.parse(["--profile", path]).machines()
    let expected = GPUProfile(
      file: path, name: "gh200-next", chip: .gh100, deviceID: "2350", subsystemIDs: ["18d3"],
      memorySize: 144 << 30, dividesMemory: false)
    #expect(machines.map(\.profile) == [expected, expected])
    let file = FileManager.default.temporaryDirectory.appending(path: "grace-\(UUID().uuidString).profile")
    defer { try? FileManager.default.removeItem(at: file) }
    for (text, isDivided, size) in [
      ("name=a\r\nbase = gb200 # x\nmemory-size = 3G\nmig-fix = off\n", true, 3 << 30),
      ("base = gh200-480gb\ndvsec = 0x400 vendor=0x10de id=3 length=16\ndword = 4 0x10000\n", true, 96 << 30),
      ("base = gh200-480gb\ndvsec = 0x400 vendor=4318 id=4 length=16\ndword = 8 0x10000\n", true, 96 << 30),
      ("base = gh200-480gb\ndvsec = 0x400 vendor=4318 id=0x3 length=16\ndword = 8 65536\n", false, 96 << 30),
      ("base = gh200-480gb\nmig-fix = on\nmemory-size = 0x80000000", false, 2 << 30),
    ] as [(String, Bool, UInt64)] {
      try text.write(to: file, atomically: true, encoding: .utf8)
      let machine = try #require(try GraceBoot.parse(["--profile", file.path]).machines().first)
      #expect(machine.isDivided == isDivided, "\(text)")
      #expect(machine.effectiveMemorySize == size, "\(text)")
    }
    for (text, sentence) in [
      ("base = gb200\nboot0 = 1", "sets boot0, which the guest's programs do not expect"),
      ("name = a", "has no base, or an unknown one"), ("base = gb200\nmemory-size = x", "memory-size 'x'"),
    ] {
      try text.write(to: file, atomically: true, encoding: .utf8)
      #expect(message(["--profile", file.path])?.contains(sentence) == true, "\(sentence)")
    }
    #expect(message(["--profile", "./none"])?.contains("'./none' cannot be read") == true)
  }

  @Test("a shell is one machine, bare-metal unless said otherwise")
  func shell() throws {
    #expect(try GraceBoot.parse(["--shell"]).machines().map(\.representation) == [.bareMetal])
    #expect(
      try GraceBoot.parse(["--shell", "--representation", "vm"]).machines().map(\.representation) == [.vm])
    #expect(try GraceBoot.parse(["--shell"]).machines()[0].isInteractive)
    #expect(try GraceBoot.parse(["--shell"]).machines()[0].reportsMemoryErrors)
    #expect(try !GraceBoot.parse([]).machines()[0].reportsMemoryErrors)
  }

  @Test("selftests run on the host's side, with memory that they can map")
  func selftests() throws {
    let machines = try GraceBoot.parse(["--selftests", "vfio-pci", "--gpus", "2"]).machines()
    var expected = MachineOptions(representation: .bareMetal, memorySize: 3 << 30, gpuCount: 2)
    expected.ramSize = 4 << 30
    expected.selftests = Selftests(driver: .generic)
    #expect(machines == [expected])
    let words = machines[0].kernelCommandLine
    #expect(words.hasSuffix(" grace.tests=all,vfio-selftests grace.driver=vfio-pci"))
    // Blackwell's memory is not divided.
    let blackwell = try GraceBoot.parse(["--selftests", "nvgrace_gpu_vfio_pci", "--profile", "gb200"])
      .machines()
    #expect(blackwell.map(\.memorySize) == [2 << 30])
    let own = ["--selftests", "vfio-pci", "--memory-size", "5G", "--representation", "vm"]
    let machine = try GraceBoot.parse(own).machines()[0]
    #expect(machine.memorySize == 5 << 30)
    #expect(machine.representation == .vm)
    #expect(machine.propertiesOfGPU.isEmpty)
  }

  @Test(
    "what cannot be is refused in one sentence that says what can",
    arguments: [
      (
        ["--profile", "gh300"],
        "There is no profile 'gh300'; choose one of gh200-120gb, gh200-480gb, gh200-144gb, gb200, gb300, blackwell-next."
      ),
      (
        ["--representation", "pm"],
        "There is no representation 'pm'; choose vm, bare-metal or both."
      ),
      (
        ["--memory-size", "1G"],
        "Memory size 1 GiB is below the minimum; give at least 1.5 GiB."
      ),
      (
        ["--profile", "gb200", "--memory-size", "511M"],
        "Memory size 511 MiB is below the minimum; give at least 512 MiB."
      ),
      (
        ["--memory-size", "97 G"],
        "'97 G' is not a size; write bytes or a binary unit, such as 1536M, 1.5G or 96GiB."
      ),
      (["--gpus", "0"], "0 GPUs do not fit the machine; choose 1 to 8."),
      (["--gpus", "9"], "9 GPUs do not fit the machine; choose 1 to 8."),
      (
        ["--host-nodes", "0"], "A Grace machine has 1 to 4 NUMA nodes with CPUs, not 0; choose one of these."
      ),
      (
        ["--host-nodes", "5"], "A Grace machine has 1 to 4 NUMA nodes with CPUs, not 5; choose one of these."
      ),
      (["--machine", "pc"], "There is no machine 'pc'; choose virt or q35."),
      (["--tree", "flat"], "There is no tree 'flat'; choose root-ports, switch or expander."),
      (
        ["--machine", "q35", "--shell"],
        "The shell's programs are arm64's; leave out --shell, or choose --machine virt."
      ),
      (
        ["--machine", "q35", "--selftests", "vfio-pci"],
        "The selftests are arm64's; leave out --selftests, or choose --machine virt."
      ),
      (
        ["--selftests", "nvgrace"],
        "There is no driver 'nvgrace' for selftests; choose vfio-pci or nvgrace_gpu_vfio_pci."
      ),
      (
        ["--selftests", "vfio-pci", "--shell"],
        "The selftests are joined to the guest's programs for a run with a report; leave out --shell and --print-command."
      ),
      (
        ["--backend", "type1"],
        "--backend, --vmm and --guest-kernel are about guests of a guest; add --nested."
      ),
      (["--nested", "--backend", "vdpa"], "There is no backend 'vdpa'; choose type1 or iommufd."),
      (["--nested", "--vmm", "sid"], "There is no VMM 'sid'; choose stable or backports."),
      (
        ["--nested", "--shell"],
        "--nested boots for a report; leave out --selftests, --shell and --print-command."
      ),
      (
        ["--nested", "--tree", "switch"],
        "--nested has the machine virt with root ports and one node; leave out --machine, --tree and --host-nodes."
      ),
      (
        ["--nested", "--representation", "vm"],
        "--nested shows bare-metal to the hypervisor and vm to its guests; leave out --representation."
      ),
      (["--nested", "--gpus", "5"], "5 guests are too many for one hypervisor; choose 1 to 4 GPUs."),
      (
        ["--nested", "--guest-kernel", "/no/kernel"],
        "There is no file /no/kernel to be read; name a kernel for the guests."
      ),
      (
        ["--nested", "--guest-kernel", "/dev/zero"],
        "/dev/zero is no file; name a kernel for the guests."
      ),
      (["--time-limit", "0"], "The time limit is 0; give at least one second."),
      (
        ["--shell", "--json"],
        "A shell leaves no report; leave out --json, --log and --print-command, or --shell."
      ),
      (
        ["--json", "--print-command"],
        "--print-command prints no report; leave out --json, or --print-command."
      ),
    ])
  func refusals(arguments: [String], sentence: String) {
    #expect(message(arguments) == sentence)
  }

  @Test("the help text is this")
  func help() {
    #expect(
      GraceBoot.helpMessage(columns: 100) == """
        OVERVIEW: Boot Linux on an emulated Grace GPU and report what it saw.

        The exit status is 0 if everything was as expected, 1 if it was not, and 2 if the command line or
        the set-up is wrong.

        USAGE: grace-boot [<options>]

        OPTIONS:
          --profile <name>        The GPU: gh200-120gb, gh200-480gb, gh200-144gb, gb200, gb300,
                                  blackwell-next; or a file with one of your own, whose path has a / or
                                  ends in .profile. (default: gh200-480gb)
          --representation <name> What the guest sees of it: vm, bare-metal, or both, one after the other.
                                  (default: both)
          --memory-size <size>    Coherent memory of each GPU, such as 1536M, 1.5G or 97GiB. (default: that
                                  of the profile; 4 GiB with --nested, 2 or 3 with --selftests)
          --gpus <count>          Number of GPUs, 1 to 8. (default: 1)
          --machine <name>        QEMU's machine: virt (arm64), or q35 (x86_64, without the driver).
                                  (default: virt)
          --tree <name>           What is above the GPUs: root-ports, switch (all behind one) or expander
                                  (a host bridge for each). (default: root-ports)
          --host-nodes <count>    NUMA nodes with CPUs, 1 to 4; GPUs are linked to them in turn. (default:
                                  1)
          --selftests <driver>    Also run the kernel's VFIO selftests, with the GPU bound to this driver:
                                  vfio-pci or nvgrace_gpu_vfio_pci.
          --nested                Boot a hypervisor on a machine with GPUs, and in it a guest with each
                                  GPU; report what all levels see.
          --backend <name>        With --nested: how the guests' VMM has the GPUs, type1 or iommufd.
                                  (default: type1)
          --vmm <name>            With --nested: the guests' VMM, the QEMU of Debian's stable or that of
                                  its backports. (default: stable)
          --guest-kernel <file>   With --nested: the guests' kernel, an arm64 Image. (default: that of the
                                  hypervisor)
          --shell                 Give the terminal to a guest with a shell, bare-metal unless said
                                  otherwise; no report.
          --json                  Print the report as JSON.
          --log <file>            Append the whole console of each guest to this file.
          --time-limit <seconds>  Seconds after which a guest is given up. (default: 120, or 600 with
                                  selftests or --nested)
          --print-command         Print QEMU's command lines, and boot nothing.
          --assets <file>         Where QEMU, kernel and the rest are. (default: $GRACE_ASSETS, else
                                  .build/guest-assets.env)
          -h, --help              Show help information.

        """)
  }
}
