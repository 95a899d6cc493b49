// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance
import Testing

/// Garbage gives findings and never a trap: a trap ends the test program. Each argument is the seed.
@Suite("Malformed input")
struct MutationTests {
  private static let interesting: [UInt8] = [0, 1, 2, 7, 8, 0x7f, 0x80, 0xfe, 0xff]

  /// Changes some bytes, cuts or repeats a piece, and sometimes makes the checksum right again.
  private func mutated(_ bytes: [UInt8], _ random: inout RandomNumbers) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...8, using: &random) {
      guard !bytes.isEmpty else { return bytes }
      let index = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes[index] = Self.interesting.randomElement(using: &random) ?? 0
      case 2: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 3: bytes.removeSubrange(index...)
      case 4: bytes.insert(contentsOf: bytes[index...].prefix(40), at: index)
      default:
        for offset in index..<min(index + 8, bytes.count) { bytes[offset] = 0xff }
      }
    }
    return Bool.random(using: &random) ? sealed(bytes) : bytes
  }

  @Test("mutated tables", arguments: 0..<12)
  func tables(_ seed: UInt64) {
    var random = RandomNumbers(seed: seed)
    let machine = TestMachine()
    let sound = machine.tables
    for _ in 0..<100 {
      let tables = sound.map { Bool.random(using: &random) ? mutated($0, &random) : $0 }
      var evidence = machine.evidence
      evidence.tables = tables.enumerated().map { TableBytes(source: "table\($0)", bytes: $1) }
      if Bool.random(using: &random) { evidence.functions = nil }
      let findings = evidence.findings()
      #expect(findings.count <= Rule.all.count * 8 * 3)
      if tables == sound { #expect(findings.isEmpty) }
    }
  }

  @Test("tables of random bytes, and none at all", arguments: 0..<8)
  func noise(_ seed: UInt64) {
    var random = RandomNumbers(seed: seed)
    #expect(Evidence(tables: []).findings().isEmpty)
    for signature in ["SRAT", "SLIT", "HMAT", "SSDT", "FACS", "RSD PTR ", ""] {
      for count in [0, 1, 4, 8, 35, 36, 37, 40, 44, 47, 48, 49, 50, 4096] {
        var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
        bytes.replaceSubrange(0..<min(count, signature.utf8.count), with: signature.utf8.prefix(count))
        _ = Evidence(tables: [TableBytes(source: "noise", bytes: bytes)]).findings()
        // With a length in the header that lies in both directions.
        if count >= 8 { bytes.replaceSubrange(4..<8, with: le(UInt32.random(in: 0...64, using: &random))) }
        _ = Evidence(tables: [TableBytes(source: "noise", bytes: bytes)]).findings()
      }
    }
  }

  @Test("a SLIT and an HMAT with counts that no memory holds")
  func hugeCounts() {
    for count in [UInt64.max, 1 << 32, 1 << 31, 0xffff, 0] {
      var machine = TestMachine()
      machine.localities = count
      #expect(machine.broken.contains("slit-length"))
    }
    for (rows, columns) in [(UInt32.max, UInt32.max), (.max, 0), (0, .max), (0x8000_0000, 2)] {
      var machine = TestMachine()
      machine.structures[1].replaceSubrange(12..<16, with: le(rows))
      machine.structures[1].replaceSubrange(16..<20, with: le(columns))
      #expect(machine.broken.contains("hmat-structure-size"))
    }
  }

  @Test("properties with numbers from anywhere", arguments: 0..<8)
  func properties(_ seed: UInt64) {
    var random = RandomNumbers(seed: seed)
    let numbers: [UInt64] = [0, 1, 8, 9, 0xffff, 0xffff_fff8, 0xffff_ffff, 1 << 32, .max - 1, .max]
    for _ in 0..<100 {
      var machine = TestMachine()
      for index in machine.properties.indices where Bool.random(using: &random) {
        machine.properties[index].value = .integer(numbers.randomElement(using: &random) ?? 0)
      }
      _ = machine.findings
    }
  }

  @Test("mutated resources", arguments: 0..<8)
  func resources(_ seed: UInt64) {
    var random = RandomNumbers(seed: seed)
    let sound =
      Descriptor.word(0, 0xff, length: 0x100, type: 2)
      + Descriptor.dword(0xc000_0000, 0xcfff_ffff, length: 1 << 28)
      + Descriptor.qword(1 << 40, (1 << 41) - 1, length: 1 << 40)
      + Descriptor.extended(1 << 41, (1 << 42) - 1, length: 1 << 41) + Descriptor.end
    for _ in 0..<100 {
      var machine = TestMachine()
      machine.setResources(mutated(sound, &random))
      _ = machine.findings
      _ = machine.evidence.topology().map
    }
  }

  @Test("mutated text of acpidump, lspci and acpiexec", arguments: 0..<8)
  func texts(_ seed: UInt64) {
    var random = RandomNumbers(seed: seed)
    let sound = [Samples.acpidump, Samples.lspciVerbose, Samples.lspciHex, Samples.acpiexec]
    for _ in 0..<100 {
      for text in sound {
        let text = String(decoding: mutated(Array(text.utf8), &random), as: UTF8.self)
        _ = AcpidumpText.tables(in: text, source: "dump")
        _ = LspciText.functions(in: text)
        let names = AcpiexecText.names("_DSD", in: text)
        _ = AcpiexecText.objects(names, in: text)
        _ = AcpiexecText.problem(in: text)
        _ = AcpiexecText.unresolved(in: text)
        _ = AcpiexecText.hostBridges(in: text)
      }
    }
  }
}
