// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance
import Testing

@testable import gracectl

/// What fuzzing found, or reading for it (docs/fuzzing.md).
@Suite("Hostile input")
struct HostileInputTests {
  @Test("what stands in a file behind the length in its table's header is nobody's")
  func behindTheEnd() {
    let entries: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] + Entry.gicc(domain: 0) + [1]
    let tables = [
      // One byte of an entry, which has no length; an SLIT that ends before its count; an HMAT that is a header.
      sealedTable("SRAT", revision: 3, body: entries), sealedTable("SLIT", revision: 1, body: [2, 0, 0, 0]),
      sealedTable("HMAT", revision: 2, body: []),
    ]
    for table in tables {
      let findings = [[0x28, 1], [0xff, 0xff]].map { (more: [UInt8]) in
        let bytes = table + more + Array(repeating: more[0], count: 8)
        return Evidence(tables: [TableBytes(source: "table", bytes: bytes)]).findings()
      }
      #expect(findings[0] == findings[1])
      #expect(findings[0].contains { $0.rule.id == "header-length" })
    }
  }

  @Test("an HMAT that ends in its header is told how many bytes it has")
  func shortAttributes() throws {
    let table = TableBytes(source: "hmat", bytes: sealedTable("HMAT", revision: 2, body: []))
    let finding = try #require(Evidence(tables: [table]).findings().first { $0.rule.id == "hmat-reserved" })
    #expect(finding.found == "36 bytes" && finding.expected == "40 bytes or more")
  }

  @Test("a buffer of acpiexec's with a length below zero has no bytes")
  func negativeLength() {
    let text = """
      Evaluation of \\_SB.PCI0._CRS returned object 0x1, external buffer length 18
        [Buffer] Length -2 =     0000: 79 00  // y.
      """
    #expect(AcpiexecText.objects([#"\_SB.PCI0._CRS"#], in: text).first?.value == .buffer([]))
  }

  @Test("what tables have in them cannot move the cursor of who reads the report")
  func controlCharacters() {
    // A signature is four bytes of anything: here they clear the screen.
    let dump = "\u{1b}[2J @ 0x0\n  0000: 53\n"
    let table = AcpidumpText.tables(in: dump, source: "dump")
    #expect(table.map(\.source) == ["dump:\u{1b}[2J"])
    let evidence = Evidence(
      tables: table,
      namespace: EvaluatedNamespace(objects: [
        EvaluatedObject(
          path: "\\_SB.\u{9b}2J._DSD",
          value: TestMachine.deviceData([("nvidia,egm-size\u{7}", .integer(1 << 30))]))
      ]))
    let report = Report(tables: ["dump"], findings: evidence.findings(), notes: ["a\rb\u{2028}c"])
    #expect(report.text.contains("dump:?[2J") && report.text.contains("note: a?b?c"))
    for text in [report.text, evidence.topology().text(notes: ["\u{7f}"])] {
      #expect(
        text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) }
      )
    }
  }
}
