// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel

// Host bridges: which there are, whose they are, and where the BARs behind them go.

extension Machine {
  /// The bridges that are listed and those that GPUs name, in the order of segment and bus, each with its buses and
  /// domain.
  static func complete(_ listed: [Bridge], devices: [Device], sockets: [Socket]) throws(MachineError)
    -> [Bridge]
  {
    try check(listed, sockets: sockets)
    var bridges = listed
    for device in devices where !bridges.contains(where: { $0.name == device.bridge }) {
      bridges.append(Bridge(name: device.bridge, segment: device.address.segment))
    }
    for (index, bridge) in bridges.enumerated() {
      for other in bridges[..<index] where other.segment == bridge.segment && other.bus == bridge.bus {
        throw MachineError(
          "bridges",
          "\(other.name.text) and \(bridge.name.text) both have root bus \(bridge.bus) of one segment; list them with "
            + "a bus of their own each")
      }
    }
    bridges.sort { ($0.segment, $0.bus) < ($1.segment, $1.bus) }
    for index in bridges.indices {
      if index + 1 < bridges.count, bridges[index + 1].segment == bridges[index].segment {
        bridges[index].lastBus = bridges[index + 1].bus - 1
      }
      bridges[index].domain =
        bridges[index].domain ?? domain(of: bridges[index], devices: devices, sockets: sockets)
    }
    return bridges
  }

  private static func check(_ bridges: [Bridge], sockets: [Socket]) throws(MachineError) {
    for (index, bridge) in bridges.enumerated() {
      let place = "bridges[\(index)]"
      if bridges[..<index].contains(where: { $0.name == bridge.name }) {
        throw MachineError(
          place + ".name", "another bridge is called \(bridge.name.text), too; give each its own name")
      }
      if let domain = bridge.domain, !sockets.contains(where: { $0.domain == domain }) {
        throw MachineError(place + ".domain", "no socket has domain \(domain); use that of a socket")
      }
    }
  }

  /// What the GPUs behind it say, or the firmware's rule: bits 7:4 of the segment are the socket (edk2-nvidia,
  /// GPUMemoryInfo.c). nil where GPUs of several sockets are behind it, or there is no such socket.
  private static func domain(of bridge: Bridge, devices: [Device], sockets: [Socket]) -> UInt32? {
    var hosts: [UInt32] = []
    for device in devices where device.bridge == bridge.name {
      guard let host = device.options.firmware.hostDomain, !hosts.contains(host) else { continue }
      hosts.append(host)
    }
    guard hosts.count <= 1 else { return nil }
    if let host = hosts.first { return host }
    let domains = sockets.map { $0.domain }.sorted()
    let socket = Int(bridge.segment >> 4 & 0xf)
    return socket < domains.count ? domains[socket] : nil
  }

  /// Where windows go if nobody says: above the memory of all GPUs at their default addresses, which ends at 2^47. The
  /// choice is this project's; the firmware's is in devicetrees that are not public.
  private static var firstWindow: UInt64 { 1 << 47 }
  /// The least of a window: room for registers and for devices beside the GPUs.
  private static var smallestWindow: UInt64 { 1 << 36 }

  /// Gives each bridge without a window one that is large enough and in which there is no memory.
  static func placeWindows(of bridges: inout [Bridge], sockets: [Socket], devices: [Device])
    throws(MachineError)
  {
    var taken = memory(of: sockets, devices: devices)
    for bridge in bridges {
      guard let window = bridge.window else { continue }
      let place = "bridges: the window of \(bridge.name.text)"
      guard window.end(below: DeviceOptions.addressLimit) != nil else {
        throw MachineError(
          place, "it is empty or does not end below 2^52; use a size above 0 and a lower base")
      }
      for other in taken where other.overlaps(window) {
        throw MachineError(
          place, "\(window.text) overlaps memory or another window, \(other.text); move one of them")
      }
      taken.append(window)
    }
    for index in bridges.indices where bridges[index].window == nil {
      let size = windowSize(of: bridges[index], devices: devices)
      var window = MemoryRange(base: firstWindow, size: size)
      while let obstacle = taken.first(where: { $0.overlaps(window) }) {
        // Up to the next multiple of the size, a power of two.
        window.base = (obstacle.base &+ obstacle.size &+ (size - 1)) & ~(size - 1)
      }
      guard window.end(below: DeviceOptions.addressLimit) != nil else {
        throw MachineError(
          "bridges",
          "there is no room for the window of \(bridges[index].name.text) below 2^52; list it with a window")
      }
      bridges[index].window = window
      taken.append(window)
    }
  }

  /// A power of two with room for all BARs of the GPUs behind a bridge. BARs are powers of two themselves, so they fit
  /// without gaps, the largest first.
  private static func windowSize(of bridge: Bridge, devices: [Device]) -> UInt64 {
    var needed: UInt64 = 0
    for device in devices where device.bridge == bridge.name {
      needed += device.options.profile.chip.registerBARSize
      if device.options.representation == .virtualMachine {
        needed += device.options.split.usableBARSize + device.options.split.reservedBARSize
      }
    }
    var size = smallestWindow
    while size < needed { size <<= 1 }
    return size
  }
}
