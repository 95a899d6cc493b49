// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance
import Testing

/// Tables as firmware in the field has them, and the same with one of the bugs that were shipped.
@Suite("Tables from the field")
struct FieldTests {
  private static let base = "nvidia,gpu-mem-base-pa"
  private static let size = "nvidia,gpu-mem-size"

  private func serious(_ evidence: Evidence) -> Set<String> {
    Set(evidence.findings().filter { $0.severity >= .warning }.map(\.rule.id))
  }

  private static let shapes: [GraceMachine] = [
    GraceMachine(), GraceMachine(sockets: 1, gpus: 3, firstDomain: 9, hole: 5),
    GraceMachine(sockets: 2, gpus: 2, firstDomain: 6, hasExtendedMemory: true),
    GraceMachine(
      sockets: 4, gpus: 8, firstDomain: 8, hole: 1, hasExtendedMemory: true, hasRetiredPages: true),
    GraceMachine(sockets: 1, gpus: 16, firstDomain: 5, hasAttributes: false),
  ]

  @Test("right tables in each form of the _DSD have no error and no warning", arguments: shapes)
  func right(_ shape: GraceMachine) {
    for (hasInitiators, hasDomainProperties) in [(true, true), (true, false), (false, true)] {
      for hasSize in [true, false] {
        for hasListing in [true, false] {
          var machine = shape
          (machine.hasInitiators, machine.hasDomainProperties) = (hasInitiators, hasDomainProperties)
          (machine.hasSize, machine.hasListing) = (hasSize, hasListing)
          #expect(
            serious(machine.evidence) == [],
            "\(machine.evidence.findings().filter { $0.severity >= .warning })")
        }
      }
    }
  }

  @Test(
    "without AML and in a virtual machine, whose GPUs have no _DSD, they have none either", arguments: shapes)
  func withoutProperties(_ shape: GraceMachine) {
    for hasListing in [true, false] {
      var machine = shape
      machine.hasListing = hasListing
      var evidence = machine.evidence
      evidence.namespace = nil
      #expect(serious(evidence) == [])
      machine.hasData = false
      #expect(serious(machine.evidence) == [])
    }
  }

  /// Replaces the bytes of entries of the SRAT, or drops some, and seals the table again.
  private func changed(
    _ machine: GraceMachine, _ change: (inout [[UInt8]]) -> Void
  ) -> Evidence {
    var evidence = machine.evidence
    evidence.tables = evidence.tables.map { table in
      guard table.signature == "SRAT" else { return table }
      var entries: [[UInt8]] = []
      var rest = table.bytes[48...]
      while rest.count > 1, let length = rest.dropFirst().first {
        entries.append(Array(rest.prefix(Int(length))))
        rest = rest.dropFirst(Int(length))
      }
      change(&entries)
      return TableBytes(
        source: table.source,
        bytes: sealedTable(
          "SRAT", revision: 3, body: [1] + Array(repeating: 0, count: 11) + entries.flatMap { $0 }))
    }
    return evidence
  }

  /// What was shipped, and the rule that finds it.
  private static let bugs: [(rule: String, change: @Sendable (inout [[UInt8]]) -> Void)] = [
    ("srat-gi-handle-order", { for i in $0.indices where $0[i][0] == 5 { $0[i].swapAt(10, 11) } }),
    (
      "srat-gi-handle-doubled",
      { entries in
        for i in entries.indices where entries[i][0] == 5 {
          entries[i].replaceSubrange(8..<16, with: [0, 0, 1, 1, 0, 0, 0, 0])
        }
      }
    ),
    (
      "srat-gi-order",
      { entries in
        let first = entries.firstIndex { $0[0] == 5 } ?? 0
        entries.swapAt(first + 1, first + 5)
      }
    ),
    ("srat-gi-missing", { $0.removeAll { $0[0] == 5 } }),
    (
      "srat-gi-disabled",
      { entries in
        let first = entries.firstIndex { $0[0] == 5 } ?? 0
        entries[first + 3][24] = 2
      }
    ),
    ("srat-gi-count", { $0.removeLast() }),
    ("srat-gi-count", { entries in entries.remove(at: entries.firstIndex { $0[0] == 5 } ?? 0) }),
    (
      "srat-memory-overlap-domains",
      { $0.append(Entry.memory(domain: 5, base: 0x9000_0000, length: 1 << 30)) }
    ),
    (
      "srat-memory-overlap-domains",
      {
        $0.append(Entry.memory(domain: 5, base: 0x9000_0000, length: 1 << 30, flags: 3))
      }
    ),
  ]

  @Test(
    "each bug of an SRAT is found, with and without a listing, with and without AML", arguments: bugs.indices)
  func bug(_ index: Int) {
    let bug = Self.bugs[index]
    for gpus in [1, 2] as [UInt32] {
      for hasListing in [true, false] {
        for hasData in [true, false] {
          var machine = GraceMachine(gpus: gpus, hasDomainProperties: false, hasAttributes: false)
          machine.hasListing = hasListing
          // Two GPUs would have the same doubled handle.
          if bug.rule == "srat-gi-handle-doubled", gpus > 1 { continue }
          var evidence = changed(machine, bug.change)
          if bug.rule == "srat-gi-handle-doubled" {
            evidence.functions = evidence.functions?.map { _ in
              PCIFunction(address: PCIAddress(segment: 0, bus: 1, devfn: 0), vendor: 0x10de, device: 0x2342)
            }
          }
          if !hasData { evidence.namespace = nil }
          #expect(serious(evidence).contains(bug.rule), "\(gpus) \(hasListing) \(hasData)")
        }
      }
    }
  }

  @Test("initiators that are missing for one GPU of two are found", arguments: [true, false])
  func oneOfTwo(_ hasListing: Bool) {
    var machine = GraceMachine(gpus: 2, hasDomainProperties: false, hasAttributes: false)
    machine.hasListing = hasListing
    let evidence = changed(machine) { $0.removeLast(8) }
    #expect(serious(evidence) == ["srat-gi-missing"])
    var alone = evidence
    alone.namespace = nil
    #expect(serious(alone) == ["srat-gi-missing"])
  }

  @Test("entries of two devices that take turns are a warning, devices in another order are only noted")
  func devices() {
    let machine = GraceMachine(gpus: 2, hasDomainProperties: false, hasAttributes: false)
    let mixed = changed(machine) { entries in
      let initiators = entries.suffix(16)
      let first = initiators.prefix(8), second = initiators.suffix(8)
      entries.removeLast(16)
      for (one, other) in zip(first, second) { entries += [one, other] }
    }
    #expect(serious(mixed) == ["srat-gi-order"])
    let turned = changed(machine) { entries in
      let initiators = entries.suffix(16)
      entries.removeLast(16)
      entries += initiators.suffix(8) + initiators.prefix(8)
    }
    #expect(serious(turned) == [])
    #expect(turned.findings().map(\.rule.id) == ["srat-gi-order"])
  }

  @Test("a _DSD that is missing is found by BAR4 that is missing, too, or by the _DSD of another GPU")
  func missingData() {
    var machine = GraceMachine(hasData: false, hasAttributes: false)
    var evidence = machine.evidence
    #expect(evidence.findings().map(\.rule.id) == ["dsd-missing"])
    #expect(serious(evidence) == [])
    evidence.functions?[0].hasBAR4 = false
    #expect(serious(evidence) == ["dsd-missing"])
    machine = GraceMachine(gpus: 2, hasAttributes: false)
    for hasListing in [true, false] {
      machine.hasListing = hasListing
      evidence = machine.evidence
      evidence.namespace?.objects.removeLast()
      #expect(serious(evidence) == ["dsd-missing"])
    }
  }

  @Test("a device on bus 0 is not suspect because a Grace GPU is in the same machine")
  func bystander() {
    var machine = GraceMachine(hasAttributes: false)
    machine.hasListing = false
    let evidence = changed(machine) { $0.append(Entry.initiator(domain: 0, handle: [0, 0, 0, 0x20])) }
    #expect(serious(evidence) == [])
  }

  @Test("GPUs of a socket share its extended memory as a whole, and none of it is another's memory")
  func extended() {
    var machine = TestMachine()
    machine.structures = []
    machine.functions = nil
    func second(_ properties: [(name: String, value: ACPIObject)]) -> Set<String> {
      var machine = machine
      machine.objects.append(
        EvaluatedObject(path: #"\_SB.PCI1.RP00.GPU0._DSD"#, value: TestMachine.deviceData(properties)))
      return serious(machine.evidence).subtracting(["srat-gi-missing"])
    }
    let domain = ("nvidia,egm-pxm", ACPIObject.integer(0))
    #expect(
      second([
        ("nvidia,egm-base-pa", .integer(0x10_0000_0000)), ("nvidia,egm-size", .integer(1 << 30)), domain,
      ])
        == [])
    #expect(
      second([
        ("nvidia,egm-base-pa", .integer(0x10_0000_0000)), ("nvidia,egm-size", .integer(1 << 29)), domain,
      ])
        == ["dsd-overlap-device"])
    #expect(
      second([
        ("nvidia,egm-base-pa", .integer(0x4000_0000_0000)), ("nvidia,egm-size", .integer(1 << 30)), domain,
      ])
        == ["dsd-overlap-device"])
    // Extended memory is mapped in pages, not added in blocks.
    #expect(
      second([
        ("nvidia,egm-base-pa", .integer(0x20_0001_0000)), ("nvidia,egm-size", .integer(0x11_0000)), domain,
      ])
        == [])
  }
}

extension GraceMachine: CustomTestStringConvertible {
  var testDescription: String { "\(sockets) sockets, \(gpus) GPUs" }
}
