// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance
import Testing

@testable import gracectl

/// What acpiexec makes of `_DSD` and `_PXM` is what was asked for. The values here are written by hand.
@Suite("Values in the AML of gracectl tables", .timeLimit(.minutes(5)))
struct ValueTests {
  /// `_DSD`s and `_PXM`s of a machine.
  private func values(_ arguments: [String]) async throws -> [String: ACPIObject] {
    var values: [String: ACPIObject] = [:]
    try await withTables(arguments) { folder in
      let namespace = try await AMLEvaluator(tables: TableReader.tables(at: folder)).namespace()
      #expect(namespace.problem == nil)
      for object in namespace.objects
      where object.path.hasSuffix("._DSD") || object.path.hasSuffix("._PXM") {
        values[object.path] = object.value
      }
    }
    return values
  }

  /// A `_DSD` with these properties, in this order.
  private func data(_ properties: [(String, UInt64)]) -> ACPIObject {
    let identifier: [UInt8] = [
      0x14, 0xd8, 0xff, 0xda, 0xba, 0x6e, 0x8c, 0x4d, 0x8a, 0x91, 0xbc, 0x9b, 0xbf, 0x4a, 0xa3, 0x01,
    ]
    let pairs = properties.map { ACPIObject.package([.string("nvidia," + $0.0), .integer($0.1)]) }
    return .package([.buffer(identifier), .package(pairs)])
  }

  @Test("four GH200 have the addresses and domains of Grace's firmware")
  func four() async throws {
    let values = try await values(["--gpus", "4"])
    #expect(values.count == 8)
    let names = ["PCI9", "PC19", "PC29", "PC39"]
    for (socket, name) in names.enumerated() {
      #expect(values[#"\_SB.\#(name)._PXM"#] == .integer(UInt64(socket)))
      #expect(
        values[#"\_SB.\#(name).S00.GPU0._DSD"#]
          == data([
            ("gpu-mem-base-pa", 0x4000_0000_0000 + UInt64(socket) * 0x1000_0000_0000),
            ("gpu-mem-pxm-start", 8 + 8 * UInt64(socket)), ("gpu-mem-pxm-count", 8),
            ("gpu-mem-size", 0x18_0000_0000),
          ]))
    }
  }

  private static let base: [(String, UInt64)] = [("gpu-mem-base-pa", 0x4000_0000_0000)]
  private static let domains: [(String, UInt64)] = [("gpu-mem-pxm-start", 5), ("gpu-mem-pxm-count", 8)]
  private static let size: [(String, UInt64)] = [("gpu-mem-size", 0x18_0000_0000)]
  private static let extended: [(String, UInt64)] = [
    ("egm-base-pa", 0x800_0000_0000), ("egm-size", 0x10_0000_0000),
  ]
  private static let forms: [(options: String, properties: [(String, UInt64)])] = [
    ("memory-size=96G", base + domains + size),
    ("dsd-pxm=off", base + size),
    ("dsd-size=off", base + domains),
    ("dsd-size=512M", base + domains + [("gpu-mem-size", 0x2000_0000)]),
    ("dsd-size=1", base + domains + [("gpu-mem-size", 1)]),
    ("numa-nodes=3", base + [("gpu-mem-pxm-start", 5), ("gpu-mem-pxm-count", 3)] + size),
    (
      "memory-base=0x410000000000 memory-size=2.25G pxm-start=100",
      [
        ("gpu-mem-base-pa", 0x4100_0000_0000), ("gpu-mem-pxm-start", 100), ("gpu-mem-pxm-count", 8),
        ("gpu-mem-size", 0x9000_0000),
      ]
    ),
    (
      "egm-size=64G",
      base + domains + size + extended
        + [("egm-pxm", 0), ("egm-retired-pages-data-base", 0x810_0000_0000)]
    ),
    (
      "egm-size=64G egm-pxm=4 egm-retired-pages=off", base + domains + size + extended + [("egm-pxm", 4)]
    ),
  ]

  @Test(
    "one GPU has domains 5 to 12, and options say what its _DSD names", arguments: forms.indices)
  func form(index: Int) async throws {
    let (options, expected) = Self.forms[index]
    let arguments = options.split(separator: " ").flatMap { ["--option", String($0)] }
    let values = try await values(["--gpus", "1"] + arguments)
    #expect(values[#"\_SB.PCI9.S00.GPU0._DSD"#] == data(expected), "\(options)")
  }

  @Test("a file's GPUs are where it says, through switches, each with its own settings")
  func file() async throws {
    let values = try await values(MachineCase.example("mixed"))
    #expect(
      values.keys.sorted() == [
        #"\_SB.PC19.S00.GPU0._DSD"#, #"\_SB.PC19._PXM"#, #"\_SB.PC80.S00.S00.S00.GPU0._DSD"#,
        #"\_SB.PC80.S00.S00.S08.GPU0._DSD"#, #"\_SB.PC80._PXM"#, #"\_SB.PCI0.S08.GPU0._DSD"#,
        #"\_SB.PCI0._PXM"#,
      ])
    #expect(values[#"\_SB.PCI0._PXM"#] == .integer(0))
    #expect(values[#"\_SB.PC80._PXM"#] == .integer(16))
    #expect(values[#"\_SB.PC19._PXM"#] == .integer(16))
    #expect(
      values[#"\_SB.PC80.S00.S00.S00.GPU0._DSD"#]
        == data([("gpu-mem-base-pa", 0x5000_0000_0000), ("gpu-mem-size", 0x23_2000_0000)]))
    #expect(
      values[#"\_SB.PC80.S00.S00.S08.GPU0._DSD"#]
        == data([
          ("gpu-mem-base-pa", 0x5100_0000_0000), ("gpu-mem-pxm-start", 40), ("gpu-mem-pxm-count", 8),
          ("gpu-mem-size", 0x18_0000_0000), ("egm-base-pa", 0x1880_0000_0000), ("egm-size", 0x8_0000_0000),
          ("egm-pxm", 20),
        ]))
  }

  @Test("64 GPUs have names of their own")
  func many() async throws {
    let values = try await values(["--gpus", "64"])
    #expect(values.count == 64 + 8)
    #expect(
      values[#"\_SB.PC39.S38.GPU0._DSD"#]
        == data([
          ("gpu-mem-base-pa", 0x7f00_0000_0000), ("gpu-mem-pxm-start", 512), ("gpu-mem-pxm-count", 8),
          ("gpu-mem-size", 0x18_0000_0000),
        ]))
  }
}
