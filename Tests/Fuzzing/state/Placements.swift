// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel
import GraceFirmware

/// GPUs where QEMU put them, and QEMU's own domains: what the plug-in makes tables of.
func runPlacements(_ input: inout Input) {
  let form = input.byte()
  let limit: UInt32 = form & 1 == 0 ? 128 : UInt32(input.dword())
  let count = min(limit, UInt32(form >> 2 & 0x1f))
  let side = Int(count)
  let distances = form & 2 == 0 ? [] : (0..<side * side).map { _ in input.byte() }
  let flags = input.byte()
  let machine = MachineDomains(
    count: count, distances: distances, hasProcessors: (0..<side).map { flags >> UInt8($0 & 7) & 1 == 0 },
    hasAttributes: form & 0x80 != 0, nodesExist: form & 0x40 != 0)
  var gpus: [GPU] = []
  while !input.isAtEnd, gpus.count < 32 {
    let place = input.byte()
    let domain = input.byte()
    let path = input.bytes(Int(place & 7))
    let options = FuzzFirmware.options(&input)
    gpus.append(
      GPU(
        address: PCIAddress(segment: UInt16(place >> 6), bus: input.byte(), devfn: path.last ?? 0),
        root: HostBridge(name: bridgeName(place >> 3), domain: domain & 1 == 0 ? nil : UInt32(domain >> 1)),
        path: path, domainCount: UInt32(input.byte()), firstDomain: place & 0x20 != 0 ? input.dword() : nil,
        memory: place & 0x10 != 0 ? CoherentMemory(base: input.qword(), size: input.qword()) : nil,
        expressOffset: place & 0x10 != 0 ? input.word() : nil, options: options))
  }
  do throws(TopologyError) {
    let topology = try Topology(gpus: gpus, machine: machine, domainLimit: limit)
    guard limit <= 1024 else { return }
    AMLWalk.check(NamespaceTable(topology).encoded)
    _ = AffinityTable(topology).encoded
    _ = DistanceTable(topology).encoded
    _ = AttributeTable(topology).encoded
  } catch {
    demandSentence(error.message)
  }
}

enum FuzzFirmware {
  /// What a user can say of the tables of one GPU.
  static func options(_ input: inout Input) -> FirmwareOptions {
    var options = FirmwareOptions()
    let form = input.byte()
    if form & 1 != 0 { options.hostDomain = UInt32(input.byte()) }
    options.hasInitiators = form & 2 == 0
    options.namesDomains = form & 4 == 0
    options.hasAttributes = form & 8 == 0
    if form & 16 != 0 { options.statedSize = .bytes(input.qword()) }
    if form & 32 != 0 {
      var memory = ExtendedMemory(base: input.qword(), size: input.qword())
      if form & 64 != 0 { memory.domain = input.dword() }
      options.extendedMemory = memory
    }
    if form & 128 != 0 { options.quirks = [input.element(of: FirmwareQuirk.allCases)] }
    options.host.distance = max(11, min(254, input.byte()))
    return options
  }
}
