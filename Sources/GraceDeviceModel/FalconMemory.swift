// SPDX-License-Identifier: GPL-2.0-or-later

/// A small memory inside the chip, which software reaches through ports, a dword at a time.
struct FalconMemory<let wordCount: Int> {
  private(set) var words = InlineArray<wordCount, UInt32>(repeating: 0)

  /// The dword with this number; 0 past the end.
  mutating func word(_ index: Int) -> UInt32 {
    index >= 0 && index < wordCount ? words[index] : 0
  }

  /// Stores a dword; past the end nothing happens.
  mutating func setWord(_ word: UInt32, at index: Int) {
    if index >= 0, index < wordCount { words[index] = word }
  }

  /// Makes all of it zeros.
  mutating func clear() {
    for index in 0..<wordCount { words[index] = 0 }
  }
}

/// The control register of a port: which dword its data register stands for, and whether an access moves on.
///
/// NV_PFSP_EMEMC and NV_PFALCON_FALCON_DMEMC in NVIDIA's open-gpu-kernel-modules (gh100/dev_fsp_pri.h,
/// ls10/dev_falcon_v4.h): OFFS in bits 7:2, BLK in 15:8, AINCW in 24, AINCR in 25. nv_falcon in Linux 7.3 has the names of
/// the last two the other way round, which does not matter to it: it sets both or neither.
struct MemoryPort {
  private static var addressMask: UInt32 { 0x0000_fffc }
  private static var advanceOnWrite: UInt32 { 1 << 24 }
  private static var advanceOnRead: UInt32 { 1 << 25 }

  /// The register as software reads it; bits that mean nothing are zeros.
  private(set) var control: UInt32

  init(_ value: UInt32) {
    control = value & (Self.addressMask | Self.advanceOnWrite | Self.advanceOnRead)
  }

  /// The number of the dword.
  var index: Int { Int((control & Self.addressMask) >> 2) }

  /// Moves on to the next dword, after an access that is to do so. The last of 64 KiB is followed by the first.
  mutating func advance(afterWrite isWrite: Bool) {
    guard control & (isWrite ? Self.advanceOnWrite : Self.advanceOnRead) != 0 else { return }
    control = (control & ~Self.addressMask) | ((control &+ 4) & Self.addressMask)
  }
}

extension GraceDevice {
  /// Reads a register of a port; of a data register, each read is one access of the memory.
  mutating func readPort(_ location: RegisterFile.Location, isData: Bool) -> UInt32 {
    let isDataRegister = registers.index(location) & 1 == 1
    let control = RegisterFile.Location(
      entry: location.entry, value: location.value &- (isDataRegister ? 1 : 0))
    var port = MemoryPort(registers.value(control))
    guard isDataRegister else { return port.control }
    let word = isData ? transfers.memory.word(port.index) : processor.memory.word(port.index)
    port.advance(afterWrite: false)
    registers.setValue(port.control, control)
    return word
  }

  /// Writes a register of a port. Bytes outside `lanes` keep what the register, or the memory, has there.
  mutating func writePort(_ value: UInt32, lanes: UInt32, to location: RegisterFile.Location, isData: Bool) {
    let isDataRegister = registers.index(location) & 1 == 1
    let control = RegisterFile.Location(
      entry: location.entry, value: location.value &- (isDataRegister ? 1 : 0))
    var port = MemoryPort(registers.value(control))
    if isDataRegister {
      if isData {
        let word = transfers.memory.word(port.index) & ~lanes | value & lanes
        transfers.memory.setWord(word, at: port.index)
      } else {
        let word = processor.memory.word(port.index) & ~lanes | value & lanes
        processor.memory.setWord(word, at: port.index)
      }
      port.advance(afterWrite: true)
    } else {
      port = MemoryPort(port.control & ~lanes | value & lanes)
    }
    registers.setValue(port.control, control)
  }
}
