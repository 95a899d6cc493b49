// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel
import GraceFirmware

/// Reads a machine from JSON; docs/tables.md describes the format.
struct TopologyFile {
  /// Settings of the command line, for all GPUs, before and after those of the file.
  var before: [Setting] = []
  var after: [Setting] = []
  /// Where the files of profiles are looked for; nil for the working folder.
  var folder: String?

  /// The folder of a topology file; nil for standard input, and for files of the working folder.
  static func folder(of path: String) -> String? {
    path.lastIndex(of: "/").map { String(path[...$0]) }
  }

  /// The machine that a file describes.
  func machine(_ file: JSONField) throws(MachineError) -> Machine {
    let fields = try file.fields(required: ["sockets", "gpus"], optional: ["distances", "bridges"])
    var sockets: [Machine.Socket] = []
    for field in try fields["sockets"]?.elements() ?? [] { sockets.append(try Self.socket(field)) }
    var distances: [[UInt8]] = []
    if let field = fields["distances"] {
      let rows = try field.elements()
      for row in rows { distances.append(try Self.numbers(row)) }
      guard !rows.isEmpty else {
        throw MachineError("distances", "it is empty; give one row for each socket, or leave it out")
      }
    }
    var bridges: [Machine.Bridge] = []
    for field in try fields["bridges"]?.elements() ?? [] { bridges.append(try Self.bridge(field)) }
    var devices: [Machine.Device] = []
    var instances = Instances(sockets: sockets, bridges: bridges)
    for field in try fields["gpus"]?.elements() ?? [] {
      devices.append(try gpu(field, instances: &instances))
    }
    return try Machine(sockets: sockets, distances: distances, bridges: bridges, devices: devices)
  }

  private static func socket(_ field: JSONField) throws(MachineError) -> Machine.Socket {
    let fields = try field.fields(required: ["domain", "cpus", "memory"])
    var memory: [MemoryRange] = []
    for range in try fields["memory"]?.elements() ?? [] { memory.append(try Self.range(range)) }
    return Machine.Socket(
      domain: try number(fields["domain"]), processorCount: try number(fields["cpus"]), memory: memory)
  }

  private static func range(_ field: JSONField) throws(MachineError) -> MemoryRange {
    let fields = try field.fields(required: ["base", "size"])
    return MemoryRange(base: try fields["base"]?.bytes() ?? 0, size: try fields["size"]?.bytes() ?? 0)
  }

  private static func bridge(_ field: JSONField) throws(MachineError) -> Machine.Bridge {
    let fields = try field.fields(required: ["name", "segment"], optional: ["bus", "domain", "window"])
    var bridge = Machine.Bridge(
      name: try name(fields["name"]), segment: UInt16(try fields["segment"]?.number(0...0xffff) ?? 0))
    bridge.bus = UInt8(try fields["bus"]?.number(0...255) ?? 0)
    if let field = fields["domain"] { bridge.domain = try number(field) }
    if let field = fields["window"] { bridge.window = try range(field) }
    return bridge
  }

  private func gpu(_ field: JSONField, instances: inout Instances) throws(MachineError) -> Machine.Device {
    let fields = try field.fields(
      required: ["profile", "address", "bridge", "path"], optional: ["options"])
    let bridge = try Self.name(fields["bridge"])
    let address = try Self.address(fields["address"])
    var path: [UInt8] = []
    for step in try fields["path"]?.elements() ?? [] { path.append(try Self.function(step)) }

    let profile = try profile(fields["profile"]?.text() ?? "", place: field.path + ".profile")
    var settings = before
    for (name, value) in try fields["options"]?.fields().sorted(by: { $0.key < $1.key }) ?? [] {
      guard name != "profile" else {
        throw MachineError(
          value.path, "the profile has a field of its own; write it as \(field.path).profile")
      }
      settings.append(GPUSetting.setting(name: name, value: try value.setting()))
    }
    settings += after
    let place = field.path + ".options"
    // What the GPU is linked to decides on its default addresses.
    let host = try GPUSetting.options(settings, profile: profile, place: place).firmware.hostDomain
    let instance = instances.next(host: host, bridge: bridge, segment: address.segment)
    let options = try GPUSetting.options(
      [Setting(name: "instance", value: "\(instance)")] + settings, profile: profile, place: place)
    return Machine.Device(address: address, bridge: bridge, path: path, options: options)
  }

