// SPDX-License-Identifier: GPL-2.0-or-later

extension Checker {
  var judge: HandleJudge {
    // A _DSD makes a device suspect as long as there are fewer devices with eight domains.
    let groups = srat.map(HandleGroup.all) ?? []
    let whole = groups.count { $0.domains.count >= HandleJudge.graceDomains }
    return HandleJudge(
      functions: evidence.functions, hasGraceProperties: properties.count(where: \.isGrace) > whole)
  }

  mutating func checkHandles(_ srat: SRAT) {
    let judge = judge
    for initiator in srat.initiators { checkHandleType(initiator, in: srat.table.source) }
    for group in HandleGroup.all(in: srat) where group.isPCI {
      checkHandle(group, judge: judge, in: srat.table.source)
    }
  }

  private mutating func checkHandle(_ group: HandleGroup, judge: HandleJudge, in table: String) {
    let bytes = hexBytes(group.handle)
    let hint = evidence.functions == nil ? " (give a PCI listing to be sure)" : ""
    switch judge.verdict(on: group) {
    case .sound: checkGraceFunction(group, in: table)
    case .swapped(let severity):
      list.add(
        .giHandleOrder, in: table, at: group.offset + 2, found: "\(bytes), which reads \(group.named)",
        expected: "\(hexBytes(bytesOfHandle(group.swapped))) for \(group.swapped)\(hint)", severity: severity)
    case .doubled(let severity):
      let address = group.doubled ?? group.named
      list.add(
        .giHandleDoubled, in: table, at: group.offset, found: "\(bytes), which reads \(group.named)",
        expected: "\(hexBytes(bytesOfHandle(address))) for \(address)\(hint)", severity: severity)
    case .reserved:
      list.add(
        .giHandleReserved, in: table, at: group.offset + 4, found: hexBytes(group.handle[4...]),
        expected: "zeros")
    case .noFunction:
      list.add(
        .giHandleNoFunction, in: table, at: group.offset, found: "\(bytes), which reads \(group.named)",
        expected: "a function that exists")
    case .bridge:
      list.add(
        .giHandleBridge, in: table, at: group.offset, found: "the bridge \(group.named)",
        expected: "an endpoint")
    }
  }

  private mutating func checkGraceFunction(_ group: HandleGroup, in table: String) {
    let function = evidence.functions?.first { $0.address == group.named }
    if function?.isGraceGPU == true, group.named.devfn != 0 {
      list.add(
        .giGraceFunction, in: table, at: group.offset + 3, found: "\(group.named)",
        expected: "device 0, function 0")
    }
  }

  private mutating func checkHandleType(_ initiator: InitiatorAffinity, in table: String) {
    let offset = initiator.entry.offset
    if initiator.handleType > 1 {
      list.add(
        .giHandleType, in: table, at: offset + 3, found: "type \(initiator.handleType)", expected: "0 or 1")
    } else if initiator.handleType == 0, !initiator.hasHardwareID {
      list.add(
        .giHandleType, in: table, at: offset + 3,
        found: "type 0, and \(hexBytes(initiator.handle[..<8])) where the _HID is",
        expected: "1 for a PCI function")
    } else if initiator.handleType == 0, initiator.handle[12...].contains(where: { $0 != 0 }) {
      // Eight bytes of _HID, four of _UID, and four that are reserved.
      list.add(
        .sratReserved, in: table, at: offset + 20,
        found: "generic initiator: \(hexBytes(initiator.handle[12...]))", expected: "zeros")
    }
  }

  private func bytesOfHandle(_ address: PCIAddress) -> [UInt8] {
    [
      UInt8(truncatingIfNeeded: address.segment), UInt8(truncatingIfNeeded: address.segment >> 8),
      address.bus,
      address.devfn,
    ]
  }
}
