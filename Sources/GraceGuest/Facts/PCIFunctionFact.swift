// SPDX-License-Identifier: GPL-2.0-or-later

/// A PCI function as QEMU has it (`query-pci`).
public struct PCIFunctionFact: Codable, Hashable, Sendable {
  /// A BAR, with the index of its first register.
  public struct BAR: Codable, Hashable, Sendable {
    /// Its index.
    public var index: Int
    /// Where it was placed.
    public var start: UInt64
    /// Its size.
    public var bytes: UInt64
  }

  /// The device's name in QEMU.
  public var name: String
  /// Domain, bus, device and function.
  public var address: String
  /// Its BARs that are placed.
  public var bars: [BAR]

  /// All functions with a name in the answer to `query-pci`.
  static func all(in answer: JSONValue) -> [PCIFunctionFact] {
    (answer.list ?? []).flatMap { devices(of: $0) }.filter { !$0.name.isEmpty }
  }

  /// What was seen of the same functions earlier and later. QEMU names no place of a BAR while the function does not decode
  /// it, as during a reset; what has more BARs is taken, and the later if both have as many.
  static func joined(_ earlier: [PCIFunctionFact], _ later: [PCIFunctionFact]) -> [PCIFunctionFact] {
    later.map { function in
      earlier.first { $0.name == function.name && $0.bars.count > function.bars.count } ?? function
    }
  }

  private static func devices(of bus: JSONValue) -> [PCIFunctionFact] {
    (bus["devices"]?.list ?? []).flatMap { device in
      [PCIFunctionFact(device)] + (device["pci_bridge"].map(devices(of:)) ?? [])
    }
  }

  init(name: String, address: String, bars: [BAR]) {
    self.name = name
    self.address = address
    self.bars = bars
  }

  private init(_ device: JSONValue) {
    func number(_ key: String, of value: JSONValue) -> UInt64 {
      UInt64(clamping: value[key]?.integer ?? 0)
    }
    name = device["qdev_id"]?.text ?? ""
    address =
      "0000:\(hex(number("bus", of: device), digits: 2)):\(hex(number("slot", of: device), digits: 2)).\(number("function", of: device))"
    bars = (device["regions"]?.list ?? []).compactMap { region in
      guard let index = region["bar"]?.integer, let start = region["address"]?.integer, start > 0 else {
        return nil
      }
      return BAR(index: index, start: UInt64(start), bytes: number("size", of: region))
    }
  }
}
