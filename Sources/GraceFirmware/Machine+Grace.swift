// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel

// The machine that people mean by "four GH200".

extension Machine {
  /// Sockets that a Grace machine has at most: PA bits 45:44 (edk2-nvidia, TH500Definitions.h).
  private static var socketLimit: Int { 4 }
  /// Each socket's addresses begin so much further (edk2-nvidia, TH500Definitions.h).
  private static var socketStride: UInt64 { 1 << 44 }
  /// Where RAM begins (edk2-nvidia, TH500Definitions.h).
  private static var firstRAM: UInt64 { 0x8000_0000 }
  /// CPUs of a Grace (NVIDIA, GH200 data sheet: 72 Neoverse V2 cores).
  private static var processorCount: UInt32 { 72 }
  /// The controllers that GPUs are behind, by their place in the segment's low bits (edk2-nvidia,
  /// SsdtPcieSupportLib.c).
  private static var controllers: [UInt8] { [8, 9] }

  /// A Grace machine with so many GPUs of one product.
  ///
  /// One socket for each GPU up to four. A socket's only GPU is behind controller 9, where a GH200 shows it (public
  /// listings: 0009:01:00.0); of several the first is behind 8, the second behind 9, and further ones behind further
  /// root ports of both. GPUs take their domains in the order of their addresses, from 4 + sockets on, eight or
  /// `numa-nodes` apart: with one GPU for each socket that is the firmware's formula, 4 + sockets + 8 * socket
  /// (edk2-nvidia, TH500Definitions.h).
  ///
  /// - Parameters:
  ///   - profile: the product.
  ///   - gpuCount: 1 to 64.
  ///   - settings: of all GPUs; they win over what the machine gives each.
  public static func grace(_ profile: Profile, gpuCount: Int, settings: [Setting]) throws(MachineError)
    -> Machine
  {
    guard (1...gpuLimit).contains(gpuCount) else {
      throw MachineError("gpus", "there are \(gpuCount) of them; use 1 to \(gpuLimit)")
    }
    let socketCount = min(gpuCount, socketLimit)
    var sockets: [Socket] = []
    for socket in 0..<socketCount {
      let memory = MemoryRange(
        base: firstRAM + UInt64(socket) * socketStride, size: profile.hostMemorySize)
      sockets.append(
        Socket(domain: UInt32(socket), processorCount: processorCount, memory: [memory]))
    }
    var places: [(socket: Int, number: Int, controller: UInt8, port: UInt8)] = []
    for socket in 0..<socketCount {
      let own = (gpuCount - socket + socketCount - 1) / socketCount
      for controller in controllers {
        for number in 0..<own where own == 1 ? controller == 9 : controllers[number % 2] == controller {
          places.append((socket, number, controller, UInt8(number / 2)))
        }
      }
    }
    let stride = max(8, try options(profile, settings, gpu: 0).domainCount)
    var devices: [Device] = []
    for (index, place) in places.enumerated() {
      // What the device calls its instance picks its addresses: socket, then number on it.
      let instance = place.socket + place.number * socketLimit
      let first = 4 + UInt32(socketCount) + stride * UInt32(index)
      let options = try options(
        profile,
        [
          Setting(name: "instance", value: "\(instance)"),
          Setting(name: "pxm-start", value: "\(first)"),
        ] + settings, gpu: index)
      // Root ports come one after the other on the root bus, and firmware numbers the buses behind them so.
      let address = PCIAddress(
        segment: UInt16(place.socket << 4) | UInt16(place.controller), bus: place.port + 1, devfn: 0)
      devices.append(
        Device(
          address: address, bridge: bridgeName(socket: place.socket, controller: place.controller),
          path: [place.port << 3, 0], options: options))
    }
    return try Machine(sockets: sockets, devices: devices)
  }

  private static func options(_ profile: Profile, _ settings: [Setting], gpu: Int) throws(MachineError)
    -> DeviceOptions
  {
    do throws(OptionError) {
      return try DeviceOptions(settings, profile: profile)
    } catch {
      throw MachineError("gpus[\(gpu)]", error.message)
    }
  }

  /// `PCI9` on the first socket, `PC19` on the second (edk2-nvidia, SsdtPcieSupportLib.c).
  private static func bridgeName(socket: Int, controller: UInt8) -> NameSegment {
    var bytes = Array("PCI0".utf8)
    bytes[3] += controller
    if socket > 0 { bytes[2] = 0x30 + UInt8(socket) }
    return NameSegment(checked: bytes)
  }
}

extension Profile {
  /// Bytes of RAM that its socket has: as with the built-in profile that it starts from. The products are named for them, but for the one with 144 GB, which is named
  /// for the GPU's memory and comes with 480 GB (NVIDIA, GH200 data sheet).
  fileprivate var hostMemorySize: UInt64 {
    baseName.utf8.elementsEqual(Profile.gh200_120GB.name.utf8) ? 120 << 30 : 480 << 30
  }
}
