// SPDX-License-Identifier: GPL-2.0-or-later

// What can be judged only when the whole text is known.

extension ProfileDraft {
  /// Sizes of BAR0. NVIDIA's GPUs have 16 to 64 MiB (public lspci listings); a register needs one of the first 16 MiB.
  private static var smallestRegisterBAR: UInt64 { 4 << 20 }
  private static var largestRegisterBAR: UInt64 { 256 << 20 }

  /// The profile, if all that was said of it can be.
  func finished() throws(ProfileError) -> Profile {
    var draft = self
    draft.close()
    guard line(of: "name") > 0 else {
      throw ProfileError(0, "it has no name; give it one with name =, such as my-\(profile.baseName)")
    }
    try draft.checkMIGFix()
    try draft.checkMemory()
    try draft.checkRegisterBAR()
    try draft.checkMessages()
    try draft.checkCapabilities()
    try draft.checkRegisters()
    draft.applyEdits()
    return draft.profile
  }

  /// A chip with what was changed of it.
  private mutating func applyEdits() {
    let (capabilityEdits, registerEdits) = (capabilities, registers)
    let (base, map) = (profile.chip.capabilities, profile.chip.registers)
    if !capabilityEdits.isEmpty {
      profile.chip.capabilities = { capabilityEdits.applied(to: base($0), isFreeOfMIGBug: $0.isFreeOfMIGBug) }
    }
    if !registerEdits.isEmpty {
      profile.chip.registers = { RegisterEdit.applying(registerEdits, to: map($0, $1)) }
    }
  }

  /// The same limits as those of the device's options, which can set another size.
  private func checkMemory() throws(ProfileError) {
    let line = line(of: "memory-size")
    let size = profile.memorySize
    let smallest = profile.chip.hasMIGBug ? MemorySplit.smallestDivided : DeviceOptions.memoryUnit
    func fail(_ problem: OptionError) throws(ProfileError) { throw ProfileError(line, problem.message) }
    if size < smallest { try fail(.memoryTooSmall(size, smallest: smallest, profile: profile.name)) }
    if size > DeviceOptions.largestMemory { try fail(.memoryTooLarge(size, largest: DeviceOptions.largestMemory)) }
    if size % DeviceOptions.memoryUnit != 0 { try fail(.memoryUneven(size, unit: DeviceOptions.memoryUnit)) }

    let base = profile.memoryBase
    let baseLine = self.line(of: "memory-base")
    if base % DeviceOptions.baseAlignment != 0 {
      throw ProfileError(
        baseLine, OptionError.baseUnaligned(base, alignment: DeviceOptions.baseAlignment).message)
    }
    if base == 0 || base >= DeviceOptions.addressLimit || size > DeviceOptions.addressLimit - base {
      throw ProfileError(baseLine, OptionError.baseOutOfRange(base, size: size).message)
    }
  }

  private func checkRegisterBAR() throws(ProfileError) {
    let size = profile.chip.registerBARSize
    guard size.nonzeroBitCount == 1, size >= Self.smallestRegisterBAR, size <= Self.largestRegisterBAR else {
      throw ProfileError(
        line(of: "bar0-size"),
        "bar0-size of \(size) bytes is no size of BAR0; use a power of two from 4M to 256M")
    }
  }

  /// Table and pending bits (PCIe Base 6.0, 7.7.2): 16 bytes for each vector, and eight for each 64 of them.
  private func checkMessages() throws(ProfileError) {
    let chip = profile.chip
    guard chip.messageVectors >= 1, chip.messageVectors <= 2048 else {
      throw ProfileError(
        line(of: "msix-vectors"), "msix-vectors=\(chip.messageVectors) is impossible; use 1 to 2048")
    }
    let table = chip.messageTable
    let pending = chip.messagePending
    try checkMessages("msix-table", table)
    try checkMessages("msix-pending", pending)
    guard table.upperBound <= pending.lowerBound || pending.upperBound <= table.lowerBound else {
      throw ProfileError(
        max(line(of: "msix-table"), line(of: "msix-pending"), line(of: "msix-vectors")),
        "the MSI-X table, 0x\(hexadecimal(table.lowerBound)) to 0x\(hexadecimal(table.upperBound - 1)), overlaps "
          + "the pending bits, 0x\(hexadecimal(pending.lowerBound)) to 0x\(hexadecimal(pending.upperBound - 1)); "
          + "move one with msix-table = or msix-pending =")
    }
  }

  private func checkMessages(_ name: String, _ range: Range<UInt64>) throws(ProfileError) {
    let place = max(line(of: name), line(of: "msix-vectors"), line(of: "bar0-size"))
    guard range.lowerBound % 8 == 0 else {
      throw ProfileError(
        place,
        "\(name)=0x\(hexadecimal(range.lowerBound)) is not a multiple of 8; use "
          + "0x\(hexadecimal(range.lowerBound & ~7))")
    }
    guard range.upperBound <= profile.chip.registerBARSize else {
      throw ProfileError(
        place,
        "\(name)=0x\(hexadecimal(range.lowerBound)) takes \(range.upperBound - range.lowerBound) bytes and BAR0 ends at "
          + "0x\(hexadecimal(profile.chip.registerBARSize)); use a lower offset")
    }
  }
}

extension Chip {
  /// The MSI-X table's place in BAR0.
  var messageTable: Range<UInt64> {
    UInt64(messageTableOffset)..<UInt64(messageTableOffset) + 16 * UInt64(messageVectors)
  }

  /// The place of the pending bits in BAR0.
  var messagePending: Range<UInt64> {
    UInt64(messagePendingOffset)..<UInt64(messagePendingOffset) + (UInt64(messageVectors) + 63) / 64 * 8
  }
}
