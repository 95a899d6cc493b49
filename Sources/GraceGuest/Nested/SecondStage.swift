// SPDX-License-Identifier: GPL-2.0-or-later

/// The tables of an arm64 hypervisor's second stage of translation, with granules of 4 KiB (Arm ARM, D8.2 and D8.3).
struct SecondStage: Hashable {
  /// VTTBR_EL2: where the tables are.
  let base: UInt64
  /// VTCR_EL2: their form.
  let control: UInt64
  /// Whether MemAttr is encoded as FEAT_S2FWB has it.
  let forcesWriteBack: Bool

  /// What a leaf says of the addresses that it maps.
  struct Entry: Hashable {
    let descriptor: UInt64
    let level: Int
    let forcesWriteBack: Bool

    /// Bytes that it maps.
    var bytes: UInt64 { 1 << UInt64(SecondStage.shift(level)) }

    /// MemAttr, bits 5:2 (Arm ARM, D8.6.5 and D8.6.6).
    var memory: String {
      switch (descriptor >> 2 & 0xf, forcesWriteBack) {
      case (0b0000, _): "Device-nGnRnE"
      case (0b0001, _): "Device-nGnRE"
      case (0b0010, _): "Device-nGRE"
      case (0b0011, _): "Device-GRE"
      case (0b0101, _): "Normal Non-cacheable"
      case (0b0110, true), (0b1111, false): "Normal Write-Back"
      case (0b0111, true): "as the first stage"
      case (let other, _): "MemAttr 0x\(hex(other))"
      }
    }

    /// XN, bits 54:53: whether code at EL1 may run from there (Arm ARM, D8.4.6).
    var isExecutable: Bool { descriptor >> 53 & 3 == 0 || descriptor >> 53 & 3 == 3 }
    /// Where the addresses lead to, of a descriptor without FEAT_LPA2.
    var output: UInt64 { descriptor & 0x0000_ffff_ffff_f000 & ~(bytes - 1) }
    /// S2AP, bits 7:6.
    var isReadable: Bool { descriptor >> 6 & 1 == 1 }
    var isWritable: Bool { descriptor >> 7 & 1 == 1 }
  }

  private static func shift(_ level: Int) -> Int { 39 - 9 * level }

  /// Bits of the addresses that are translated: T0SZ.
  private var addressBits: Int { 64 - Int(control & 0x3f) }

  /// The level that the walk starts at, by SL0 for granules of 4 KiB.
  private var startLevel: Int { [2, 1, 0, 3][Int(control >> 6 & 3)] }

  /// The leaf for an address, or nil if nothing is mapped there.
  func entry(at address: UInt64, reading word: (UInt64) -> UInt64) -> Entry? {
    guard addressBits < 64, address >> UInt64(addressBits) == 0 else { return nil }
    var table = base & 0x0000_ffff_ffff_f000
    for level in startLevel...3 {
      // The tables of the first level may stand side by side, for more bits than one has.
      let bits = level == startLevel ? max(9, addressBits - SecondStage.shift(level)) : 9
      let index = address >> UInt64(SecondStage.shift(level)) & ((1 << UInt64(bits)) - 1)
      let descriptor = word(table + 8 * index)
      guard descriptor & 1 == 1 else { return nil }
      if level == 3 || descriptor & 2 == 0 {
        return Entry(descriptor: descriptor, level: level, forcesWriteBack: forcesWriteBack)
      }
      table = descriptor & 0x0000_ffff_ffff_f000
    }
    return nil
  }
}

extension NestedMachine {
  /// Which of the entries for one address is that guest's. Several guests may have a BAR there, as each places its own; but
  /// what is behind lies elsewhere on the machine for each GPU.
  func entry(
    ofGuest index: Int, among entries: [SecondStage.Entry], functions: [PCIFunctionFact]
  ) -> SecondStage.Entry? {
    let places = guests[index].gpus.flatMap { gpu in
      let base = hypervisor.memoryBase(of: hypervisor.places[gpu])
      let bars = functions.filter { $0.name == "gpu\(gpu)" }.flatMap(\.bars)
      return [(base, hypervisor.effectiveMemorySize)] + bars.map { ($0.start, $0.bytes) }
    }
    // A guest may have put a BAR at the end of all addresses, so no end is computed.
    return entries.first { entry in
      places.contains { start, bytes in entry.output >= start && entry.output - start < bytes }
    }
  }
}

/// What the second stage makes of a guest's BAR.
public struct SecondStageFact: Codable, Hashable, Sendable {
  /// Which of the hypervisor's guests.
  public var guest: Int
  /// The BAR.
  public var bar: Int
  /// The address, as the guest has it.
  public var address: UInt64
  /// The entry of the tables.
  public var descriptor: UInt64
  /// Where on the machine the entry leads to.
  public var output: UInt64
  /// Bytes that one entry maps.
  public var blockBytes: UInt64
  /// The kind of memory.
  public var memory: String
  /// Whether code may run there.
  public var executable: Bool
  /// Whether it can be written.
  public var writable: Bool

  init(guest: Int, bar: Int, address: UInt64, entry: SecondStage.Entry) {
    self.guest = guest
    self.bar = bar
    self.address = address
    descriptor = entry.descriptor
    output = entry.output
    blockBytes = entry.bytes
    memory = entry.memory
    executable = entry.isExecutable
    writable = entry.isWritable
  }
}
