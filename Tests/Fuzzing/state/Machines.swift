// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel
import GraceFirmware

@testable import gracectl

/// A topology file of `gracectl tables`.
func runTopologyFile(_ input: inout Input) {
  let bytes = input.all()
  do throws(InputError) {
    let file = try JSONField(parsing: bytes, file: "machine.json")
    do throws(MachineError) {
      let usual = [Setting(name: "representation", value: "bare-metal")]
      demandTables(of: try TopologyFile(before: usual, folder: "/dev/null/").machine(file))
    } catch {
      demandSentence(error.message)
      demand(!error.place.isEmpty, "an error names a place")
      demandPlain(error.place, allowing: [])
    }
  } catch {
    demandPlain(error.description, allowing: [])
    demand(error.description.hasSuffix("."), "what gracectl prints ends like a sentence", error.description)
  }
}

/// A machine made of values, few bytes for each: what JSON would have to be right for.
func runCompactMachine(_ input: inout Input) {
  do throws(MachineError) {
    demandTables(of: try compactMachine(&input))
  } catch {
    demandSentence(error.message)
    demand(!error.place.isEmpty, "an error names a place")
  }
}

private func compactMachine(_ input: inout Input) throws(MachineError) -> Machine {
  let form = input.byte()
  var sockets: [Machine.Socket] = []
  for index in 0..<UInt32(form & 7) {
    let place = input.byte()
    let memory = MemoryRange(
      base: UInt64(input.byte()) << 40, size: UInt64(input.byte()) << UInt64(place >> 3))
    sockets.append(
      Machine.Socket(
        domain: place & 1 == 0 ? index : domain(&input),
        processorCount: place & 2 == 0 ? 2 : UInt32(input.byte()),
        memory: place & 4 == 0 ? [MemoryRange(base: UInt64(index) << 44, size: 1 << 30)] : [memory]))
  }
  var distances: [[UInt8]] = []
  if form & 8 != 0 {
    for row in sockets.indices {
      distances.append(sockets.indices.map { $0 == row ? 10 : 11 + input.byte() % 245 })
    }
  }
  if form & 0x10 != 0 { return try grace(&input) }
  var bridges: [Machine.Bridge] = []
  for _ in 0..<input.byte() % 4 {
    let place = input.byte()
    var bridge = Machine.Bridge(name: bridgeName(input.byte()), segment: UInt16(place & 3), bus: input.byte())
    if place & 4 != 0 { bridge.domain = UInt32(place >> 5) }
    if place & 8 != 0 {
      bridge.window = MemoryRange(base: UInt64(input.byte()) << 44, size: UInt64(input.byte()) << 36)
    }
    bridges.append(bridge)
  }
  var devices: [Machine.Device] = []
  while !input.isAtEnd, devices.count < 65 {
    let place = input.byte()
    let settings = setting(&input, place, index: devices.count)
    // A long way is what a fuzzer does not write: bit 7 makes the path up to 256 functions.
    let length = place & 0x80 != 0 ? Int(input.byte()) + 1 : Int(place & 3)
    let path = (0..<length).map { $0 < 4 ? input.byte() : UInt8($0 & 0xf8) }
    let devfn = place & 0x40 != 0 ? input.byte() : path.last ?? 0
    let bus = place & 0x20 != 0 ? input.byte() : UInt8(truncatingIfNeeded: max(0, length - 1))
    do throws(OptionError) {
      devices.append(
        Machine.Device(
          address: PCIAddress(segment: UInt16(place >> 2 & 3), bus: bus, devfn: devfn),
          bridge: bridgeName(place >> 2 & 3),
          path: path, options: try DeviceOptions(settings)))
    } catch {
      throw MachineError("gpus", error.message)
    }
  }
  return try Machine(sockets: sockets, distances: distances, bridges: bridges, devices: devices)
}

/// The number of a domain; mostly a low one, since SLIT and HMAT have as many rows, and columns, as the highest says.
private func domain(_ input: inout Input) -> UInt32 {
  let number = UInt32(input.word())
  return number < 0xe000 ? number & 0x3f : number - 0xe000
}

/// `PCI0` to `PCI7`.
func bridgeName(_ byte: UInt8) -> NameSegment {
  guard let name = NameSegment("PCI\(byte & 7)") else { fatalError("broken: PCI0 to PCI7 are names") }
  return name
}

private func setting(_ input: inout Input, _ place: UInt8, index: Int) -> [Setting] {
  var settings = [
    Setting(name: "instance", value: "\(min(index, 63))"),
    Setting(name: "representation", value: place & 0x10 != 0 ? "vm" : "bare-metal"),
  ]
  let more = input.byte()
  if more & 1 != 0 { settings.append(Setting(name: "numa-nodes", value: "\(input.byte())")) }
  if more & 2 != 0 { settings.append(Setting(name: "pxm-start", value: "\(domain(&input))")) }
  if more & 4 != 0 { settings.append(Setting(name: "egm-size", value: "\(UInt64(input.byte()) << 29)")) }
  if more & 8 != 0 { settings.append(Setting(name: "egm-pxm", value: "\(domain(&input))")) }
  if more & 16 != 0 { settings.append(Setting(name: "host-node", value: "\(input.byte())")) }
  if more & 32 != 0 { settings.append(Setting(name: "memory-base", value: "\(UInt64(input.word()) << 37)")) }
  if more & 64 != 0 { settings.append(Setting(name: "initiators", value: "off")) }
  if more & 128 != 0 {
    settings.append(Setting(name: "firmware-quirk", value: input.element(of: FirmwareQuirk.allCases).name))
  }
  return settings
}

/// The default machine with settings of the user's.
private func grace(_ input: inout Input) throws(MachineError) -> Machine {
  // Few GPUs mostly, for speed.
  let number = Int(input.byte())
  let count = number < 200 ? number % 10 : number - 190
  let profile = input.element(of: Profile.all)
  return try Machine.grace(
    profile, gpuCount: count, settings: setting(&input, input.byte(), index: 0).dropFirst() + [])
}
