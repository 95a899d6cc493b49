// SPDX-License-Identifier: GPL-2.0-or-later

/// Where one GPU of a machine is to be found.
public struct GPUPlace: Hashable, Sendable {
  /// Counted from 0, in the order of addresses.
  public let index: Int
  /// What lies between the root bus and the GPUs.
  public let tree: PCITree
  /// The machine.
  public let machine: MachineKind

  /// Slots of the root bus from which its GPUs' ports and bridges are counted; slot 0 is the host bridge.
  private static let firstSlot = 1
  /// Bus numbers between the expander bridges: each needs two, its own and that behind its root port.
  private static let expanderSpacing = 16

  /// The slot on the root bus of the port or the bridge that leads to the GPU.
  public var rootSlot: Int { tree == .switch ? GPUPlace.firstSlot : GPUPlace.firstSlot + index }

  /// The number of the expander bridge's own bus. Firmware starts there to count what is behind it.
  var expanderBus: Int { GPUPlace.expanderSpacing * (1 + index) }

  /// Bus number: firmware numbers a bus when it meets the bridge to it, by ascending slot, and what is behind that
  /// bridge before the next one.
  public var bus: UInt64 {
    switch tree {
    // Bus 0 has nothing but root ports.
    case .rootPorts: UInt64(1 + index)
    // Bus 1 is behind the root port and has the switch; bus 2 is in it, and its ports come next.
    case .switch: UInt64(3 + index)
    case .expander: UInt64(expanderBus + 1)
    }
  }

  /// The name of the function in sysfs.
  public var address: String { "0000:\(hex(bus, digits: 2)):00.0" }

  /// Path of its ACPI companion: QEMU names a device by slot and function, `Sxx`, and a host bridge by its bus, `PCxx`,
  /// padded to four characters. Where the machine's own tables describe the GPU it has no name of ours.
  public var companion: String {
    let isDescribed = machine.describesFunctions && tree != .expander
    let gpu = isDescribed ? GPUPlace.name(ofSlot: 0) : "GPU0"
    return (["\\_SB_", hostBridge] + ports + [gpu]).joined(separator: ".")
  }

  /// The host bridge's name in ACPI.
  public var hostBridge: String {
    tree == .expander ? "PC" + hex(UInt64(expanderBus), digits: 2).uppercased() : "PCI0"
  }

  /// Names of the bridges below it.
  private var ports: [String] {
    switch tree {
    case .rootPorts: [GPUPlace.name(ofSlot: rootSlot)]
    case .switch: [GPUPlace.name(ofSlot: rootSlot), GPUPlace.name(ofSlot: 0), GPUPlace.name(ofSlot: index)]
    case .expander: [GPUPlace.name(ofSlot: 0)]
    }
  }

  private static func name(ofSlot slot: Int) -> String {
    "S\(hex(UInt64(slot << 3), digits: 2).uppercased())_"
  }

  /// Where coherent memory lies on the host unless configured otherwise: the default of the firmware
  /// (edk2-nvidia, GPUMemoryInfo.c), and further by one socket's distance (TH500Definitions.h) for each of the four
  /// sockets that there are. Further GPUs follow a TiB behind (docs/device.md).
  public var defaultMemoryBase: UInt64 {
    (1 << 46) + (UInt64(index % 4) << 44) + (UInt64(index / 4) << 40)
  }

  /// Where extended memory lies unless configured otherwise: at 2^43 of the same socket, and 512 GiB behind for each
  /// further GPU there (docs/device.md).
  public var defaultExtendedBase: UInt64 {
    (1 << 43) + (UInt64(index % 4) << 44) + (UInt64(index / 4) << 39)
  }
}
