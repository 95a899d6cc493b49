// SPDX-License-Identifier: GPL-2.0-or-later

import Testing

@testable import GraceGuest

/// Tables by hand: of 40 address bits, which start at level 1 with two tables side by side, as KVM makes them.
@Suite("Second stage of translation")
struct SecondStageTests {
  /// T0SZ 24; SL0 1, which is level 1; granules of 4 KiB.
  private static let control: UInt64 = 24 | 1 << 6
  private static let base: UInt64 = 0x4000_0000

  private func leaf(
    at address: UInt64, in memory: [UInt64: UInt64], forcesWriteBack: Bool = true, control: UInt64 = control
  ) -> SecondStage.Entry? {
    // A virtual machine's number is in the upper 16 bits of the register.
    SecondStage(base: 7 << 48 | SecondStageTests.base, control: control, forcesWriteBack: forcesWriteBack)
      .entry(at: address) { memory[$0] ?? 0 }
  }

  @Test("a block of 2 MiB is found, behind the first of the tables side by side")
  func block() throws {
    // Address 0x80_4020_0000: index 513 of the first level, which has 1024 entries, and index 1 of the next.
    let memory: [UInt64: UInt64] = [0x4000_1008: 0x5000_0003, 0x5000_0008: 0x4000_0000_06d9 | 0 << 53]
    let entry = try #require(leaf(at: 0x80_4020_1234, in: memory))
    #expect(entry.level == 2)
    #expect(entry.bytes == 2 << 20)
    #expect(entry.output == 0x4000_0000_0000)
    #expect(entry.memory == "Normal Write-Back")
    #expect(entry.isExecutable)
    #expect(entry.isReadable)
    #expect(entry.isWritable)
  }

  @Test("a page of 4 KiB is found at the last level")
  func page() throws {
    let memory: [UInt64: UInt64] = [
      0x4000_0000: 0x5000_0003, 0x5000_0000: 0x6000_0003, 0x6000_0ff8: 2 << 53 | 0x4000_0000_0457,
    ]
    let entry = try #require(leaf(at: 0x1f_f000, in: memory))
    #expect(entry.level == 3)
    #expect(entry.bytes == 4096)
    #expect(entry.memory == "Normal Non-cacheable")
    #expect(!entry.isExecutable)
    #expect(!entry.isWritable)
    #expect(leaf(at: 0x1f_e000, in: memory) == nil)
  }

  @Test("the walk starts where SL0 says, and an address with more bits is nowhere")
  func start() {
    // T0SZ 16; SL0 2, which is level 0.
    let memory: [UInt64: UInt64] = [0x4000_0008: 0x5000_0003, 0x5000_0000: 0x7fd]
    #expect(leaf(at: 1 << 39, in: memory, control: 16 | 2 << 6)?.level == 1)
    #expect(leaf(at: 1 << 40, in: [0x4000_0000: 0x7fd]) == nil)
    #expect(leaf(at: 0, in: [:]) == nil)
  }

  @Test(
    "MemAttr is read as the CPU does it, with FEAT_S2FWB and without",
    arguments: [
      (0b0001, true, "Device-nGnRE"), (0b0101, true, "Normal Non-cacheable"),
      (0b0110, true, "Normal Write-Back"),
      (0b0111, true, "as the first stage"), (0b0001, false, "Device-nGnRE"),
      (0b1111, false, "Normal Write-Back"),
      (0b0101, false, "Normal Non-cacheable"), (0b0110, false, "MemAttr 0x6"), (0b1111, true, "MemAttr 0xf"),
    ])
  func memory(bits: UInt64, forcesWriteBack: Bool, name: String) {
    let entry = SecondStage.Entry(descriptor: bits << 2 | 1, level: 2, forcesWriteBack: forcesWriteBack)
    #expect(entry.memory == name)
  }

  @Test("of guests with a BAR at one address each has the entry that leads to its own GPU")
  func ownEntry() {
    let machine = NestedMachine(
      memorySize: 1 << 30, gpuCount: 2, guests: [NestedGuest(gpus: [1]), NestedGuest(gpus: [0])])
    let functions = (0..<2).map { gpu in
      PCIFunctionFact(
        name: "gpu\(gpu)", address: "0000:0\(1 + gpu):00.0",
        bars: [.init(index: 0, start: 0x80_0000_0000 + UInt64(gpu) << 24, bytes: 1 << 24)])
    }
    func entries(_ outputs: [UInt64]) -> [SecondStage.Entry] {
      outputs.map { SecondStage.Entry(descriptor: $0 | 1, level: 2, forcesWriteBack: true) }
    }
    // The second GPU is of the next socket: 2^44 behind the first.
    for outputs: [UInt64] in [[0x4000_0000_0000, 0x5000_3fe0_0000], [0x80_0000_0000, 0x80_01e0_0000]] {
      for order in [outputs, outputs.reversed()] {
        for guest in 0..<2 {
          let entry = machine.entry(ofGuest: guest, among: entries(order), functions: functions)
          #expect(entry?.output == outputs[1 - guest])
        }
      }
    }
    for output: UInt64 in [0x3fff_ffe0_0000, 0x4000_4000_0000, 0x80_0200_0000] {
      for guest in 0..<2 {
        #expect(machine.entry(ofGuest: guest, among: entries([output]), functions: functions) == nil)
      }
    }
    let last = PCIFunctionFact(
      name: "gpu1", address: "", bars: [.init(index: 0, start: .max - 0xfff, bytes: 1 << 24)])
    #expect(machine.entry(ofGuest: 0, among: entries([0x80_0000_0000]), functions: [last]) == nil)
  }

  @Test("a function that did not decode its BARs for a moment has them from another look")
  func joined() {
    func function(_ name: String, _ starts: UInt64...) -> PCIFunctionFact {
      PCIFunctionFact(
        name: name, address: "", bars: starts.map { PCIFunctionFact.BAR(index: 0, start: $0, bytes: 1) })
    }
    let first = [function("gpu0", 1), function("gpu1")]
    let second = [function("gpu0"), function("gpu1", 2)]
    let all = [function("gpu0", 1), function("gpu1", 2)]
    #expect(PCIFunctionFact.joined([], first) == first)
    #expect(PCIFunctionFact.joined(first, second) == all)
    #expect(PCIFunctionFact.joined(all, [function("gpu0", 3), function("gpu1")])[0] == function("gpu0", 3))
  }

  @Test("XN says whether EL1 may run code", arguments: [(0, true), (1, false), (2, false), (3, true)])
  func execution(bits: UInt64, isExecutable: Bool) {
    let entry = SecondStage.Entry(descriptor: bits << 53 | 1, level: 2, forcesWriteBack: true)
    #expect(entry.isExecutable == isExecutable)
  }

  @Test("the stub's description names registers by number")
  func registers() throws {
    let xml =
      #"<feature name="x"><reg name="VTTBR_EL2" bitsize="64" regnum="231" type="int" group="cp_regs"/><reg name="A"/>"#
    #expect(try SystemRegisters(xml: xml).numbers == ["VTTBR_EL2": 231])
    #expect(throws: DebugStubError.self) { try SystemRegisters(xml: "<feature/>") }
  }
}
