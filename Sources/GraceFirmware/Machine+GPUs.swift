// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel

// GPUs that can be: addresses, ways from the root bus, and domains.

extension Machine {
  static func check(_ devices: [Device], sockets: [Socket]) throws(MachineError) {
    guard (1...gpuLimit).contains(devices.count) else {
      throw MachineError("gpus", "there are \(devices.count) of them; use 1 to \(gpuLimit)")
    }
    for (index, device) in devices.enumerated() {
      let place = "gpus[\(index)]"
      for (other, earlier) in devices[..<index].enumerated() where earlier.address == device.address {
        throw MachineError(
          place + ".address",
          "gpus[\(other)] is at \(device.address.text), too; give each GPU an address of its own")
      }
      guard let last = device.path.last else {
        throw MachineError(
          place + ".path", "it is empty; list the functions from the root bus down to the GPU")
      }
      guard last == device.address.devfn else {
        throw MachineError(
          place + ".path",
          "it does not end with the GPU's own device and function; make that the same as in the address")
      }
      if let host = device.options.firmware.hostDomain, !sockets.contains(where: { $0.domain == host }) {
        throw MachineError(
          place + ".options.host-node", "no socket has domain \(host); use that of a socket")
      }
    }
  }

  /// Buses and ways must be those of one tree for each bridge.
  static func checkTrees(_ devices: [Device], bridges: [Bridge]) throws(MachineError) {
    for (index, device) in devices.enumerated() {
      let place = "gpus[\(index)]"
      guard let bridge = bridges.first(where: { $0.name == device.bridge }) else { continue }
      guard bridge.segment == device.address.segment else {
        throw MachineError(
          place + ".address",
          "the segment is not that of the host bridge \(bridge.name.text), which is \(bridge.segment); use the same"
        )
      }
      // Each function on the way but the GPU has a bus below it.
      let lowest = Int(bridge.bus) + device.path.count - 1
      let isBelow = device.path.count == 1
      let highest = isBelow ? lowest : Int(bridge.lastBus)
      guard lowest <= highest, (lowest...max(lowest, highest)).contains(Int(device.address.bus)) else {
        throw MachineError(
          place + ".address",
          "bus \(device.address.bus) cannot be \(device.path.count - 1) bridges below \(bridge.name.text); use "
            + (lowest < highest ? "\(lowest) to \(highest)" : "\(lowest)"))
      }
      for (other, earlier) in devices[..<index].enumerated() {
        try check(device, place: place, with: earlier, "gpus[\(other)]")
      }
    }
  }

  private static func check(_ device: Device, place: String, with other: Device, _ otherPlace: String)
    throws(MachineError)
  {
    let isSameBus =
      device.address.segment == other.address.segment && device.address.bus == other.address.bus
    let isSameWay = device.bridge == other.bridge && device.path.dropLast() == other.path.dropLast()
    guard isSameBus == isSameWay else {
      throw MachineError(
        place,
        isSameBus
          ? "it is on the bus of \(otherPlace) and the way there is another one; use another bus, or the same path"
          : "the way to it is that to \(otherPlace) and the bus is another one; use the same bus, or another path"
      )
    }
    let length = min(device.path.count, other.path.count)
    guard device.bridge != other.bridge || device.path.prefix(length) != other.path.prefix(length) else {
      throw MachineError(
        place + ".path", "it leads through \(otherPlace), or that leads through it; a GPU is no bridge")
    }
  }

  /// Domains that GPUs chose are neither a socket's nor another GPU's.
  static func checkDomains(_ devices: [Device], sockets: [Socket]) throws(MachineError) {
    var taken: [(index: Int, domains: Range<UInt64>)] = []
    for (index, device) in devices.enumerated() {
      guard let first = device.options.firstDomain, device.options.domainCount > 0 else { continue }
      let place = "gpus[\(index)].options.pxm-start"
      let domains = UInt64(first)..<UInt64(first) + UInt64(device.options.domainCount)
      for (number, socket) in sockets.enumerated() where domains.contains(UInt64(socket.domain)) {
        throw MachineError(
          place,
          "domain \(socket.domain) would be the GPU's and is that of sockets[\(number)]; use other domains")
      }
      for other in taken where other.domains.overlaps(domains) {
        throw MachineError(
          place,
          "domain \(max(other.domains.lowerBound, domains.lowerBound)) would be the GPU's and is that of "
            + "gpus[\(other.index)]; use other domains")
      }
      taken.append((index, domains))
    }
  }
}
