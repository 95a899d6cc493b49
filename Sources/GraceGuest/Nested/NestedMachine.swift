// SPDX-License-Identifier: GPL-2.0-or-later

/// A machine whose guest is a hypervisor, which passes the GPUs through to guests of its own.
///
/// To the hypervisor the machine is a Grace host: it sees `bare-metal`, and NVIDIA's driver makes of that what its guests
/// see.
public struct NestedMachine: Hashable, Sendable {
  /// Which QEMU the hypervisor runs its guests with.
  public enum VMM: String, CaseIterable, Codable, Sendable {
    /// That of Debian 13, QEMU 10.0.
    case stable
    /// That of its backports. It gives iommufd the BARs as dma-bufs.
    case backports

    /// Where it is.
    public var asset: GuestAssets.Name { self == .stable ? .nestedInitrd : .nestedBackportsInitrd }
  }

  /// The machine, and the hypervisor in it.
  public var hypervisor: MachineOptions
  /// What runs the guests.
  public var vmm = VMM.stable
  /// The hypervisor's guests. Those with the same GPU cannot run together.
  public var guests: [NestedGuest]

  /// Coherent memory of each GPU unless said otherwise: VFIO maps all of it for DMA, page by page, which takes an emulated
  /// hypervisor a while.
  public static let defaultMemorySize: UInt64 = 4 << 30
  /// How many guests a hypervisor can have (guest/nested-check.h).
  public static let guestLimit = 4
  /// How long all of it may take.
  public static let timeLimitSeconds = 600
  /// What the hypervisor does that is booted to be reported on.
  public static let reportWords = ["grace.tests=sysfs-check,vfio-check,nested-check"]
  /// Main memory of the hypervisor beside that of its guests: QEMU and its libraries lie in it, unpacked and packed.
  private static let ramSize: UInt64 = 2 << 30

  /// A machine with these GPUs and guests.
  public init(
    profile: GPUProfile = .gh200With480GB, memorySize: UInt64? = nil, gpuCount: Int = 1,
    guests: [NestedGuest] = [NestedGuest()]
  ) {
    hypervisor = MachineOptions(
      profile: profile, representation: .bareMetal,
      memorySize: memorySize ?? NestedMachine.defaultMemorySize, gpuCount: gpuCount)
    hypervisor.hasHypervisor = true
    hypervisor.reportsMemoryErrors = true
    hypervisor.kernelWords = ["grace.tests=nested-check"]
    self.guests = guests
    hypervisor.ramSize = NestedMachine.ramSize + guests.indices.reduce(0) { $0 + ramSize(ofGuest: $1) }
  }

  /// Main memory of a guest: its kernel keeps 64 bytes for each page of 4 KiB of the GPUs' memory as well.
  func ramSize(ofGuest index: Int) -> UInt64 {
    guests[index].ramSize + UInt64(guests[index].gpus.count) * hypervisor.effectiveMemorySize / 64
  }

  /// The machine in a few words.
  public var title: String {
    let given = hypervisor.title.split(separator: " ", maxSplits: 1).map(String.init)
    let rest = given.count == 2 ? given[1].dropFirst(Representation.bareMetal.rawValue.count) : ""
    let backends = guests.map(\.backend.rawValue)
    let named = Set(backends).count == 1 ? [backends[0]] : backends
    return (["\(hypervisor.profile.name) nested\(rest)"] + named).joined(separator: ", ")
  }

  /// A guest as a machine: what it sees of its GPUs, and what it is told.
  public func machine(ofGuest index: Int) -> MachineOptions {
    let guest = guests[index]
    var machine = MachineOptions(
      profile: hypervisor.profile, representation: .vm, memorySize: hypervisor.memorySize,
      gpuCount: guest.gpus.count)
    machine.cpuCount = guest.cpuCount
    machine.ramSize = ramSize(ofGuest: index)
    machine.smmuAddressBits = nil
    // What the driver makes of the memory, and the id.
    for name in ["mig-fix", "device-id"] {
      machine.deviceProperties[name] = hypervisor.deviceProperties[name]
    }
    machine.kernelWords = ["grace.passthrough=1"] + guest.kernelWords
    return machine
  }
}
