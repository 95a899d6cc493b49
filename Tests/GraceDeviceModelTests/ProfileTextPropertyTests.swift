// SPDX-License-Identifier: GPL-2.0-or-later

import Testing

@testable import GraceDeviceModel

/// What holds for any text.
@Suite("Profiles from a text: properties")
struct ProfileTextPropertyTests {
  /// Capabilities that the text cannot declare, because somebody acts on them, or an option puts them in.
  private static func isActive(_ capability: Capability) -> Bool {
    capability.isExtended
      ? [0x0001, 0x000f].contains(capability.id) || capability.isCXLDevice
      : [0x01, 0x05, 0x10, 0x11].contains(capability.id)
  }

  private static func hex(_ value: some BinaryInteger) -> String { "0x" + String(value, radix: 16) }

  /// A text that says again all that the base has: each capability and each register by its own content.
  private static func restated(_ base: Profile) throws -> String {
    let chip = base.chip
    var lines = [
      "base = \(base.name)", "name = again", "product = \(base.product)", "chip = \(chip.name)",
      "device-id = \(hex(base.deviceID))", "subsystem-id = \(hex(base.subsystemID))",
      "revision = \(hex(chip.revision))",
      "boot0 = \(hex(chip.boot0))", "boot42 = \(hex(chip.boot42))", "memory-size = \(base.memorySize >> 20)M",
      "memory-base = \(hex(base.memoryBase))", "mig-fix = \(chip.hasMIGBug ? "off" : "on")",
      "aperture = \(chip.hasAperture ? "on" : "off")",
      "readiness = \(chip.saysReadinessInConfig ? "cxl" : "registers")",
      "bar0-size = \(chip.registerBARSize >> 10)K",
      "msix-vectors = \(chip.messageVectors)", "msix-table = \(hex(chip.messageTableOffset))",
      "msix-pending = \(chip.messagePendingOffset)",
    ]
    if chip.interruptVectors > 0 { lines.append("msi-vectors = \(chip.interruptVectors)") }
    for capability in try device(["profile": base.name]).layout.capabilities where !isActive(capability) {
      lines.append("capability-remove = \(hex(capability.offset))")
      var body = capability.registers
      if capability.id == 0x23, capability.isExtended {
        let (vendor, id) = (body[0].reset, body[1].reset & 0xffff)
        lines.append(
          "dvsec = \(hex(capability.offset)) vendor=\(vendor & 0xffff) id=\(id) revision=\(vendor >> 16 & 0xf) "
            + "length=\(capability.byteCount)")
        body.removeFirst()
      } else {
        let last =
          capability.isExtended ? "version=\(capability.version)" : "upper=\(hex(capability.headerUpperHalf))"
        lines.append(
          "capability = \(hex(capability.offset)) id=\(hex(capability.id)) length=\(capability.byteCount) \(last)"
        )
      }
      for dword in body {
        let writable = dword.writable > 0 ? " writable=\(hex(dword.writable))" : ""
        lines.append("dword = \(dword.offset - capability.offset) \(hex(dword.reset))\(writable)")
      }
    }
    for register in chip.registers(chip, base.memorySize) where register.behaviour == .stored {
      lines.append("register = \(hex(register.offset)) \(register.reset) writable=\(hex(register.writable))")
    }
    return lines.shuffledBlocks().joined(separator: "\n")
  }

