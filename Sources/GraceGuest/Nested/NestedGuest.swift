// SPDX-License-Identifier: GPL-2.0-or-later

/// A guest of the hypervisor's, and how its VMM has the GPU.
public struct NestedGuest: Hashable, Sendable {
  /// What maps the guest's memory for the GPU's DMA.
  public enum Backend: String, CaseIterable, Codable, Sendable {
    /// VFIO's container with an IOMMU of type 1.
    case type1
    /// The device's own file, and /dev/iommu.
    case iommufd
  }

  /// The hypervisor's GPUs that it has, by index.
  public var gpus: [Int]
  /// How the VMM has them.
  public var backend: Backend
  /// Number of CPUs.
  public var cpuCount = 1
  /// Main memory in bytes, without what its kernel needs to describe the GPUs' memory.
  public var ramSize: UInt64 = 1 << 30
  /// Whether the VMM tells it of memory errors; if not, the VMM ends at the first (kvm_arch_on_sigbus_vcpu() of QEMU).
  public var hearsOfMemoryErrors = true
  /// Whether it has an IOMMU of its own, so that its programs can use VFIO in turn. It is virtio's, as QEMU 10.0's SMMUv3
  /// takes no devices of VFIO.
  public var hasIOMMU = false
  /// Another kernel than the hypervisor's: its path.
  public var kernel: String?
  /// Words at the end of the kernel's command line.
  public var kernelWords: [String]
  /// Arguments at the end of the VMM's command line.
  public var extraArguments: [String] = []

  /// What a guest does that is booted to be reported on.
  public static let reportWords = ["grace.tests=sysfs-check,bar-check,passthrough-check,node-check"]
  /// The same, for a kernel that does not take our module.
  public static let reportWordsWithoutModule = ["grace.tests=sysfs-check,bar-check,passthrough-check"]

  /// A guest with default surroundings.
  public init(
    gpus: [Int] = [0], backend: Backend = .type1, kernelWords: [String] = NestedGuest.reportWords
  ) {
    self.gpus = gpus
    self.backend = backend
    self.kernelWords = kernelWords
  }
}

extension NestedMachine {
  /// The arguments of the VMM of a guest, whose files are in the hypervisor's archive.
  func arguments(ofGuest index: Int) -> [String] {
    let guest = guests[index]
    let machine = machine(ofGuest: index)
    let size = ramSize(ofGuest: index) >> 20
    var arguments = [
      "-machine", machineArgument(ofGuest: index, machine),
      "-cpu", "host", "-smp", "\(guest.cpuCount)", "-m", "\(size)M",
      "-object", "memory-backend-ram,id=ram0,size=\(size)M",
      "-numa", "node,nodeid=0,memdev=ram0,cpus=0-\(guest.cpuCount - 1)",
      "-nodefaults", "-display", "none", "-serial", "stdio",
      "-bios", NestedArchive.firmware,
      "-kernel", guest.kernel == nil ? NestedArchive.kernel : NestedArchive.kernel(ofGuest: index),
      "-initrd", NestedArchive.initrd, "-append", machine.kernelCommandLine,
    ]
    // Before the GPU, as QEMU wants it to be there when a device is added.
    if guest.hasIOMMU { arguments += ["-device", "virtio-iommu-pci,addr=0x1f"] }
    if guest.backend == .iommufd { arguments += ["-object", "iommufd,id=iommufd0"] }
    for place in machine.places {
      let address = hypervisor.places[guest.gpus[place.index]].address
      let slot = "0x" + hex(UInt64(place.rootSlot))
      let backend = guest.backend == .iommufd ? ",iommufd=iommufd0" : ""
      arguments += [
        "-device", "pcie-root-port,id=rp\(place.index),bus=pcie.0,chassis=\(place.index + 1),addr=\(slot)",
        "-device", "vfio-pci,id=gpu\(place.index),bus=rp\(place.index),host=\(address)\(backend)",
      ]
      arguments += NestedMachine.nodes(of: place)
    }
    return arguments + guest.extraArguments
  }

  /// As many nodes for each GPU as firmware gives it on the host.
  private static func nodes(of place: GPUPlace) -> [String] {
    (0..<8).flatMap { offset in
      let node = 1 + 8 * place.index + offset
      return [
        "-numa", "node,nodeid=\(node)",
        "-object", "acpi-generic-initiator,id=gi\(node),pci-dev=gpu\(place.index),node=\(node)",
      ]
    }
  }

  private func machineArgument(ofGuest index: Int, _ machine: MachineOptions) -> String {
    let window = machine.chosenWindowSize.map { ",highmem-mmio-size=\($0 >> 30)G" } ?? ""
    return "virt,gic-version=3,accel=kvm" + (guests[index].hearsOfMemoryErrors ? ",ras=on" : "") + window
  }
}
