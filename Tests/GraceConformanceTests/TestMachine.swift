// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance

/// A machine with one Grace GPU whose tables are right, to break one thing at a time.
struct TestMachine {
  /// Segment 0, bus 1, device 0, function 0.
  static let gpu: [UInt8] = [0, 0, 1, 0]
  static let gpuPath = #"\_SB.PCI0.RP00.GPU0"#
  static let gpuAddress = PCIAddress(segment: 0, bus: 1, devfn: 0)
  static let initiatorDomains: [UInt32] = Array(1...8)
  static let ram: UInt64 = 0x4000_0000

  /// Bytes 36 to 47 of the SRAT.
  var affinityHead: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
  var processors = [Entry.gicc(domain: 0)]
  var memory =
    [Entry.memory(domain: 0, base: TestMachine.ram, length: 0x8000_0000)]
    + TestMachine.initiatorDomains.map { Entry.memory(domain: $0, base: 0, length: 0, flags: 3) }
  var initiators = TestMachine.initiatorDomains.map { Entry.initiator(domain: $0, handle: TestMachine.gpu) }
  /// Entries after all others.
  var moreEntries: [[UInt8]] = []

  var localities: UInt64 = 9
  var distances: [[UInt8]] = (0..<9).map { row in
    (0..<9).map { row == $0 ? 10 : row > 0 && $0 > 0 ? 11 : 40 }
  }

  /// Bytes 36 to 39 of the HMAT.
  var attributesHead: [UInt8] = [0, 0, 0, 0]
  var structures =
    [Structure.attributes(initiator: 0, memory: 0)]
    + [1, 2, 3].map { Structure.locality(dataType: $0, initiators: Array(0...8), targets: Array(0...8)) }
    + [Structure.cache(memory: 0)]

  var revisions: [String: UInt8] = ["SRAT": 3, "SLIT": 1, "HMAT": 2]
  var properties: [(name: String, value: ACPIObject)] = [
    ("nvidia,gpu-mem-base-pa", .integer(0x4000_0000_0000)), ("nvidia,gpu-mem-pxm-start", .integer(1)),
    ("nvidia,gpu-mem-pxm-count", .integer(8)), ("nvidia,gpu-mem-size", .integer(96 << 30)),
    ("nvidia,egm-base-pa", .integer(0x10_0000_0000)), ("nvidia,egm-size", .integer(1 << 30)),
    ("nvidia,egm-pxm", .integer(0)),
  ]
  var objects = [EvaluatedObject(path: #"\_SB.PCI0._PXM"#, value: .integer(0))]
  /// What there is in place of the `_DSD` that `properties` make.
  var deviceData: ACPIObject?
  var problem: String?
  var functions: [PCIFunction]? = [
    PCIFunction(
      address: PCIAddress(segment: 0, bus: 0, devfn: 8), vendor: 0x1b36, device: 0x000c, classCode: 0x0604),
    PCIFunction(address: TestMachine.gpuAddress, vendor: 0x10de, device: 0x2345, classCode: 0x0302),
  ]
  /// Changes finished tables; what it returns is not sealed again.
  var patch: (inout [[UInt8]]) -> Void = { _ in }

  /// SRAT, SLIT and HMAT.
  var tables: [[UInt8]] {
    let srat = affinityHead + (processors + memory + initiators + moreEntries).flatMap { $0 }
    var tables = [
      sealedTable("SRAT", revision: revisions["SRAT", default: 0], body: srat),
      sealedTable(
        "SLIT", revision: revisions["SLIT", default: 0], body: le(localities) + distances.flatMap { $0 }),
      sealedTable(
        "HMAT", revision: revisions["HMAT", default: 0], body: attributesHead + structures.flatMap { $0 }),
    ]
    patch(&tables)
    return tables
  }

  /// A `_DSD` with the properties.
  static func deviceData(_ properties: [(name: String, value: ACPIObject)]) -> ACPIObject {
    // daffd814-6eba-4d8c-8a91-bc9bbf4aa301: the first three groups are little-endian.
    let identifier: [UInt8] = [
      0x14, 0xd8, 0xff, 0xda, 0xba, 0x6e, 0x8c, 0x4d, 0x8a, 0x91, 0xbc, 0x9b, 0xbf, 0x4a, 0xa3, 0x01,
    ]
    return .package([
      .buffer(identifier), .package(properties.map { .package([.string($0.name), $0.value]) }),
    ])
  }

  var evidence: Evidence {
    let gpu = EvaluatedObject(
      path: Self.gpuPath + "._DSD", value: deviceData ?? Self.deviceData(properties))
    return Evidence(
      tables: tables.enumerated().map { TableBytes(source: "table\($0)", bytes: $1) }, functions: functions,
      namespace: EvaluatedNamespace(objects: objects + [gpu], problem: problem))
  }

  var findings: [Finding] { evidence.findings() }

  /// Ids of the rules that are broken, once each, sorted.
  var broken: [String] { Set(findings.map(\.rule.id)).sorted() }

  // MARK: - Changes

  mutating func set(_ name: String, _ value: ACPIObject?) {
    properties.removeAll { $0.name == name }
    if let value { properties.append((name, value)) }
  }

  /// Replaces the handle of every initiator.
  mutating func setHandle(_ handle: [UInt8]) {
    initiators = Self.initiatorDomains.map { Entry.initiator(domain: $0, handle: handle) }
  }

  /// A byte of a structure, counted from its start.
  mutating func setStructure(_ index: Int, _ offset: Int, _ byte: UInt8) { structures[index][offset] = byte }

  /// A distance in both directions.
  mutating func setDistance(_ row: Int, _ column: Int, _ distance: UInt8) {
    distances[row][column] = distance
    distances[column][row] = distance
  }
}
