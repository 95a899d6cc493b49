// SPDX-License-Identifier: GPL-2.0-or-later

/// How a transfer ended: what this project's own register shows.
enum TransferResult: UInt8 {
  /// Its bytes were moved, or there was none since the reset.
  case moved
  /// The security processor has not enabled transfers.
  case notEnabled
  /// A size above 256 bytes, or a part of the engine that is not there.
  case unsupported
  /// Physical addresses that are not allowed, or virtual ones, for which there are no page tables.
  case notAllowed
  /// An address that is no multiple of the size, or the end of the data memory.
  case misplaced
  /// The bus refused: Bus Master is off, nothing is mapped there, or the device's own registers are.
  case refusedByBus
  /// The memory refused: it is not ready, ends before, or is bad there.
  case refusedByMemory

  /// What a log says.
  var message: StaticString {
    switch self {
    case .moved: "a transfer succeeded"
    case .notEnabled: "a transfer was started that the security processor has not enabled"
    case .unsupported: "a transfer was started with a command that the engine does not have"
    case .notAllowed: "a transfer was started in a mode that is not allowed"
    case .misplaced: "a transfer was started at a place that its size does not fit"
    case .refusedByBus: "a transfer was refused by the bus"
    case .refusedByMemory: "a transfer was refused by the memory of the GPU"
    }
  }
}

/// What the engine has beside its registers.
///
/// A transfer is over when the register write that starts it is: there is no moment at which one is under way, so none has
/// to be saved, or ended by a reset.
struct TransferEngine {
  /// Whether the security processor has enabled it.
  var isEnabled = false
  /// How the last transfer ended.
  var result = TransferResult.moved
  /// The data memory: one end of each transfer.
  var memory = FalconMemory<1024>()

  mutating func reset() {
    isEnabled = false
    result = .moved
    memory.clear()
  }
}

extension GraceDevice {
  /// Moves bytes as the registers say. One that fails moves none, and leaves the done bit clear until another succeeds: what
  /// hardware does is not published, and so software sees it.
  mutating func startTransfer() {
    transfers.result = moveBytes()
    if transfers.result != .moved { host.log(.guestError, transfers.result.message) }
  }

  private mutating func moveBytes() -> TransferResult {
    guard transfers.isEnabled else { return .notEnabled }
    let command = registers.value(at: TransferSpec.command)
    let size = command >> 8 & 7
    guard command & TransferSpec.unsupported == 0, size <= TransferSpec.largestSize else {
      return .unsupported
    }

    let aperture = registers.value(at: TransferSpec.apertures &+ (command >> 12 & 7) &* 4)
    guard aperture & TransferSpec.isPhysical != 0,
      registers.value(at: TransferSpec.control) & TransferSpec.requiresContext == 0,
      registers.value(at: TransferSpec.interfaceControl) & TransferSpec.allowsPhysical
        == TransferSpec.allowsPhysical
    else { return .notAllowed }

    // A transfer of a power of two at a multiple of it never crosses the border of a block of 256 bytes, and the alignment
    // is the hardware's own (envytools, docs/hw/falcon/xfer.rst).
    let count = 4 << Int(size)
    let local = Int(registers.value(at: TransferSpec.localOffset))
    let address = transferAddress
    guard (address | UInt64(local)) & UInt64(count - 1) == 0,
      local + count <= TransferSpec.memoryWordCount * 4
    else { return .misplaced }

    let isWrite = command & TransferSpec.isWrite != 0
    switch aperture & 3 {
    case 0: return moveToMemory(isWrite, at: address, count: count, local: local)
    case 1, 2: return moveToBus(isWrite, at: address, count: count, local: local)
    default: return .unsupported
    }
  }

  /// Where the other end of a transfer is.
  private var transferAddress: UInt64 {
    mutating get {
      let base =
        UInt64(registers.value(at: TransferSpec.base)) << 8
        | UInt64(registers.value(at: TransferSpec.highBase)) << 40
        | UInt64(registers.value(at: TransferSpec.topAddress)) << 47
      return base &+ UInt64(registers.value(at: TransferSpec.offset))
    }
  }

  private mutating func moveToBus(_ isWrite: Bool, at address: UInt64, count: Int, local: Int)
    -> TransferResult
  {
    // A function that is gone, or in a reset that does not end, does not reach the bus.
    guard wasPresent else { return .refusedByBus }
    var block = TransferBlock()
    if isWrite {
      fill(&block, count: count, from: local)
      return host.writeBus(at: address, count: count, from: &block) ? .moved : .refusedByBus
    }
    guard host.readBus(at: address, count: count, into: &block) else { return .refusedByBus }
    take(&block, count: count, to: local)
    return .moved
  }

  private mutating func moveToMemory(_ isWrite: Bool, at offset: UInt64, count: Int, local: Int)
    -> TransferResult
  {
    // Behind the GPU's own memory the host keeps other memory, which is not at these addresses.
    guard memoryMode == .memory, offset < options.memorySize, UInt64(count) <= options.memorySize &- offset
    else { return .refusedByMemory }
    var block = TransferBlock()
    if isWrite {
      fill(&block, count: count, from: local)
      return host.writeMemory(at: offset, count: count, from: &block) ? .moved : .refusedByMemory
    }
    guard host.readMemory(at: offset, count: count, into: &block) else { return .refusedByMemory }
    take(&block, count: count, to: local)
    return .moved
  }

  /// Bytes of the data memory into a block; `count` and `local` are multiples of 4, and inside.
  private mutating func fill(_ block: inout TransferBlock, count: Int, from local: Int) {
    var index = 0
    while index < count {
      let word = transfers.memory.word((local &+ index) >> 2)
      for lane in 0..<4 {
        block.bytes[index &+ lane] = UInt8(truncatingIfNeeded: word >> UInt32(lane &* 8))
      }
      index &+= 4
    }
  }

  /// Bytes of a block into the data memory, likewise.
  private mutating func take(_ block: inout TransferBlock, count: Int, to local: Int) {
    var index = 0
    while index < count {
      var word: UInt32 = 0
      for lane in 0..<4 { word |= UInt32(block.bytes[index &+ lane]) << UInt32(lane &* 8) }
      transfers.memory.setWord(word, at: (local &+ index) >> 2)
      index &+= 4
    }
  }
}
