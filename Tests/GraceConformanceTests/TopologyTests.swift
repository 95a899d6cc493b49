// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceConformance
import Testing

@testable import gracectl

@Suite("Topology")
struct TopologyTests {
  @Test("domains that are treated alike are one group, and holes in the numbering end it")
  func groups() {
    var machine = GraceMachine(sockets: 2, gpus: 2, firstDomain: 6, hole: 3, hasExtendedMemory: true)
    #expect(machine.evidence.topology().groups.map(\.text) == ["0", "1", "2", "3", "6-13", "17-24"])
    machine = GraceMachine(hasExtendedMemory: true)
    #expect(machine.evidence.topology().groups.map(\.text) == ["0", "1", "5-12"])
  }

  @Test("a single distance that differs takes its domain out of the group")
  func split() {
    var machine = TestMachine()
    machine.structures = []
    machine.setDistance(0, 4, 41)
    let topology = machine.evidence.topology()
    #expect(topology.groups.map(\.text) == ["0", "1-3", "4", "5-8"])
    let matrix = topology.matrices[0]
    #expect(topology.value(matrix, from: 0, to: 4) == 41)
    #expect(topology.value(matrix, from: 4, to: 4) == 10)
    #expect(topology.value(matrix, from: 4, to: 5) == 11)
    #expect(topology.value(matrix, from: 2, to: 3) == 11)
    #expect(topology.value(matrix, from: 2, to: 9) == nil)
  }

