// SPDX-License-Identifier: GPL-2.0-or-later

extension MachineOptions {
  /// The kernel's command line, which also tells the guest what was configured.
  public var kernelCommandLine: String {
    var words = [
      "console=\(machine.console)", "quiet", "panic=-1",
      "grace.representation=\(representation.rawValue)",
      "grace.chip=\(profile.chip.name)",
      "grace.divided=\(isDivided ? "on" : "off")",
      "grace.memory=\(effectiveMemorySize)",
      "grace.gpus=\(gpuCount)",
    ]
    if machine == .virt, representation == .bareMetal, let bits = smmuAddressBits {
      words.append("grace.smmu-bits=\(bits)")
    }
    if let device = deviceProperties["device-id"].flatMap({ UInt64(parsingPrefixed: $0) }) {
      words.append("grace.device=\(hex(device, digits: 4))")
    } else if profile.file != nil {
      words.append("grace.device=\(profile.deviceID)")
    }
    if let nodes = deviceProperties["numa-nodes"], nodes != "0" { words.append("grace.nodes=\(nodes)") }
    if let word = portWindowWord { words.append(word) }
    if let selftests { words += selftests.kernelWords }
    if isInteractive { words.append("grace.shell=1") }
    return (words + kernelWords).joined(separator: " ")
  }

  /// QEMU's arguments, each with its values in one group, for people to read and for the process to be
  /// started with once flattened.
  public func argumentGroups(assets: GuestAssets) throws(GuestAssetsError) -> [[String]] {
    var groups = [
      ["-M", machineArgument],
      ["-cpu", cpuModel ?? machine.defaultCPUModel],
      ["-smp", cpuArgument],
      ["-m", "size=\(ramSize >> 20)M"],
    ]
    for node in 0..<hostNodes {
      // The nodes' memory and CPUs are given in full: the device adds nodes of its own, and QEMU would
      // otherwise spread the CPUs over all that it finds.
      let size = nodeMemory(node)
      groups.append(["-object", "memory-backend-ram,id=ram\(node),size=\(size)M"])
      groups.append(["-numa", "node,nodeid=\(node),memdev=ram\(node),cpus=\(cpus(ofNode: node))"])
    }
    groups += [
      ["-nodefaults"], ["-no-reboot"], ["-display", "none"], ["-monitor", "none"],
      ["-serial", isInteractive ? "mon:stdio" : "stdio"],
      ["-bios", try assets.path(.firmware, for: machine)],
      ["-kernel", try assets.path(.kernel, for: machine)],
      ["-initrd", try assets.path(.initrd, for: machine)],
      ["-append", kernelCommandLine],
    ]
    if machine == .virt, let bits = smmuAddressBits { groups.append(["-global", "arm-smmuv3.oas=\(bits)"]) }
    groups += deviceArguments(plugin: try assets.path(.plugin)).map { ["-device", $0] }
    return groups + (extraArguments.isEmpty ? [] : [extraArguments])
  }

  /// QEMU's command line as a shell takes it, one option on each line.
  public func shellCommand(assets: GuestAssets) throws(GuestAssetsError) -> String {
    let lines = try argumentGroups(assets: assets).map { group in
      group.map(shellQuoted).joined(separator: " ")
    }
    return ([shellQuoted(try assets.path(.qemu, for: machine))] + lines).joined(separator: " \\\n  ")
  }

  private var machineArgument: String {
    guard machine == .virt else { return machine.rawValue }
    var machine = "virt,gic-version=3" + (smmuAddressBits == nil ? "" : ",iommu=smmuv3")
    if hasHypervisor { machine += ",virtualization=on" }
    if reportsMemoryErrors { machine += ",ras=on" }
    if let window = chosenWindowSize { machine += ",highmem-mmio-size=\(window >> 30)G" }
    return machine
  }

  /// Sockets are those of the nodes, as Linux takes a socket for a part of one node.
  private var cpuArgument: String {
    hostNodes > 1 ? "\(allCPUs),sockets=\(hostNodes)" : "\(allCPUs)"
  }

  /// The number of CPUs, with as many in each node.
  var allCPUs: Int {
    guard hostNodes > 1 else { return cpuCount }
    return (cpuCount + hostNodes - 1) / hostNodes * hostNodes
  }

  private func cpus(ofNode node: Int) -> String {
    let count = allCPUs / hostNodes
    return count == 1 ? "\(node)" : "\(node * count)-\((node + 1) * count - 1)"
  }

  /// MiB of a node; the first has what cannot be divided.
  private func nodeMemory(_ node: Int) -> UInt64 {
    let (all, count) = (ramSize >> 20, UInt64(hostNodes))
    return all / count + (node == 0 ? all % count : 0)
  }
}

/// The word as a POSIX shell reads it back, in single quotes where it needs them.
func shellQuoted(_ word: String) -> String {
  let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./%@")
  if !word.isEmpty, word.allSatisfy(plain.contains) { return word }
  return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
