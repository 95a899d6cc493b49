// SPDX-License-Identifier: GPL-2.0-or-later

/// What the bytes of a PCI handle turn out to be.
enum HandleVerdict: Equatable {
  /// Right, or nothing speaks against it.
  case sound
  /// Bus and devfn are swapped; how sure that is.
  case swapped(Severity)
  /// Each field stands there twice; how sure that is.
  case doubled(Severity)
  /// Bytes that must be zero are not.
  case reserved
  /// No such function.
  case noFunction
  /// It names a bridge.
  case bridge
}

/// Judges handles, with a list of the functions that exist or by likelihood.
struct HandleJudge {
  let functions: [PCIAddress: PCIFunction]?
  /// Whether the `_DSD` says that there is a Grace GPU.
  let hasGraceProperties: Bool

  /// The domains that a Grace GPU has, and hardly another device.
  static let graceDomains = 8

  init(functions: [PCIFunction]?, hasGraceProperties: Bool) {
    self.functions = functions.map { list in
      Dictionary(list.map { ($0.address, $0) }) { first, _ in first }
    }
    self.hasGraceProperties = hasGraceProperties
  }

  func verdict(on group: HandleGroup) -> HandleVerdict {
    functions.map { verdict(on: group, functions: $0) } ?? likelihood(of: group)
  }

  /// The function that is meant, if it is known which one that is.
  func meant(by group: HandleGroup) -> PCIAddress {
    switch verdict(on: group) {
    case .swapped: group.swapped
    case .doubled: group.doubled ?? group.named
    default: group.named
    }
  }

  private func verdict(on group: HandleGroup, functions: [PCIAddress: PCIFunction]) -> HandleVerdict {
    let isEndpoint = { (address: PCIAddress?) -> Bool in
      address.flatMap { functions[$0] }.map { !$0.isBridge } ?? false
    }
    if group.hasReservedBytes {
      return group.doubled != nil ? .doubled(.error) : .reserved
    }
    if isEndpoint(group.named) { return .sound }
    // 01:00.0 doubled reads 01:00.1, and 02:00.0 reads 02:00.2. Swapping changes nothing in those.
    if group.doubled != group.named, isEndpoint(group.doubled) { return .doubled(.error) }
    if group.swapped != group.named, isEndpoint(group.swapped) { return .swapped(.error) }
    return functions[group.named] == nil ? .noFunction : .bridge
  }

  /// Without a list: a GPU is function 0 of device 0, and few things that initiate anything are on bus 0.
  private func likelihood(of group: HandleGroup) -> HandleVerdict {
    if group.hasReservedBytes { return group.doubled != nil ? .doubled(.error) : .reserved }
    let (bus, devfn) = (group.handle[2], group.handle[3])
    guard devfn != 0 else { return .sound }
    let isGrace = hasGraceProperties || group.domains.count >= Self.graceDomains
    if bus == devfn, isGrace || (group.handle[0] == group.handle[1] && group.handle[0] != 0) {
      return .doubled(.warning)
    }
    guard bus == 0 else { return .sound }
    // Function 0 of some device on bus 0 is what small virtual machines have. Other functions there are rare.
    return .swapped(isGrace || devfn & 7 != 0 ? .warning : .info)
  }
}
