// SPDX-License-Identifier: GPL-2.0-or-later

extension MachineOptions {
  /// Values of QEMU's `-device` for the GPUs and what leads to them.
  func deviceArguments(plugin: String) -> [String] {
    var arguments: [String] = []
    if tree == .switch, let first = places.first {
      arguments.append(port("pcie-root-port", "rp0", bus: "pcie.0", slot: first.rootSlot, chassis: 1))
      arguments.append("x3130-upstream,id=up0,bus=rp0")
    }
    for place in places { arguments += bridges(to: place) + [device(place, plugin: plugin)] }
    return arguments
  }

  /// The port that the GPU is in, and what belongs to it alone.
  private func bridges(to place: GPUPlace) -> [String] {
    let index = place.index
    switch tree {
    case .rootPorts:
      return [
        port("pcie-root-port", "rp\(index)", bus: "pcie.0", slot: place.rootSlot, chassis: index + 1)
      ]
    case .switch:
      return [port("xio3130-downstream", "rp\(index + 1)", bus: "up0", slot: index, chassis: index + 2)]
    case .expander:
      let slot = hex(UInt64(place.rootSlot))
      let node = hostNodes > 0 ? ",numa_node=\(hostNode(of: place))" : ""
      return [
        "pxb-pcie,id=pxb\(index),bus=pcie.0,addr=0x\(slot),bus_nr=\(place.expanderBus)\(node)",
        port("pcie-root-port", "rp\(index)", bus: "pxb\(index)", slot: 0, chassis: index + 1),
      ]
    }
  }

  /// The name of the port that a GPU is in.
  private func portName(_ place: GPUPlace) -> String {
    tree == .switch ? "rp\(place.index + 1)" : "rp\(place.index)"
  }

  private func port(_ driver: String, _ name: String, bus: String, slot: Int, chassis: Int) -> String {
    "\(driver),id=\(name),bus=\(bus),chassis=\(chassis),addr=0x\(hex(UInt64(slot)))"
  }

  private var product: (String, String) {
    profile.file.map { ("profile-file", $0) } ?? ("profile", profile.name)
  }

  private func device(_ place: GPUPlace, plugin: String) -> String {
    var properties = [
      ("id", "gpu\(place.index)"), ("bus", portName(place)), product,
      ("representation", representation.rawValue), ("memory-size", "\(effectiveMemorySize)"),
      ("plugin", plugin),
    ]
    let byHand = deviceProperties.merging(propertiesOfGPU[place.index] ?? [:]) { $1 }
    // The device takes one of them, and refuses both.
    if byHand["profile-file"] != nil { properties.removeAll { $0.0 == "profile" } }
    for (name, value) in byHand.sorted(by: { $0.key < $1.key }) {
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
