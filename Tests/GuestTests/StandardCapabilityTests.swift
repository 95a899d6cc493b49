// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// What capabilities have in common by specification, in this device and in QEMU's own that have them too: the bits that can
/// be written, and what a function level reset leaves. Where they differ stands in a list, with the reason.
@Suite("Standard capabilities, beside QEMU's devices")
struct StandardCapabilityTests {
  /// A dword of a capability, or of the header (id 0).
  struct Register: Hashable, CustomStringConvertible {
    let id: UInt16
    let isExtended: Bool
    let offset: UInt64

    var description: String { "\(isExtended ? "extended " : "")\(id)+\(offset)" }
  }

  /// Bits that behave in another way than in a device of QEMU's. Sections are those of PCI Express Base Specification 6.0.
  struct Difference: Sendable {
    let device: String
    let register: (id: UInt16, isExtended: Bool, offset: UInt64)
    /// Bits that one of the two can write.
    var writable: UInt32 = 0
    /// Bits that both can write, and one keeps over a function level reset.
    var kept: UInt32 = 0
    let reason: String
  }

  private static let differences: [Difference] = [
    Difference(
      device: "nvme", register: (0, false, 4), writable: 0x41,
      reason: "no I/O space (7.5.1.1.3, bit 0); bit 6, Parity Error Response, is one that QEMU leaves out"),
    Difference(
      device: "igb", register: (0, false, 4), writable: 0x41,
      reason: "no I/O space (7.5.1.1.3, bit 0); bit 6, Parity Error Response, is one that QEMU leaves out"),
    Difference(
      device: "virtio", register: (0, false, 4), writable: 0x41,
      reason: "no I/O space (7.5.1.1.3, bit 0); bit 6, Parity Error Response, is one that QEMU leaves out"),
    Difference(
      device: "nvme", register: (0x10, false, 8), writable: 0x79f0, kept: 0xf,
      reason: "optional fields of Device Control (7.5.3.4), which nvme does not reset (6.6.2)"),
    Difference(
      device: "virtio", register: (0x10, false, 8), writable: 0x79f0,
      reason: "optional fields of Device Control (7.5.3.4)"),
    Difference(
      device: "nvme", register: (0x10, false, 0x10), writable: 0x2cb,
      reason: "fields of Link Control that nvme does not have (7.5.3.7)"),
    Difference(
      device: "virtio", register: (0x10, false, 0x10), writable: 0x20b, kept: 0xc0,
      reason: "further fields of Link Control (7.5.3.7), which a function level reset does not touch (6.6.2)"),
    Difference(
      device: "nvme", register: (0x10, false, 0x28), writable: 0x841f,
      reason: "completion timeout and latency tolerance reporting; no end-end TLP prefixes (7.5.3.16)"),
    Difference(
      device: "nvme", register: (0x10, false, 0x30), writable: 0xf,
      reason: "target link speed (7.5.3.19)"),
    Difference(
      device: "virtio", register: (0x10, false, 0x28), writable: 0x841f,
      reason: "completion timeout and latency tolerance reporting; no end-end TLP prefixes (7.5.3.16)"),
    Difference(
      device: "virtio", register: (0x10, false, 0x30), writable: 0xf,
      reason: "target link speed (7.5.3.19)"),
    Difference(
      device: "igb", register: (1, false, 4), writable: 0x1f00,
      reason: "no PME, no data (7.5.2.2)"),
    Difference(
      device: "igb", register: (5, false, 0), writable: 0x40_0000,
      reason: "16 vectors, not 1 (7.7.1.2)"),
    Difference(
      device: "igb", register: (5, false, 0x10), writable: 0xfffe,
      reason: "16 vectors, not 1 (7.7.1.7)"),
    Difference(
      device: "igb", register: (1, true, 0x18), writable: 0x400,
      reason: "records several headers (7.8.4.7)"),
    Difference(
      device: "virtio", register: (1, true, 0x18), writable: 0x400,
      reason: "records several headers (7.8.4.7)"),
    Difference(
      device: "virtio", register: (0xf, true, 4), writable: 0x10_0000, kept: 0x800f_0000,
      reason: "the smallest unit has five bits (10.5.1.3); a reset turns ATS off, and not in virtio (6.6.2)"),
  ]

