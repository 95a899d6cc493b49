// SPDX-License-Identifier: GPL-2.0-or-later

/// The ACPI tables of a whole machine that say where its GPUs are and what belongs together.
///
/// They are not all that a machine boots from: there is no FADT, MADT, MCFG or IORT.
public struct MachineTables: Sendable {
  private let machine: Machine

  /// The tables of a machine.
  public init(_ machine: Machine) { self.machine = machine }

  /// DSDT, SSDT, SRAT, SLIT, and HMAT unless no GPU wants it.
  public var all: [SystemTable] {
    var tables = [
      // Revision 2: integers have 64 bits (ACPI 6.5, 5.2.11.1).
      SystemTable("DSDT", revision: 2, body: AML.concatenated([.scope([.systemBus], bridges)])),
      SystemTable("SSDT", revision: 2, body: NamespaceTable(machine.topology).encoded),
      SystemTable("SRAT", revision: 3, body: affinity),
      SystemTable("SLIT", revision: 1, body: DistanceTable(machine.topology).matrix),
    ]
    let attributes = AttributeTable(machine.topology).encoded
    if !attributes.isEmpty {
      // Four reserved bytes come before the structures (ACPI 6.5, 5.2.28).
      tables.append(SystemTable("HMAT", revision: 2, body: [0, 0, 0, 0] + attributes))
    }
    return tables
  }

  /// ACPI 6.5, 5.2.16: a dword that is 1, eight reserved bytes, then the entries: processors, memory, and what the
  /// GPUs add.
  ///
  /// UIDs of processors count from 0, in the order of the sockets' domains.
  private var affinity: [UInt8] {
    var sink = ByteSink()
    sink.littleEndian(UInt32(1))
    sink.zeros(8)
    var uid: UInt32 = 0
    for socket in machine.sockets {
      for _ in 0..<socket.processorCount {
        ProcessorAffinity(domain: socket.domain, uid: uid).encode(to: &sink)
        uid += 1
      }
    }
    for socket in machine.sockets {
      for range in socket.memory {
        PresentMemoryAffinity(domain: socket.domain, range: range).encode(to: &sink)
      }
    }
    sink.append(AffinityTable(machine.topology).encoded)
    return sink.bytes
  }

  /// A device for each host bridge. The functions below it are in the SSDT.
  private var bridges: [AML] {
    var devices: [AML] = []
    for (index, bridge) in machine.bridges.enumerated() {
      var resources = ResourceTemplate()
      resources.add(buses: bridge.buses)
      if let window = bridge.window { resources.add(window: window) }
      var terms: [AML] = [
        .name(.hardwareID, .integer(Self.expressBridge)),
        .name(.compatibleID, .integer(Self.bridge)),
        .name(.segment, .integer(UInt64(bridge.segment))),
        .name(.rootBus, .integer(UInt64(bridge.bus))),
        .name(.uniqueID, .integer(UInt64(index))),
      ]
      if let domain = bridge.domain { terms.append(.name(.proximity, .integer(UInt64(domain)))) }
      terms += [
        // DMA is coherent with the CPUs' caches (ACPI 6.5, 6.2.17).
        .name(.coherency, .integer(1)),
        .name(.resources, .buffer(resources.encoded)),
      ]
      devices.append(.device(bridge.name, terms))
    }
    return devices
  }

  /// `EisaId ("PNP0A08")`, a PCI Express host bridge: five bits for each letter, four for each digit, the first
  /// highest, and the bytes swapped (ACPI 6.5, 19.6.36; PCI Firmware 3.3, 4.1).
  private static var expressBridge: UInt64 { 0x080a_d041 }
  /// `EisaId ("PNP0A03")`, a PCI host bridge.
  private static var bridge: UInt64 { 0x030a_d041 }
}

extension NameSegment {
  /// `_HID`
  fileprivate static var hardwareID: NameSegment { NameSegment(checked: Array("_HID".utf8)) }
  /// `_CID`
  fileprivate static var compatibleID: NameSegment { NameSegment(checked: Array("_CID".utf8)) }
  /// `_SEG`
  fileprivate static var segment: NameSegment { NameSegment(checked: Array("_SEG".utf8)) }
  /// `_BBN`
  fileprivate static var rootBus: NameSegment { NameSegment(checked: Array("_BBN".utf8)) }
  /// `_UID`
  fileprivate static var uniqueID: NameSegment { NameSegment(checked: Array("_UID".utf8)) }
  /// `_CCA`
  fileprivate static var coherency: NameSegment { NameSegment(checked: Array("_CCA".utf8)) }
  /// `_CRS`
  fileprivate static var resources: NameSegment { NameSegment(checked: Array("_CRS".utf8)) }
}