  /// A product, or a file with one of the user's own.
  private func profile(_ name: String, place: String) throws(MachineError) -> Profile {
    do throws(InputError) {
      guard ProfileSource.isFile(name) else { return try ProfileSource.profile(name) }
      return try ProfileSource.profile(file: name.hasPrefix("/") ? name : (folder ?? "") + name)
    } catch {
      var text = error.description
      if text.last == "." { text.removeLast() }
      throw MachineError(place, text.prefix(1).lowercased() + text.dropFirst())
    }
  }

  private static func number(_ field: JSONField?) throws(MachineError) -> UInt32 {
    UInt32(try field?.number(0...UInt64(UInt32.max)) ?? 0)
  }

  private static func numbers(_ row: JSONField) throws(MachineError) -> [UInt8] {
    var numbers: [UInt8] = []
    for field in try row.elements() { numbers.append(UInt8(try field.number(0...255))) }
    return numbers
  }

  private static func name(_ field: JSONField?) throws(MachineError) -> NameSegment {
    let text = try field?.text() ?? ""
    guard let name = NameSegment(text) else {
      throw MachineError(
        field?.path ?? "", "'\(text)' is no ACPI name; use one to four of A-Z, _ and, but for the first, 0-9")
    }
    return name
  }
}

extension TopologyFile {
  private static func address(_ field: JSONField?) throws(MachineError) -> PCIAddress {
    let text = try field?.text() ?? ""
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let segment = hexadecimal(parts[0], 4), let bus = hexadecimal(parts[1], 2),
      let devfn = devfn(parts[2])
    else {
      throw MachineError(
        field?.path ?? "", "'\(text)' is no PCI address; write SSSS:BB:DD.F, such as 0009:01:00.0")
    }
    return PCIAddress(segment: UInt16(segment), bus: UInt8(bus), devfn: devfn)
  }

  private static func function(_ field: JSONField) throws(MachineError) -> UInt8 {
    let text = try field.text()
    guard let devfn = devfn(text[...]) else {
      throw MachineError(field.path, "'\(text)' is no device and function; write DD.F, such as 02.0")
    }
    return devfn
  }

  private static func devfn(_ text: Substring) -> UInt8? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let device = hexadecimal(parts[0], 2), device < 32,
      let function = hexadecimal(parts[1], 1), function < 8
    else { return nil }
    return UInt8(device << 3 | function)
  }

  /// A number of exactly so many hexadecimal digits, as lspci writes addresses.
  private static func hexadecimal(_ text: Substring, _ digits: Int) -> Int? {
    guard text.utf8.count == digits, text.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return nil }
    return Int(text, radix: 16)
  }
}

/// Which default addresses each GPU gets: those of its socket, as the device's `instance` counts them (DeviceOptions).
private struct Instances {
  let sockets: [Machine.Socket]
  let bridges: [Machine.Bridge]
  private var counts: [Int: Int] = [:]
  private var index = 0

  init(sockets: [Machine.Socket], bridges: [Machine.Bridge]) {
    self.sockets = sockets
    self.bridges = bridges
  }

  mutating func next(host: UInt32?, bridge: NameSegment, segment: UInt16) -> Int {
    defer { index += 1 }
    let domains = sockets.map(\.domain).sorted()
    let domain = host ?? bridges.first { $0.name == bridge }?.domain
    let socket = domain.map { domains.firstIndex(of: $0) ?? 0 } ?? Int(segment >> 4 & 0xf)
    let number = counts[socket, default: 0]
    counts[socket] = number + 1
    // Four sockets have addresses of their own, each for sixteen GPUs.
    return socket < 4 && number < 16 ? socket + 4 * number : min(index, 63)
  }
}
