// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel
import GraceFirmware
import Testing

// Expected bytes are written by hand from ACPI 6.5, 5.2.28.4.

@Suite("HMAT structures")
struct AttributeTableTests {
  private func table(_ gpus: [GPU], machine: MachineDomains) throws -> [UInt8] {
    AttributeTable(try Topology(gpus: gpus, machine: machine, domainLimit: 1024)).encoded
  }

  @Test("a CPU and a GPU of one domain give three structures of two initiators and two targets")
  func bytes() throws {
    func structure(_ kind: UInt8, _ values: [UInt8]) -> [UInt8] {
      [
        1, 0, 0, 0, 56, 0, 0, 0, 0, kind, 1, 0, 2, 0, 0, 0,
        2, 0, 0, 0, 0, 0, 0, 0, 0xe8, 0x03, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 1, 0, 0, 0,
        0, 0, 0, 0, 1, 0, 0, 0,
      ] + values
    }
    let bytes = try table([gpu(bus: 1, domains: 1)], machine: MachineDomains(count: 1))
    // 100 and 800 ns; 486, 375, 297 and 3400 GB/s.
    #expect(
      bytes == structure(1, [100, 0, 0x20, 3, 0x20, 3, 100, 0])
        + structure(2, [100, 0, 0x20, 3, 0x20, 3, 100, 0])
        + structure(3, [0xe6, 1, 0x77, 1, 0x29, 1, 0x48, 0x0d]))
  }

  @Test("what the user says of a way replaces what follows from its distance")
  func options() throws {
    var one = try gpu(bus: 1, domains: 1)
    one.options.host.readLatency = 0x111
    one.options.host.writeLatency = 0x222
    one.options.host.bandwidthIn = 0x333
    one.options.host.bandwidthOut = 0x444
    one.options.local.readLatency = 0x55
    let bytes = try table([one], machine: MachineDomains(count: 1))
    #expect(Array(bytes[48..<56]) == [100, 0, 0x11, 1, 0x11, 1, 0x55, 0])
    #expect(Array(bytes[104..<112]) == [100, 0, 0x22, 2, 0x22, 2, 0x55, 0])
    #expect(Array(bytes[160..<168]) == [0xe6, 1, 0x33, 3, 0x44, 4, 0x48, 0x0d])
  }

  @Test("between two GPUs the slower link decides, and a bandwidth that nobody knows is absent")
  func peers() throws {
    var (one, other) = (try gpu(bus: 1, domains: 1), try gpu(bus: 2, domains: 1))
    one.options.peer.readLatency = 700
    other.options.peer.readLatency = 900
    let bytes = try table([one, other], machine: MachineDomains(count: 1))
    // 32 bytes, three initiators, three targets; then row 1, column 2.
    let entry = 32 + 12 + 12 + 2 * (1 * 3 + 2)
    #expect(Array(bytes[entry..<entry + 2]) == [0x84, 3])
    let length = 32 + 12 + 12 + 18
    #expect(Array(bytes[2 * length + entry..<2 * length + entry + 2]) == [0xff, 0xff])
  }

  @Test("a domain without CPUs, and one without an initiator's entry, is a target alone")
  func initiators() throws {
    var one = try gpu(bus: 1, domains: 2)
    one.options.hasInitiators = false
    let bytes = try table([one], machine: MachineDomains(count: 2, hasProcessors: [true, false]))
    #expect(Array(bytes[12..<20]) == [1, 0, 0, 0, 4, 0, 0, 0])
  }

  @Test("where the machine has an HMAT of its own, its domains are left to that")
  func machineAttributes() throws {
    let bytes = try table([gpu(bus: 1, domains: 1)], machine: MachineDomains(count: 1, hasAttributes: true))
    for start in [0, 56, 112] { #expect(Array(bytes[start + 48..<start + 50]) == [0xff, 0xff]) }
    #expect(Array(bytes[50..<52]) == [0x20, 3])
  }

  @Test("a hole in the numbering is in no list")
  func holes() throws {
    let bytes = try table([gpu(bus: 1, domains: 1, first: 9)], machine: MachineDomains(count: 1))
    #expect(Array(bytes[32..<48]) == [0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0])
  }

  @Test("without GPUs, without domains or with hmat=off there is no structure")
  func notNeeded() throws {
    let machine = MachineDomains(count: 1)
    #expect(try table([], machine: machine).isEmpty)
    #expect(try table([gpu(bus: 1, domains: 0)], machine: machine).isEmpty)
    var silent = try gpu(bus: 1)
    silent.options.hasAttributes = false
    #expect(try table([silent], machine: machine).isEmpty)
  }
}
