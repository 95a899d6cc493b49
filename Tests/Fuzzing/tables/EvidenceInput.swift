// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance

@testable import gracectl

/// Makes a machine's tables, listings and values out of sections: a byte that says of what kind, and its content up to the next mark.
///
/// Marks, and not lengths: where a byte comes in or goes, everything behind it still is what it was.
struct EvidenceInput {
  private static let mark: [UInt8] = [0xfd, 0xfe]
  /// More tables than this would make every input slow and none deeper.
  private static let tableLimit = 12

  private(set) var evidence = Evidence(tables: [])

  init(_ input: Input) {
    var bytes = ArraySlice(input.rest)
    while !bytes.isEmpty {
      var end = bytes.startIndex
      while end < bytes.endIndex, !bytes[end...].starts(with: Self.mark) { end += 1 }
      take(Input(bytes[..<end]))
      bytes = bytes[end...].dropFirst(Self.mark.count)
    }
  }

  private mutating func take(_ section: Input) {
    var section = section
    switch section.byte() % 12 {
    case 0: addFile(section.all())
    case 1: add(sealed(withLength(section.all())))
    case 2: addBody(&section)
    case 3: add(AcpidumpText.tables(in: section.text(), source: "dump"))
    case 4:
      let functions = LspciText.functions(in: section.text())
      evidence.functions = (evidence.functions ?? []) + functions
    case 5: addValues(section.text())
    case 6: addProperties(&section)
    case 7: addObject(#"\_SB.PC0\#(section.byte() % 8)._CRS"#, .buffer(section.all()))
    case 8:
      addObject(
        #"\_SB.PC0\#(section.byte() % 8)._PXM"#, .integer(section.number(section.rest.count > 4 ? 8 : 4)))
    case 9: addFunctions(&section)
    case 10: add(sealedTable("SRAT", revision: section.byte(), body: CompactTables.affinity(&section)))
    default: addMatrices(&section)
    }
  }

  private mutating func add(_ tables: [TableBytes]) {
    evidence.tables += tables.prefix(max(0, Self.tableLimit - evidence.tables.count))
  }

  private mutating func add(_ bytes: [UInt8]) {
    add([TableBytes(source: "table\(evidence.tables.count)", bytes: bytes)])
  }

  private mutating func addFile(_ bytes: [UInt8]) {
    do throws(InputError) {
      add(try TableReader.tables(in: bytes, path: "file\(evidence.tables.count)", isInFolder: true))
    } catch {
      demand(false, "a file of a folder is read", error.description)
    }
    do throws(InputError) {
      _ = try TableReader.tables(in: bytes, path: "a/file")
    } catch {
      demand(error == .empty(path: "a/file"), "only an empty file is refused", error.description)
    }
  }

  private mutating func addBody(_ section: inout Input) {
    let signature = section.element(of: ["SRAT", "SLIT", "HMAT", "DSDT", "SSDT", "FACS", "APIC"])
    add(sealedTable(signature, revision: section.byte(), body: section.all()))
  }

  private mutating func addMatrices(_ section: inout Input) {
    let isDistances = section.byte() & 1 == 0
    add(
      isDistances
        ? sealedTable("SLIT", revision: 1, body: CompactTables.distances(&section))
        : sealedTable("HMAT", revision: 2, body: [0, 0, 0, 0] + CompactTables.attributes(&section)))
  }

  private func withLength(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    if bytes.count >= 8 { bytes.replaceSubrange(4..<8, with: le(UInt32(bytes.count))) }
    return bytes
  }

  // MARK: - Values

  private mutating func addObject(_ path: String, _ value: ACPIObject?) {
    var namespace = evidence.namespace ?? EvaluatedNamespace(objects: [])
    namespace.objects.append(EvaluatedObject(path: path, value: value))
    evidence.namespace = namespace
  }

  /// What acpiexec prints, read as gracectl does.
  private mutating func addValues(_ text: String) {
    let (bridges, open) = AcpiexecText.hostBridges(in: text)
    let missing = AcpiexecText.unresolved(in: text)
    _ = NamespaceStub.sealed(NamespaceStub.table(defining: missing))
    var paths = open + bridges.sorted()
    for name in ["_DSD", "_PXM", "_CRS"] { paths += AcpiexecText.names(name, in: text) }
    // What was evaluated, found or not.
    for line in text.split(separator: "\n") where line.hasPrefix("Evaluation of ") {
      paths += line.split(separator: " ").dropFirst(2).prefix(1).map(String.init)
    }
    let objects = AcpiexecText.objects(paths, in: text)
    demand(objects.map(\.path) == paths, "there is an object for each path")
    for object in objects.prefix(32) { addObject(object.path, object.value) }
    let problem = AcpiexecText.problem(in: text)
    if let problem, evidence.namespace?.problem == nil {
      evidence.namespace = EvaluatedNamespace(objects: evidence.namespace?.objects ?? [], problem: problem)
    }
  }

  private mutating func addProperties(_ section: inout Input) {
    let shape = section.byte()
    let path = #"\_SB.PC0\#(shape % 4).RP00.GPU\#(section.byte() % 4)._DSD"#
    var entries: [ACPIObject] = []
    while !section.isAtEnd, entries.count < 16 {
      let name = section.element(of: Self.names)
      let form = section.byte()
      let value: ACPIObject =
        switch form & 0xf {
        case 0...11: .integer(section.number(8) << UInt64(form >> 4))
        case 12: .string("\(section.word())")
        case 13: .buffer(section.bytes(2))
        case 14: .package([])
        default: .other("a reference")
        }
      entries.append(.package([.string(name), value]))
    }
    // daffd814-6eba-4d8c-8a91-bc9bbf4aa301: the first three groups are little-endian.
    let identifier: [UInt8] = [
      0x14, 0xd8, 0xff, 0xda, 0xba, 0x6e, 0x8c, 0x4d, 0x8a, 0x91, 0xbc, 0x9b, 0xbf, 0x4a, 0xa3, 0x01,
    ]
    // Bits 7:5 make it one of a wrong form.
    let head = ACPIObject.buffer(shape & 0x80 == 0 ? identifier : Array(identifier.dropLast()))
    var elements = [head, .package(entries)]
    if shape & 0x40 != 0 { elements.append(.integer(1)) }
    if shape & 0x20 != 0 { elements.append(head) }
    addObject(path, .package(elements))
  }

  private static let names = [
    "nvidia,gpu-mem-base-pa", "nvidia,gpu-mem-size", "nvidia,gpu-mem-pxm-start", "nvidia,gpu-mem-pxm-count",
    "nvidia,egm-base-pa", "nvidia,egm-size", "nvidia,egm-pxm", "nvidia,egm-retired-pages-data-base",
    "nvidia,gpu-mem-sise", "other",
  ]

  private mutating func addFunctions(_ section: inout Input) {
    var functions = evidence.functions ?? []
    while !section.isAtEnd, functions.count < 64 {
      var function = PCIFunction(
        address: PCIAddress(segment: UInt32(section.word()), bus: section.byte(), devfn: section.byte()),
        vendor: 0x10de, device: section.element(of: [0x2342, 0x2345, 0x2941, 0x31c2, 0x0001]),
        classCode: section.element(of: [0x0302, 0x0604, 0x0200]))
      let form = section.byte()
      function.hasBAR4 = [nil, true, false][Int(form % 3)]
      if form & 0x10 != 0 {
        function.regions = [
          PCIRegion(
            index: Int(form >> 5) % 6, base: section.number(5) << 12,
            byteCount: form & 8 != 0 ? nil : section.number(3) << 12)
        ]
      }
      functions.append(function)
    }
    evidence.functions = functions
  }
}