  /// Registers to compare with each device. Those of igb's Express capability cannot be written.
  private static let registers: [String: [Register]] = [
    "nvme": header + express + [Register(1, 4), Register(0x11, 0)],
    "igb": header + errors + [Register(1, 4), Register(0x11, 0)]
      + [0, 4, 8, 0xc, 0x10, 0x14].map { Register(5, $0) },
    "virtio": header + express + errors + [Register(0x11, 0), Register(0xf, 4, isExtended: true)],
  ]
  private static let header = [4, 0xc, 0x3c].map { Register(0, $0) }
  private static let express = [8, 0x10, 0x28, 0x30].map { Register(0x10, $0) }
  private static let errors = [8, 0xc, 0x14, 0x18].map { Register(1, $0, isExtended: true) }
  private static let names = ["gpu", "nvme", "igb", "virtio"]

  private func testing<Value: Sendable>(_ work: @escaping @Sendable (QTestMachine) throws -> Value)
    async throws
    -> Value
  {
    let assets = try GuestAssets.load(needing: [.qemu, .plugin])
    let plugin = try assets.path(.plugin)
    let test = try await QEMUProcess.testing(
      [
        "grace-gpu,id=gpu,plugin=\(plugin),memory-size=3G,ats=on", "nvme,id=nvme,serial=a",
        "igb,id=igb,romfile=", "virtio-rng-pci,id=virtio,ats=on,aer=on,romfile=",
      ], assets: assets, work: work)
    #expect(test.run.ending == .exited(0))
    return test.value
  }

  @Test(
    "bits that can be written, and those that a function level reset keeps, differ where the list says",
    arguments: ["nvme", "igb", "virtio"])
  func bits(device: String) async throws {
    let registers = try #require(StandardCapabilityTests.registers[device])
    let index = try #require(StandardCapabilityTests.names.firstIndex(of: device))
    let found = try await testing { machine in
      try registers.map { register in
        let own = try Behaviour(of: register, in: machine, 0)
        let other = try Behaviour(of: register, in: machine, index)
        let both = own.writable & other.writable
        return (own.writable ^ other.writable, (own.kept ^ other.kept) & both)
      }
    }
    for (register, bits) in zip(registers, found) {
      let known = StandardCapabilityTests.differences.first {
        $0.device == device
          && Register($0.register.id, $0.register.offset, isExtended: $0.register.isExtended) == register
      }
      #expect(
        bits.0 == known?.writable ?? 0, "\(register): writable bits differ by \(String(bits.0, radix: 16))")
      #expect(bits.1 == known?.kept ?? 0, "\(register): kept bits differ by \(String(bits.1, radix: 16))")
    }
  }

  @Test("a reported error has the same bits, which a write of ones clears and a function level reset keeps")
  func errorStatus() async throws {
    let traces = try await testing { machine in
      try ["gpu", "igb", "virtio"].map { name in
        let index = StandardCapabilityTests.names.firstIndex(of: name) ?? 0
        let errors = try find(Register(1, 0, isExtended: true), in: machine, index)
        let express = try find(Register(0x10, 0), in: machine, index)
        let link = try machine.read(at: express + 0xc, size: 4)
        try machine.injectError(1 << 4, isCorrectable: false, header: [1, 2, 3, 4], into: name)
        try machine.injectError(1 << 6, isCorrectable: true, into: name)
        func state() throws -> [UInt64] {
          try [4, 0x10, 0x1c, 0x20, 0x24, 0x28].map { try machine.read(at: errors + $0, size: 4) } + [
            try machine.read(at: errors + 0x18, size: 1) & 0x1f, try machine.read(at: express + 0xa, size: 2),
          ]
        }
        var trace = [try state()]
        try machine.write(0, at: errors + 4, size: 4)
        trace.append(try state())
        try resetFunction(in: machine, index)
        trace.append(Array(try state().dropLast()))
        try machine.write(1 << 4, at: errors + 4, size: 4)
        trace.append(Array(try state().dropLast()))
        try machine.write(0xffff_ffff, at: errors + 0x10, size: 4)
        trace.append(Array(try state().dropLast()))
        #expect(try machine.read(at: express + 0xc, size: 4) == link, "Link Capabilities of \(name)")
        return trace
      }
    }
    // Once the error is cleared, First Error Pointer and Header Log mean nothing (7.8.4.7, 7.8.4.8): this device makes them
    // zeros, as QEMU's ports do, and QEMU's endpoints leave them.
    for other in traces.dropFirst() {
      #expect(traces[0].prefix(3) == other.prefix(3))
      #expect(traces[0].map { $0.prefix(2) } == other.map { $0.prefix(2) })
    }
    #expect(traces[0].last == Array(repeating: 0, count: 7))
    #expect(traces[0].first == [1 << 4, 1 << 6, 0x0100_0000, 0x0200_0000, 0x0300_0000, 0x0400_0000, 4, 5])
  }

  @Test("power states that the function has not are left out, and D3hot goes to D0 alone")
  func powerStates() async throws {
    let traces = try await testing { machine in
      try [0, 1, 2].map { index in
        let control = try find(Register(1, 0), in: machine, index) + 4
        return try ([1, 3, 1, 2, 0, 2, 3, 0] as [UInt64]).map { state in
          try machine.write(state, at: control, size: 2)
          return try machine.read(at: control, size: 2) & 3
        }
      }
    }
    #expect(traces == Array(repeating: [0, 3, 3, 3, 0, 0, 3, 0], count: 3))
  }
}

