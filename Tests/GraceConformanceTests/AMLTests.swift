// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceConformance
import Testing

@testable import gracectl

/// Has acpiexec evaluate AML written by hand. `scripts/setup` installs it.
@Suite("AML through acpiexec")
struct AMLTests {
  /// Scope (\_SB.PCI0.RP00) { Device (GPU0) { Name (_ADR, 0) Name (_PXM, 5) Name (_DSD, Package () { ToUUID
  /// ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"), Package () { Package () { "nvidia,gpu-mem-size", 0x1800000000 } } }) } }
  private var table: [UInt8] {
    let pair: [UInt8] =
      [0x0d] + Array("nvidia,gpu-mem-size".utf8) + [0x00, 0x0e] + le(UInt64(0x18_0000_0000))
    let property = package([package([pair], count: 2)], count: 1)
    let identifier: [UInt8] = [
      0x11, 0x13, 0x0a, 0x10, 0x14, 0xd8, 0xff, 0xda, 0xba, 0x6e, 0x8c, 0x4d, 0x8a, 0x91, 0xbc, 0x9b, 0xbf,
      0x4a,
      0xa3, 0x01,
    ]
    let data = package([identifier + property], count: 2)
    let objects =
      [0x08] + Array("_ADR".utf8) + [0x00] + [0x08] + Array("_PXM".utf8) + [0x0a, 0x05] + [0x08]
      + Array("_DSD".utf8) + data
    let device = [0x5b, 0x82] + sized(Array("GPU0".utf8) + objects)
    let scope = [0x10] + sized([0x5c, 0x2f, 0x03] + Array("_SB_PCI0RP00".utf8) + device)
    return sealedTable("SSDT", revision: 2, body: scope)
  }

  /// PkgLength of two bytes, then the bytes (ACPI 6.5, 20.2.4).
  private func sized(_ bytes: [UInt8]) -> [UInt8] {
    let length = bytes.count + 2
    return [0x40 | UInt8(length & 0xf), UInt8(length >> 4)] + bytes
  }

  private func package(_ elements: [[UInt8]], count: UInt8) -> [UInt8] {
    [0x12] + sized([count] + elements.flatMap { $0 })
  }

  @Test("an SSDT without its DSDT is evaluated, and the rules judge the values")
  func evaluate() async throws {
    let tables = [TableBytes(source: "SSDT", bytes: table)]
    let evaluator = AMLEvaluator(tables: tables)
    #expect(evaluator.hasAML && evaluator.hasNoDSDT)
    let namespace = try await evaluator.namespace()
    #expect(namespace.problem == nil)
    let paths = namespace.objects.map(\.path)
    #expect(paths == [#"\_SB.PCI0.RP00.GPU0._DSD"#, #"\_SB.PCI0.RP00.GPU0._PXM"#])
    #expect(namespace.objects.last?.value == .integer(5))
    let findings = Evidence(tables: tables, namespace: namespace).findings()
    #expect(findings.map(\.rule.id) == ["dsd-missing-base"])
  }

  @Test("more objects are evaluated than one command line of acpiexec holds")
  func many() async throws {
    let names = (10..<90).map { "G0\($0)" }
    let devices = names.flatMap { name in
      [0x5b, 0x82] + sized(Array(name.utf8) + [0x08] + Array("_PXM".utf8) + [0x0a, 0x05])
    }
    let long = [UInt8](devices)
    // PkgLength of three bytes (ACPI 6.5, 20.2.4).
    let body = [0x5c] + Array("_SB_".utf8) + long
    let length = body.count + 3
    let scope = [0x10, 0x80 | UInt8(length & 0xf), UInt8(length >> 4 & 0xff), UInt8(length >> 12)] + body
    let table = sealedTable("DSDT", revision: 2, body: scope)
    let namespace = try await AMLEvaluator(tables: [TableBytes(source: "DSDT", bytes: table)]).namespace()
    #expect(namespace.problem == nil)
    #expect(namespace.objects.count == 80)
    #expect(namespace.objects.allSatisfy { $0.value == .integer(5) })
  }

  /// Scope (\_SB) { Device (PCI0) { Name (_HID, EisaId ("PNP0A08")) Name (_CRS, Buffer () { ... }) } Device (UART) {
  /// Name (_HID, "ARMH0011") Name (_CRS, Buffer () { ... }) } }
  @Test("the resources of host bridges are evaluated, those of other devices are not")
  func resources() async throws {
    let bytes = Descriptor.dword(0x1000_0000, 0x1fff_ffff, length: 0x1000_0000) + Descriptor.end
    let resources = [0x08] + Array("_CRS".utf8) + [0x11] + sized([0x0a, UInt8(bytes.count)] + bytes)
    let bridge =
      [0x5b, 0x82]
      + sized(Array("PCI0".utf8) + [0x08] + Array("_HID".utf8) + [0x0c, 0x41, 0xd0, 0x0a, 0x08] + resources)
    let other =
      [0x5b, 0x82]
      + sized(
        Array("UART".utf8) + [0x08] + Array("_HID".utf8) + [0x0d] + Array("ARMH0011".utf8) + [0] + resources)
    let scope = [0x10] + sized([0x5c] + Array("_SB_".utf8) + bridge + other)
    let table = sealedTable("DSDT", revision: 2, body: scope)
    let namespace = try await AMLEvaluator(tables: [TableBytes(source: "DSDT", bytes: table)]).namespace()
    #expect(
      namespace.objects == [EvaluatedObject(path: #"\_SB.PCI0._CRS"#, value: .buffer(bytes))])
  }

  @Test("AML that is cut off is a finding")
  func broken() async throws {
    let cut = sealedTable("DSDT", revision: 2, body: Array(table.dropFirst(36).prefix(60)))
    let namespace = try await AMLEvaluator(tables: [TableBytes(source: "DSDT", bytes: cut)]).namespace()
    #expect(namespace.problem != nil || namespace.objects.isEmpty)
  }

  @Test("tables without AML need no program")
  func none() {
    #expect(!AMLEvaluator(tables: TestMachine().evidence.tables).hasAML)
    #expect(!AMLEvaluator(tables: [TableBytes(source: "short", bytes: Array("SSDT".utf8))]).hasAML)
  }
}
