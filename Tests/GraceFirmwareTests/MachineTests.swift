// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel
import GraceFirmware
import Testing

@Suite("Grace machines")
struct MachineTests {
  private func grace(_ gpus: Int, _ settings: [(String, String)] = []) throws -> Machine {
    try Machine.grace(
      .gh200_480GB, gpuCount: gpus,
      settings: [Setting(name: "representation", value: "bare-metal")]
        + settings.map { Setting(name: $0.0, value: $0.1) })
  }

  @Test(
    "first domains follow the firmware's formula: 4 + sockets + 8 * socket",
    arguments: [(1, [5]), (2, [6, 14]), (3, [7, 15, 23]), (4, [8, 16, 24, 32])] as [(Int, [UInt32])])
  func formula(gpus: Int, first: [UInt32]) throws {
    let machine = try grace(gpus)
    #expect(machine.sockets.map(\.domain) == Array(0..<UInt32(gpus)))
    #expect(machine.topology.gpus.map(\.firstDomain) == first)
    #expect(machine.topology.gpus.map(\.hostDomain) == Array(0..<UInt32(gpus)))
  }

  @Test("more GPUs share the sockets, and their domains go on in the order of addresses")
  func more() throws {
    let six = try grace(6)
    #expect(
      six.topology.gpus.map(\.gpu.address.segment) == [0x08, 0x09, 0x18, 0x19, 0x29, 0x39])
    #expect(six.topology.gpus.map(\.firstDomain) == [8, 16, 24, 32, 40, 48])
    #expect(six.topology.gpus.map(\.hostDomain) == [0, 0, 1, 1, 2, 3])
    #expect(
      six.topology.gpus.map(\.gpu.memory?.base) == [
        0x4000_0000_0000, 0x4100_0000_0000, 0x5000_0000_0000, 0x5100_0000_0000, 0x6000_0000_0000,
        0x7000_0000_0000,
      ])
  }

  @Test("64 GPUs are behind eight bridges, each on a bus of its own, and their memory is apart")
  func most() throws {
    let machine = try grace(64)
    #expect(machine.bridges.count == 8)
    #expect(Set(machine.topology.gpus.map(\.gpu.address.text)).count == 64)
    #expect(Set(machine.topology.gpus.compactMap(\.gpu.memory?.base)).count == 64)
    #expect(machine.topology.gpus.map(\.firstDomain) == (0..<64).map { 8 + 8 * $0 })
    #expect(machine.topology.gpus.last?.gpu.address == PCIAddress(segment: 0x39, bus: 8, devfn: 0))
    #expect(machine.topology.gpus.last?.gpu.path == [0x38, 0])
  }

  @Test("GPUs with more than eight domains are further apart, those with fewer leave holes")
  func strides() throws {
    #expect(try grace(3, [("numa-nodes", "20")]).topology.gpus.map(\.firstDomain) == [7, 27, 47])
    #expect(try grace(3, [("numa-nodes", "1")]).topology.gpus.map(\.firstDomain) == [7, 15, 23])
  }

  @Test("a window has room for all BARs behind its bridge, and no memory in it")
  func windows() throws {
    // BAR4 of 128 GiB, BAR2 of 1 GiB and BAR0 of 16 MiB.
    let one = try grace(1, [("representation", "vm")])
    #expect(one.bridges.map(\.window) == [MemoryRange(base: 1 << 47, size: 256 << 30)])
    let host = try grace(1)
    #expect(host.bridges.map(\.window) == [MemoryRange(base: 1 << 47, size: 64 << 30)])
    // Memory that lies where the window would be pushes it up, to a multiple of its size.
    let moved = try grace(1, [("memory-base", "0x800020000000")])
    #expect(moved.bridges.map(\.window) == [MemoryRange(base: 0x8020_0000_0000, size: 64 << 30)])
  }

  @Test("a domain of a GPU can be in a hole between two sockets, and not on a socket's")
  func holes() throws {
    func machine(first: String) throws -> Machine {
      let name = try #require(NameSegment("PCI9"))
      let settings = [Setting(name: "pxm-start", value: first), Setting(name: "egm-pxm", value: "9")]
      let options = try DeviceOptions(
        [Setting(name: "representation", value: "bare-metal"), Setting(name: "egm-size", value: "1G")]
          + settings)
      return try Machine(
        sockets: [10, 0].map { Machine.Socket(domain: $0, processorCount: 1, memory: []) },
        devices: [
          Machine.Device(
            address: PCIAddress(segment: 9, bus: 1, devfn: 0), bridge: name, path: [0, 0], options: options)
        ])
    }
    let topology = try machine(first: "1").topology
    #expect(topology.gpus.map(\.domains) == [1..<9])
    #expect(topology.gpus.map(\.hostDomain) == [0])
    #expect(topology.extendedDomains == [9])
    for first in ["0", "3"] {
      #expect(throws: MachineError.self) { try machine(first: first) }
    }
  }
}