  @Test("a text that restates a built-in profile gives the same device", arguments: Profile.all.map(\.name))
  func restating(name: String) throws {
    let base = try #require(Profile.named(name))
    let text = try Self.restated(base)
    let profile = try Profile(text: text)
    #expect(profile.product == base.product)
    for representation in ["vm", "bare-metal"] {
      for isFixed in ["off", "on"] {
        // ATS lies where it lay, and a declared DVSEC of the MIG fix follows the option as the base's does.
        let settings =
          ["representation": representation, "ats": isFixed, "mig-fix": isFixed] as KeyValuePairs
        let all = settings.map { Setting(name: $0.key, value: $0.value) }
        var expected = try made(all + [Setting(name: "profile", value: name)])
        var found = try made(all + [Setting(name: "profile-text", value: text)])
        #expect(found.host.config == expected.host.config)
        #expect(found.host.masks == expected.host.masks)
        #expect(found.regions.count == expected.regions.count)
        for index in 0..<expected.regions.count { #expect(found.regions[index] == expected.regions[index]) }
        for offset in stride(from: 0, to: UInt64(0x20_0000), by: 4) {
          let value = read(&expected, 0, at: offset, size: 4)
          if read(&found, 0, at: offset, size: 4) != value {
            Issue.record("register \(offset)")
            break
          }
        }
        for offset in [0, 4, 0x1400, 0x1404, 0x14fc, 0x10_0ce0] as [UInt64] {
          expected.writeRegion(0, at: offset, value: 0xdead_beef, size: 4)
          found.writeRegion(0, at: offset, value: 0xdead_beef, size: 4)
          let value = read(&expected, 0, at: offset, size: 4)
          #expect(read(&found, 0, at: offset, size: 4) == value, "\(offset)")
        }
      }
    }
  }

  private func made(_ settings: [Setting]) throws -> GraceDevice<RecordingHost> {
    var device = GraceDevice(options: try DeviceOptions(settings), host: RecordingHost())
    device.attachConfig()
    device.reset(.cold)
    return device
  }

  /// Whatever a text says, what it makes can be built: QEMU's PCI core asserts most of this.
  private func checkDevice(_ text: String) throws {
    let profile = try Profile(text: text)
    for extra in [
      [], [Setting(name: "ats", value: "on")], [Setting(name: "representation", value: "bare-metal")],
    ] {
      guard var device = try? made([Setting(name: "profile-text", value: text)] + extra) else { continue }
      let capabilities = device.layout.capabilities
      #expect(capabilities.contains { $0.id == 0x10 && !$0.isExtended })
      var end = 0x40
      for capability in capabilities {
        let isFirst = capability.isExtended && end <= 0x100
        if isFirst { #expect(capability.offset == 0x100, "\(text)") }
        #expect(Int(capability.offset) >= end && capability.offset % 4 == 0, "\(text)")
        end = Int(capability.offset) + Int(capability.byteCount)
        #expect(capability.isExtended ? capability.byteCount >= 8 : end <= 0x100, "\(text)")
      }
      #expect(end <= 0x1000, "\(text)")
      for masks in device.host.masks { #expect(masks.writable & masks.clearedByOne == 0) }
      let chip = profile.chip
      let map = chip.registers(chip, profile.memorySize)
      for (register, next) in zip(map, map.dropFirst()) { #expect(register.end <= next.offset, "\(text)") }
      for register in map where register.behaviour == .stored {
        #expect(read(&device, 0, at: UInt64(register.offset), size: 4) == UInt64(register.reset), "\(text)")
      }
      let state = device.snapshot()
      try device.restore(state)
    }
  }

  private static let rich = """
    base = gh200-144gb
    name = mine
    product = Mine
    device-id = 0x2350
    memory-size = 3G
    memory-base = 0x80000000000
    readiness = cxl
    aperture = on
    msix-vectors = 32
    msix-table = 0xb00000
    dvsec = 0x380 vendor=0x10de id=3 length=0x10
    dword = 0x8 0x00010000
    capability-remove = 0x2a4
    capability-move = 0x2f0 0x3c0
    capability = 0xe0 id=0x09 length=0x14
    dword = 0x4 0x5eed0001 writable=0xff
    register = 0x1404 0x10 name=NV_OURS
    register = 0x00101000 0x2349
    """

  @Test("no text traps, and what is accepted can be built", arguments: 0..<8)
  func mutations(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed &* 0x51ed_270b)
    var accepted = 0
    for round in 0..<120 {
      var bytes = Array(Self.rich.utf8)
      for _ in 0..<Int.random(in: 1...3, using: &numbers) {
        switch Int.random(in: 0..<6, using: &numbers) {
        case 0: bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &numbers)))
        case 1 where !bytes.isEmpty:
          bytes[Int.random(in: 0..<bytes.count, using: &numbers)] = .random(in: 0...255, using: &numbers)
        case 2 where !bytes.isEmpty:
          // Digits become other digits: still a setting, with another number.
          let digits = bytes.indices.filter { (0x30...0x39).contains(bytes[$0]) }
          if let index = digits.randomElement(using: &numbers) {
            bytes[index] = .random(in: 0x30...0x39, using: &numbers)
          }
        case 3:
          var lines = bytes.split(separator: 0x0a)
          if lines.count > 1 {
            lines.swapAt(
              Int.random(in: 0..<lines.count, using: &numbers),
              Int.random(in: 0..<lines.count, using: &numbers))
          }
          bytes = Array(lines.joined(separator: [0x0a]))
        case 4:
          var lines = bytes.split(separator: 0x0a)
          if !lines.isEmpty { lines.remove(at: Int.random(in: 0..<lines.count, using: &numbers)) }
          bytes = Array(lines.joined(separator: [0x0a]))
        default:
          let names = [
            "capability-move = 0x9c", "register = 4", "memory-size =", "memory-base =", "bar0-size =",
            "msix-table =",
            "capability = 0x400 id=7 length=8", "revision =",
          ]
          let values = [
            "0", "0xffffffffffffffff", "18446744073709551615", "0xfffc", "0x100", "0x40", "-1", "16777215T",
          ]
          let name = names[Int.random(in: 0..<names.count, using: &numbers)]
          bytes += Array("\n\(name) \(values[Int.random(in: 0..<values.count, using: &numbers)])".utf8)
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      do {
        try checkDevice(text)
        accepted += 1
      } catch let error as ProfileError {
        let count = text.utf8.split(separator: 0x0a, omittingEmptySubsequences: false).count
        #expect(error.line >= 0 && error.line <= count, "round \(round): \(error)")
        #expect(!error.problem.utf8.contains { $0 < 0x20 }, "round \(round): \(error)")
      }
    }
    // Otherwise the mutations would show nothing of what is built.
    #expect(accepted > 10)
  }

  @Test("random bytes and every prefix of a text are refused or accepted")
  func noise() throws {
    var numbers = SeededNumbers(seed: 7)
    for _ in 0..<300 {
      let bytes = (0..<Int.random(in: 0..<300, using: &numbers)).map { _ in
        UInt8.random(in: 0...255, using: &numbers)
      }
      #expect(throws: ProfileError.self) { try Profile(text: String(decoding: bytes, as: UTF8.self)) }
    }
    for count in 0...Self.rich.utf8.count {
      _ = try? Profile(text: String(decoding: Self.rich.utf8.prefix(count), as: UTF8.self))
    }
    try checkDevice(Self.rich)
  }
}

extension [String] {
  /// The lines in another order, with the dwords below their capability.
  fileprivate func shuffledBlocks() -> [String] {
    var blocks: [[String]] = []
    for line in self {
      if line.hasPrefix("dword"), !blocks.isEmpty {
        blocks[blocks.count - 1].append(line)
      } else {
        blocks.append([line])
      }
    }
    return blocks.reversed().flatMap { $0 }
  }
}
