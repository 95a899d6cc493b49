// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance
import Testing

@Suite("Listings and dumps")
struct InputTests {
  @Test("addresses have a segment or are in segment 0")
  func addresses() throws {
    let short = try #require(PCIAddress("01:1f.7"))
    #expect((short.segment, short.bus, short.device, short.function) == (0, 1, 31, 7))
    #expect(PCIAddress("0009:01:00.0") == PCIAddress(segment: 9, bus: 1, devfn: 0))
    #expect(PCIAddress("10000:e1:00.0")?.segment == 0x10000)
    #expect(PCIAddress("0009:01:02.3")?.description == "0009:01:02.3")
    for text in [
      "", "01", "01:00", "01:20.0", "01:00.8", "1:00.0", "01:0.0", "+1:00.0", "a:b:c:d.0", "01:00.0x",
    ] {
      #expect(PCIAddress(text) == nil, "\(text)")
    }
  }

  @Test("lspci -nn gives place, class and ids")
  func plain() {
    #expect(
      LspciText.functions(in: Samples.lspciPlain) == [
        PCIFunction(
          address: PCIAddress(segment: 0, bus: 0, devfn: 0), vendor: 0x1b36, device: 0x0008, classCode: 0x0600
        ),
        PCIFunction(
          address: PCIAddress(segment: 0, bus: 0, devfn: 8), vendor: 0x1b36, device: 0x000c, classCode: 0x0604
        ),
        PCIFunction(
          address: PCIAddress(segment: 9, bus: 1, devfn: 0), vendor: 0x10de, device: 0x2345, classCode: 0x0302
        ),
      ])
  }

  @Test("lspci -n, -vvvnn and -xxxx give the same")
  func otherForms() {
    let numbers = LspciText.functions(in: "0009:01:00.0 0302: 10de:2941 (rev a1)\r\n")
    let verbose = LspciText.functions(in: Samples.lspciVerbose)
    #expect(numbers.map(\.address) == verbose.map(\.address))
    #expect(numbers.map(\.device) == verbose.map(\.device))
    #expect(numbers.first?.device == 0x2941)
    let hex = LspciText.functions(in: Samples.lspciHex)
    #expect(hex.map(\.device) == [0x2345, 0x10d3])
    #expect(hex.map(\.classCode) == [0x0302, 0x0200])
    #expect(LspciText.functions(in: "no such thing\n00: de 10\n").isEmpty)
  }

  @Test("regions and configuration space tell of BAR4, other forms do not")
  func bar4() {
    let region = "\tRegion 4: Memory at 8000000000 (64-bit, prefetchable) [size=128G]\n"
    #expect(LspciText.functions(in: Samples.lspciPlain).allSatisfy { $0.hasBAR4 == nil })
    #expect(LspciText.functions(in: Samples.lspciVerbose).map(\.hasBAR4) == [false])
    #expect(LspciText.functions(in: Samples.lspciVerbose + region).map(\.hasBAR4) == [true])
    let line = "20: 0c 00 00 00 80 00 00 00 00 00 00 00 de 10 46 20\n"
    #expect(LspciText.functions(in: "01:00.0 0302: 10de:2345\n" + line).map(\.hasBAR4) == [true])
    let empty = "20: 00 00 00 00 00 00 00 00 00 00 00 00 de 10 46 20\n"
    #expect(LspciText.functions(in: "01:00.0 0302: 10de:2345\n" + empty).map(\.hasBAR4) == [false])
  }

  @Test("a dump has tables, and characters beside the bytes are not taken for bytes")
  func dump() throws {
    #expect(AcpidumpText.isDump(Samples.acpidump))
    let tables = AcpidumpText.tables(in: Samples.acpidump, source: "dump")
    #expect(tables.map(\.source) == ["dump:SLIT", "dump:SSDT"])
    #expect(tables[0].count == 48)
    #expect(Array(tables[0].bytes.suffix(4)) == [10, 20, 20, 10])
    #expect(tables[1].bytes == Array("SSDT".utf8) + [0x24, 0, 0, 0, 2, 0, 0x41, 0x42])
    #expect(!AcpidumpText.isDump("SLIT is a table\n"))
  }

  @Test("a dump with a line missing ends its table there")
  func gap() {
    let text = Samples.acpidump.split(separator: "\n").filter { !$0.contains("0010:") }.joined(
      separator: "\n")
    let tables = AcpidumpText.tables(in: text, source: "dump")
    #expect(tables.first?.count == 16)
    #expect(Evidence(tables: tables).findings().contains { $0.rule.id == "header-short" })
  }

  @Test(
    "an error of acpiexec is said also if nothing stands behind it",
    arguments: [
      ("ACPI Error: ", "ACPI Error:"),
      ("Firmware Error (ACPI): \nmore", "Firmware Error (ACPI):"),
      ("ACPI Error: (20200925/dswload2-206)", "ACPI Error: (20200925/dswload2-206)"),
      ("ACPI Error: AE_NOT_FOUND (20200925/dswload2-206)", "AE_NOT_FOUND"),
      ("ACPI Error: AE_NOT_FOUND", "AE_NOT_FOUND"),
    ])
  func cutErrors(output: String, said: String) {
    #expect(AcpiexecText.problem(in: output) == said)
  }

  @Test("what acpiexec prints becomes values")
  func evaluated() {
    let names = AcpiexecText.names("_DSD", in: Samples.acpiexec)
    #expect(names == [#"\_SB.PCI0.S08.GPU0._DSD"#, #"\_SB.AAAA._DSD"#])
    #expect(AcpiexecText.unresolved(in: Samples.acpiexec) == [#"\_SB.PCI8.RP00"#])
    #expect(AcpiexecText.problem(in: Samples.acpiexec)?.hasPrefix("Could not resolve symbol") == true)
    let objects = AcpiexecText.objects(names, in: Samples.acpiexec)
    #expect(objects.map(\.path) == names)
    #expect(objects[1].value == nil)
    let identifier: [UInt8] = [
      0x14, 0xd8, 0xff, 0xda, 0xba, 0x6e, 0x8c, 0x4d, 0x8a, 0x91, 0xbc, 0x9b, 0xbf, 0x4a, 0xa3, 0x01,
    ]
    let bytes: [UInt8] = [1, 2, 3] + Array(repeating: 0, count: 11) + [0x5b, 0x5d, 0, 0, 0, 0xff]
    #expect(
      objects[0].value
        == .package([
          .buffer(identifier),
          .package([
            .package([.string("nvidia,gpu-mem-base-pa"), .integer(0x4000_0000_0000)]),
            .package([.string(#"a"b [Integer]"#), .buffer(bytes)]),
            .package([
              .string("r"), .other("[Object Reference] = 0x5569decdf420 <Node>            Name AAAA Device"),
            ]),
            .package([]),
          ]),
        ]))
  }
}
