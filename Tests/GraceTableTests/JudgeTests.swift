// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceConformance
import Testing

@testable import gracectl

/// ACPICA's compiler and interpreter judge the tables. They are in Debian's package acpica-tools.
@Suite("ACPICA on gracectl tables", .timeLimit(.minutes(5)))
struct JudgeTests {
  /// Bytes of an HMAT of eight GPUs, and more than any other table but the SLIT of 64 has.
  private static let compileLimit = 48 << 10

  @Test("iasl disassembles every table, and compiles that to the same bytes", arguments: MachineCase.all)
  func compile(machine: MachineCase) async throws {
    try await withTables(machine.arguments) { folder in
      for name in ["dsdt", "ssdt", "srat", "slit", "hmat"] {
        let file = folder + "/\(name).dat"
        guard FileManager.default.fileExists(atPath: file) else {
          #expect(name == "hmat" && machine.arguments.contains { $0 == "hmat=off" || $0 == "numa-nodes=0" })
          continue
        }
        // Names that the SSDT extends are in the DSDT.
        let others = name == "ssdt" ? ["-e", folder + "/dsdt.dat"] : []
        let text = try await tool("iasl", others + ["-p", folder + "/" + name, "-d", file])
        #expect(!text.contains("Warning") && !text.contains("Error"), "\(text)")
        // The compiler's time grows with the square of a table's size: minutes for the HMAT of 64 GPUs.
        let original = try bytes(file)
        if original.count > Self.compileLimit { continue }
        // -on: names stay as they are written.
        let report = try await tool("iasl", ["-on", "-p", folder + "/new-" + name, folder + "/\(name).dsl"])
        #expect(report.contains("Compilation successful. 0 Errors, 0 Warnings"), "\(report)")
        let compiled = try bytes(folder + "/new-\(name).aml")
        #expect(Recompiled.comparable(original) == Recompiled.comparable(compiled), "\(name)")
      }
    }
  }

  @Test(
    "acpiexec loads DSDT and SSDT, evaluates all that they define and runs _RST", arguments: MachineCase.all)
  func execute(machine: MachineCase) async throws {
    try await withTables(machine.arguments) { folder in
      let described = machine.described ?? machine.gpus
      let files = [folder + "/dsdt.dat", folder + "/ssdt.dat"]
      let names = ["_DSD", "_PXM", "_CCA", "_CRS", "_SEG", "_RST"]
      let listing = try await tool(
        "acpiexec", ["-di", "-b", names.map { "find \($0)" }.joined(separator: ";")] + files)
      #expect(listing.contains("ACPI: 2 ACPI AML tables successfully acquired and loaded"))
      #expect(AcpiexecText.problem(in: listing) == nil)
      let paths = names.map { AcpiexecText.names($0, in: listing) }
      #expect(paths[0].count == described && paths[5].count == described)
      let bridges = paths[4].count
      #expect(
        bridges > 0 && paths[1].count == bridges && paths[2].count == bridges && paths[3].count == bridges)

      let objects = try await evaluate(paths[0..<5].flatMap { $0 }, files: files)
      #expect(objects.allSatisfy { $0.value != nil })
      #expect(objects.filter { $0.path.hasSuffix("._CCA") }.allSatisfy { $0.value == .integer(1) })
      try checkWindows(objects, folder: folder)

      guard let reset = paths[5].last else { return }
      let control = String(reset.dropLast(4)) + "DCTL"
      let run = try await tool("acpiexec", ["-di", "-b", "evaluate \(reset);evaluate \(control)"] + files)
      #expect(run.contains("No object was returned from evaluation of \(reset)"))
      // Bit 15 of Device Control starts the reset.
      guard case .integer(let value) = AcpiexecText.objects([control], in: run).first?.value else {
        Issue.record("\(run)")
        return
      }
      #expect(value & 0x8000 != 0)
    }
  }

  /// Windows of host bridges do not overlap one another or the memory that SRAT and _DSD speak of.
  private func checkWindows(_ objects: [EvaluatedObject], folder: String) throws {
    var taken: [ClosedRange<UInt64>] = []
    for object in objects where object.path.hasSuffix("._DSD") {
      let properties = object.properties
      for (base, size) in [
        ("nvidia,gpu-mem-base-pa", "nvidia,gpu-mem-size"), ("nvidia,egm-base-pa", "nvidia,egm-size"),
      ] {
        guard let base = properties[base], let size = properties[size] else { continue }
        taken.append(base...base + size - 1)
      }
    }
    // Memory entries: type 1, base at 8, length at 16.
    let srat = try bytes(folder + "/srat.dat")
    var offset = 48
    while offset < srat.count {
      if srat[offset] == 1, let length = number(srat, offset + 16, 8), length > 0,
        let base = number(srat, offset + 8, 8)
      {
        taken.append(base...base + length - 1)
      }
      offset += max(2, Int(srat[offset + 1]))
    }
    for object in objects where object.path.hasSuffix("._CRS") {
      guard case .buffer(let resources) = object.value else {
        Issue.record("\(object.path)")
        continue
      }
      // Bus numbers in 16 bytes, a window in 46, the end in 2.
      #expect(resources.count == 64 && resources[0] == 0x88 && resources[16] == 0x8a && resources[62] == 0x79)
      let low = try #require(number(resources, 16 + 14, 8))
      let high = try #require(number(resources, 16 + 22, 8))
      #expect(low < high)
      #expect(number(resources, 16 + 38, 8) == high - low + 1)
      #expect(!taken.contains { $0.overlaps(low...high) })
      taken.append(low...high)
    }
  }
}

extension EvaluatedObject {
  /// Names and values of a `_DSD`.
  var properties: [String: UInt64] {
    guard case .package(let pairs) = value, pairs.count == 2, case .package(let entries) = pairs[1] else {
      return [:]
    }
    var properties: [String: UInt64] = [:]
    for entry in entries {
      if case .package(let pair) = entry, pair.count == 2, case .string(let name) = pair[0],
        case .integer(let value) = pair[1]
      {
        properties[name] = value
      }
    }
    return properties
  }
}