  @Test(
    "each value is the table's", arguments: [(1, 1, 0), (2, 3, 2), (4, 8, 0)] as [(UInt32, UInt32, UInt32)])
  func values(_ sockets: UInt32, _ gpus: UInt32, _ hole: UInt32) {
    let machine = GraceMachine(
      sockets: sockets, gpus: gpus, firstDomain: 2 * sockets, hole: hole, hasExtendedMemory: true)
    let roles = machine.roles
    let topology = machine.evidence.topology()
    let numbers = topology.domains.map(\.number)
    #expect(topology.matrices.map(\.table) == ["SLIT", "HMAT", "HMAT", "HMAT"])
    for from in numbers {
      for to in numbers {
        #expect(
          topology.value(topology.matrices[0], from: from, to: to)
            == Double(GraceMachine.distance(from, to, roles)))
      }
    }
    // 300 units of 1000 ps.
    #expect(topology.value(topology.matrices[1], from: 0, to: 1) == 300)
    #expect(topology.matrices[1].unit == "ns" && topology.matrices[3].unit == "GB/s")
  }

  @Test("devices have their domains, memory and nearest processors in every form of the _DSD")
  func devices() throws {
    for (hasInitiators, hasDomainProperties) in [(true, true), (true, false), (false, true)] {
      var machine = GraceMachine(sockets: 2, gpus: 4, firstDomain: 6, hasExtendedMemory: true)
      machine.hasInitiators = hasInitiators
      machine.hasDomainProperties = hasDomainProperties
      let devices = machine.evidence.topology().devices
      #expect(devices.map(\.name) == ["0008:01:00.0", "0009:01:00.0", "000a:01:00.0", "000b:01:00.0"])
      #expect(devices.map(\.domains) == machine.devices.map(\.domains))
      #expect(devices.map(\.memoryBase) == machine.devices.map(\.base))
      #expect(devices.map(\.nearest) == [0, 0, 1, 1])
      #expect(devices.allSatisfy { $0.kind == .gpu && $0.ids == "10de:2342" })
    }
  }

  @Test("without a SLIT the root bridge's _PXM says which processors are near")
  func proximity() {
    let machine = GraceMachine(sockets: 2, gpus: 2, firstDomain: 6)
    var evidence = machine.evidence
    evidence.tables.removeAll { $0.signature != "SRAT" }
    #expect(evidence.topology().devices.map(\.nearest) == [0, 1])
    #expect(evidence.topology().matrices.isEmpty)
  }

  @Test("the map has ranges and holes, and entries without bytes are no ranges")
  func map() {
    let topology = GraceMachine(hasExtendedMemory: true).evidence.topology()
    let rows = topology.map.map { row -> String in
      switch row {
      case .range(let range): "\(range.kind) \(Units.address(range.base)) \(range.depth)"
      case .hole(let base, let last): "hole \(Units.address(base)) \(Units.address(last))"
      }
    }
    #expect(
      rows == [
        "hole 0x000000000000 0x00007fffffff", "memory 0x000080000000 0", "extendedMemory 0x001000000000 1",
        "hole 0x007880000000 0x3fffffffffff", "gpuMemory 0x400000000000 0",
      ])
  }

  @Test("ranges at both ends of the addresses leave no hole outside of them")
  func edges() {
    var machine = TestMachine()
    machine.memory = [
      Entry.memory(domain: 0, base: 0, length: 1), Entry.memory(domain: 0, base: .max, length: 1),
      Entry.memory(domain: 0, base: .max - 1, length: 100),
    ]
    machine.properties = []
    #expect(machine.evidence.topology().map.count == 4)
    machine.memory = [Entry.memory(domain: 0, base: 0, length: .max)]
    #expect(machine.evidence.topology().map.count == 1)
    #expect(machine.evidence.topology().text(notes: []).contains("16 EiB"))
  }

  @Test("the text shows each thing once")
  func text() {
    let machine = GraceMachine(hasExtendedMemory: true, hasAttributes: false)
    #expect(
      machine.evidence.topology().text(notes: ["that is all."]) == #"""
        Address map
          0x000000000000 to 0x00007fffffff       2 GiB  -
          0x000080000000 to 0x00787fffffff     480 GiB  memory, domain 0
          0x001000000000 to 0x0073ffffffff     400 GiB    extended GPU memory of 0008:01:00.0, domain 1
          0x007880000000 to 0x3fffffffffff   63.53 TiB  -
          0x400000000000 to 0x4017ffffffff      96 GiB  GPU memory of 0008:01:00.0

        Proximity domains
          0     1 processor; 480 GiB of memory
          1     memory is added later
          5-12  generic initiator 0008:01:00.0; memory is added later

        Devices
          GPU 0008:01:00.0 (10de:2342)
            domains 5-12
            memory: 96 GiB at 0x400000000000
            extended memory: 400 GiB, domain 1
            described by \_SB.PC10.RP00.GPU0
            nearest processors: domain 0

        Distance (SLIT), rows to columns
                    0      1   5-12
          0        10     11     80
          1       255     10    255
          5-12     80     11  10/11

        note: that is all.
        """#)
  }

  @Test("many groups are listed by their values")
  func list() {
    let text = GraceMachine(sockets: 2, gpus: 16, firstDomain: 6, hasAttributes: false).evidence.topology()
      .text(notes: [])
    #expect(text.contains("\n  0        10 to 0; 40 to 1; 80 to 6-69; 120 to 70-133\n"))
    #expect(text.contains("\n  6-13     80 to 0; 120 to 1; 10/11 to 6-13; 100 to 14-69; 140 to 70-133\n"))
  }

  @Test("numbers of bytes have the largest unit that they have one of")
  func units() {
    let expected: [(UInt64, String)] = [
      (0, "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (96 << 30, "96 GiB"), (3 << 29, "1.5 GiB"),
      (100 << 20, "100 MiB"), (.max, "16 EiB"),
    ]
    for (count, text) in expected { #expect(Units.bytes(count) == text) }
  }

  @Test("malformed tables are drawn as far as they go", arguments: 0..<8)
  func malformed(_ seed: UInt64) {
    var random = RandomNumbers(seed: seed)
    for _ in 0..<40 {
      var evidence = GraceMachine(sockets: 2, gpus: 2, firstDomain: 6, hasExtendedMemory: true).evidence
      evidence.tables = evidence.tables.map { table in
        var bytes = table.bytes
        for _ in 0..<Int.random(in: 0...40, using: &random) {
          let index = Int.random(in: 36..<bytes.count, using: &random)
          bytes[index] =
            [0, 1, 0x7f, 0x80, 0xff, UInt8.random(in: 0...255, using: &random)]
            .randomElement(using: &random) ?? 0
        }
        return TableBytes(source: table.source, bytes: bytes)
      }
      let topology = evidence.topology()
      _ = topology.text(notes: [])
      _ = Picture(topology).svg
    }
    #expect(Evidence(tables: []).topology() == Topology.empty)
  }
}

extension Topology {
  fileprivate static var empty: Topology { Evidence(tables: [TableBytes(source: "", bytes: [])]).topology() }
}
