// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceGuest
import Testing

/// Machines of every shape: what is expected of each, its bus numbers, ACPI names, nodes, distances and attributes,
/// follows from its options alone.
@Suite("Topologies")
struct TopologyTests {
  private static func machine(
    _ gpus: Int, _ tree: PCITree = .rootPorts, hosts: Int = 1, _ kind: MachineKind = .virt,
    memory: UInt64? = 3 << 30
  ) -> MachineOptions {
    var options = MachineOptions(representation: .vm, memorySize: memory, gpuCount: gpus)
    options.machine = kind
    options.tree = tree
    options.hostNodes = hosts
    return options
  }

  private static let machines = [
    machine(4), machine(8), machine(3, hosts: 2), machine(1, .switch),
    machine(2, .switch, memory: 2304 << 20),
    machine(2, .expander), machine(4, .expander, hosts: 2), machine(8, .expander, hosts: 4),
    machine(1, .rootPorts, .q35), machine(2, .rootPorts, hosts: 2, .q35), machine(8, .rootPorts, .q35),
    machine(2, .switch, .q35), machine(2, .expander, hosts: 2, .q35),
  ]

  @Test("Linux sees each machine as it was asked for", arguments: machines, Representation.allCases)
  func asAskedFor(machine: MachineOptions, representation: Representation) async throws {
    var machine = machine
    machine.representation = representation
    try await GuestLab.guest(machine).expectAllHeld()
  }

  @Test("eight GPUs of 96 GiB fit the window", arguments: [PCITree.rootPorts, .switch])
  func eightLargeGPUs(tree: PCITree) async throws {
    try await GuestLab.guest(TopologyTests.machine(8, tree, memory: nil)).expectAllHeld()
  }

  @Test(
    "GPUs behind expander bridges have their node, in both representations",
    arguments: Representation.allCases)
  func nodesOfFunctions(representation: Representation) async throws {
    var machine = TopologyTests.machine(4, .expander, hosts: 2)
    machine.representation = representation
    let facts = try await GuestLab.guest(machine).facts
    #expect(
      facts.functions.map(\.address) == ["0000:11:00.0", "0000:21:00.0", "0000:31:00.0", "0000:41:00.0"])
    #expect(facts.functions.map(\.numaNode) == [0, 1, 0, 1])
    #expect(facts.functions[1].companion == #"\_SB_.PC20.S00_.GPU0"#)
  }

  @Test("behind a switch, buses are counted from the port to the last GPU")
  func switchBuses() async throws {
    let facts = try await GuestLab.guest(TopologyTests.machine(2, .switch, memory: 2304 << 20)).facts
    #expect(facts.functions.map(\.address) == ["0000:03:00.0", "0000:04:00.0"])
    #expect(facts.initiators.map(\.bus) == Array(repeating: 3, count: 8) + Array(repeating: 4, count: 8))
    #expect(facts.functions[1].companion == #"\_SB_.PCI0.S08_.S00_.S08_.GPU0"#)
  }

  @Test("a hole in the domains leaves none in the nodes", arguments: Representation.allCases)
  func hole(representation: Representation) async throws {
    var machine = TopologyTests.machine(2)
    machine.representation = representation
    machine.propertiesOfGPU = [0: ["pxm-start": "5"], 1: ["pxm-start": "20"]]
    let guest = try await GuestLab.guest(machine)
    #expect(guest.facts.initiators.map(\.domain) == Array(5...12) + Array(20...27))
    #expect(guest.facts.nodes.filter(\.possible).map(\.id) == Array(0...16))
    try guest.expectAllHeld()
  }

  @Test("a GPU can be linked to any node, and distances and attributes be given by hand")
  func byHand() async throws {
    var machine = TopologyTests.machine(2, hosts: 2)
    machine.deviceProperties = [
      "distance-host": "40", "distance-remote": "60", "distance-gpu": "90", "latency-host": "345",
      "bandwidth-remote": "150",
    ]
    machine.propertiesOfGPU = [0: ["host-node": "1"], 1: ["latency-local": "222", "numa-nodes": "8"]]
    let guest = try await GuestLab.guest(machine)
    #expect(guest.facts.access(1, ofNode: 2)?.initiators == [1])
    #expect(guest.facts.access(1, ofNode: 2)?.readLatency == 345)
    #expect(guest.facts.access(0, ofNode: 10)?.initiators == Array(10...17))
    #expect(guest.facts.nodes[2].distances.prefix(3) == [60, 40, 10])
    try guest.expectAllHeld()
  }

  @Test("without an HMAT the kernel knows no attributes")
  func noAttributes() async throws {
    var machine = TopologyTests.machine(1)
    machine.deviceProperties = ["hmat": "off"]
    let guest = try await GuestLab.guest(machine)
    #expect(guest.facts.accesses.isEmpty)
    try guest.expectAllHeld()
  }

  @Test(
    "GPUs bring no error of ACPI that the machine does not have without them",
    arguments: MachineKind.allCases,
    Representation.allCases)
  func noNewErrors(kind: MachineKind, representation: Representation) async throws {
    let without = try await complaints(TopologyTests.machine(0, .rootPorts, kind), representation)
    for machine in TopologyTests.machines where machine.machine == kind {
      let new = try await complaints(machine, representation).subtracting(without)
      #expect(new == [], "\(machine.title)")
    }
  }

  @Test("a name that a table defines a second time is an error line that the comparison sees")
  func seenError() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "grace-\(UUID().uuidString).aml")
    // An SSDT with Name (\_SB.PCI0._UID, 5), which q35's DSDT has already; QEMU fills in the checksum.
    let body: [UInt8] = [0x08, 0x5c, 0x2f, 0x03] + Array("_SB_PCI0_UID".utf8) + [0x0a, 0x05]
    let header: [UInt8] =
      Array("SSDT".utf8) + [UInt8(36 + body.count), 0, 0, 0, 2, 0] + Array("GRACE TWICE   ".utf8)
      + [1, 0, 0, 0] + Array("GRCE".utf8) + [1, 0, 0, 0]
    try Data(header + body).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let machine = TopologyTests.machine(0, .rootPorts, .q35)
    var broken = machine
    broken.extraArguments = ["-acpitable", "file=\(file.path)"]
    let new = try await complaints(broken, .vm).subtracting(try await complaints(machine, .vm))
    #expect(new.contains { $0.contains("AE_ALREADY_EXISTS") }, "\(new)")
  }

  /// What the kernel says of ACPI at the level of warnings and errors.
  private func complaints(_ machine: MachineOptions, _ view: Representation) async throws -> Set<String> {
    var machine = machine
    machine.representation = view
    let log = try await GuestLab.guest(machine).facts.kernelLog
    return Set(log.map(\.text).filter { $0.contains("ACPI") || $0.contains("SRAT") || $0.contains("HMAT") })
  }
}