extension StandardCapabilityTests.Register {
  init(_ id: UInt16, _ offset: UInt64, isExtended: Bool = false) {
    self.init(id: id, isExtended: isExtended, offset: offset)
  }
}

/// What a register does with what is written.
private struct Behaviour {
  /// Bits that follow a write of ones and of zeros.
  let writable: UInt32
  /// Those that are ones, and still are after a function level reset.
  let kept: UInt32

  init(of register: StandardCapabilityTests.Register, in machine: QTestMachine, _ device: Int) throws {
    let address = try find(register, in: machine, device) + register.offset
    var ones: UInt64 = 0xffff_ffff
    // Neither a reset nor another power state.
    if register.id == 0x10, register.offset == 8 { ones &= ~(1 << 15) }
    if register.id == 1, !register.isExtended { ones &= ~3 }
    func value(after written: UInt64) throws -> UInt32 {
      try machine.write(written, at: address, size: 4)
      return UInt32(truncatingIfNeeded: try machine.read(at: address, size: 4))
    }
    let full = try value(after: ones)
    writable = try full & ~value(after: 0)
    _ = try value(after: ones)
    try resetFunction(in: machine, device)
    kept = UInt32(truncatingIfNeeded: try machine.read(at: address, size: 4)) & writable
    _ = try value(after: 0)
    try resetFunction(in: machine, device)
  }
}

/// The address of a capability, which must be there.
private func find(_ register: StandardCapabilityTests.Register, in machine: QTestMachine, _ device: Int)
  throws
  -> UInt64
{
  let config = machine.config(device)
  if register.id == 0 { return config }
  var place = register.isExtended ? 0x100 : try machine.read(at: config + 0x34, size: 1)
  for _ in 0..<64 where place != 0 {
    let header = try machine.read(at: config + place, size: 4)
    if header & (register.isExtended ? 0xffff : 0xff) == register.id { return config + place }
    place = register.isExtended ? header >> 20 : header >> 8 & 0xff
  }
  throw MissingCapability(description: "Device \(device) has no capability \(register).")
}

private struct MissingCapability: Error, CustomStringConvertible {
  let description: String
}

/// Initiate Function Level Reset, bit 15 of Device Control.
private func resetFunction(in machine: QTestMachine, _ device: Int) throws {
  let control = try find(StandardCapabilityTests.Register(0x10, 0), in: machine, device) + 8
  try machine.write(try machine.read(at: control, size: 2) | 1 << 15, at: control, size: 2)
}
