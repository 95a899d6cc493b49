// SPDX-License-Identifier: GPL-2.0-or-later

/// All initiators with the same handle: what the table says of one device.
struct HandleGroup {
  /// In table order; never empty.
  let initiators: [InitiatorAffinity]
  /// Of the first of them.
  let handle: [UInt8]
  let isPCI: Bool
  let offset: Int

  /// The groups of an SRAT in the order in which their handles come up first.
  static func all(in srat: SRAT) -> [HandleGroup] {
    var order: [[UInt8]] = []
    var members: [[UInt8]: [InitiatorAffinity]] = [:]
    for initiator in srat.initiators {
      let key = [initiator.isPCI ? 1 : 0] + initiator.handle
      if members[key] == nil { order.append(key) }
      members[key, default: []].append(initiator)
    }
    return order.compactMap { members[$0].flatMap(HandleGroup.init) }
  }

  private init?(_ initiators: [InitiatorAffinity]) {
    guard let first = initiators.first else { return nil }
    self.initiators = initiators
    handle = first.handle
    isPCI = first.isPCI
    offset = first.entry.offset + 8
  }

  var domains: Set<UInt32> { Set(initiators.map(\.domain)) }

  /// The function that the bytes name.
  var named: PCIAddress { address(bus: handle[2], devfn: handle[3]) }

  /// The function that they would name with bus and devfn the other way round.
  var swapped: PCIAddress { address(bus: handle[3], devfn: handle[2]) }

  /// The function that they name if each field stands there twice; `nil` if they do not look so.
  var doubled: PCIAddress? {
    guard handle[2] == handle[3], handle[4] == handle[5], handle[6] == handle[7],
      handle[4] < 32, handle[6] < 8, handle[8...].allSatisfy({ $0 == 0 }),
      handle[0] == handle[1] || handle[1] == 0
    else { return nil }
    return PCIAddress(segment: UInt32(handle[0]), bus: handle[2], devfn: handle[4] << 3 | handle[6])
  }

  var hasReservedBytes: Bool { handle[4...].contains { $0 != 0 } }

  /// The device, for people.
  var text: String { isPCI ? "\(named)" : "ACPI device \(hexBytes(handle))" }

  private func address(bus: UInt8, devfn: UInt8) -> PCIAddress {
    PCIAddress(segment: UInt32(handle[0]) | UInt32(handle[1]) << 8, bus: bus, devfn: devfn)
  }
}
