// SPDX-License-Identifier: GPL-2.0-or-later

extension MachineOptions {
  /// The kernel's command line, which also tells the guest what was configured.
  public var kernelCommandLine: String {
    var words = [
      "console=ttyAMA0", "quiet", "panic=-1",
      "grace.representation=\(representation.rawValue)",
      "grace.memory=\(effectiveMemorySize)",
      "grace.gpus=\(gpuCount)",
    ]
    if isInteractive { words.append("grace.shell=1") }
    return (words + kernelWords).joined(separator: " ")
  }

  /// QEMU's arguments, each with its values in one group, for people to read and for the process to be
  /// started with once flattened.
  public func argumentGroups(assets: GuestAssets) throws(GuestAssetsError) -> [[String]] {
    var groups = [
      ["-M", machineArgument],
      ["-cpu", cpuModel],
      ["-smp", "\(cpuCount)"],
      ["-m", "size=\(ramSize >> 20)M"],
    ]
    if hasNUMA {
      // The node's memory and CPUs are given in full: the device adds nodes of its own, and QEMU would
      // otherwise spread the CPUs over all that it finds.
      groups.append(["-object", "memory-backend-ram,id=ram0,size=\(ramSize >> 20)M"])
      groups.append(["-numa", "node,nodeid=0,memdev=ram0,cpus=\(cpuCount == 1 ? "0" : "0-\(cpuCount - 1)")"])
    }
    groups += [
      ["-nodefaults"], ["-no-reboot"], ["-display", "none"], ["-monitor", "none"],
      ["-serial", isInteractive ? "mon:stdio" : "stdio"],
      ["-bios", try assets.path(.firmware)],
      ["-kernel", try assets.path(.kernel)],
      ["-initrd", try assets.path(.initrd)],
      ["-append", kernelCommandLine],
    ]
    let plugin = try assets.path(.plugin)
    for place in places {
      groups.append(["-device", rootPortArgument(place)])
      groups.append(["-device", deviceArgument(place, plugin: plugin)])
    }
    return groups + (extraArguments.isEmpty ? [] : [extraArguments])
  }

  /// QEMU's command line as a shell takes it, one option on each line.
  public func shellCommand(assets: GuestAssets) throws(GuestAssetsError) -> String {
    let lines = try argumentGroups(assets: assets).map { group in
      group.map(shellQuoted).joined(separator: " ")
    }
    return ([shellQuoted(try assets.path(.qemu))] + lines).joined(separator: " \\\n  ")
  }

  private var machineArgument: String {
    var machine = "virt,gic-version=3,iommu=smmuv3"
    if let window = chosenWindowSize { machine += ",highmem-mmio-size=\(window >> 30)G" }
    return machine
  }

  private func rootPortArgument(_ place: GPUPlace) -> String {
    let slot = place.rootPortSlot
    return
      "pcie-root-port,id=rp\(place.index),bus=pcie.0,chassis=\(place.index + 1),addr=0x\(hex(UInt64(slot)))"
  }

  private func deviceArgument(_ place: GPUPlace, plugin: String) -> String {
    var properties = [
      ("id", "gpu\(place.index)"), ("bus", "rp\(place.index)"), ("profile", profile.name),
      ("representation", representation.rawValue), ("memory-size", "\(effectiveMemorySize)"),
      ("plugin", plugin),
    ]
    for (name, value) in deviceProperties.sorted(by: { $0.key < $1.key }) {
      properties.removeAll { $0.0 == name }
      properties.append((name, value))
    }
    return properties.reduce("grace-gpu") { "\($0),\($1.0)=\(doublingCommas($1.1))" }
  }

  /// QEMU takes a doubled comma as one that belongs to the value.
  private func doublingCommas(_ value: String) -> String {
    value.split(separator: ",", omittingEmptySubsequences: false).joined(separator: ",,")
  }
}

/// The word as a POSIX shell reads it back, in single quotes where it needs them.
func shellQuoted(_ word: String) -> String {
  let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./%@")
  if !word.isEmpty, word.allSatisfy(plain.contains) { return word }
  return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
