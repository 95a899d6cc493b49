// SPDX-License-Identifier: GPL-2.0-or-later

// What can be judged only when the whole text is known.

extension ProfileDraft {
  /// Sizes of BAR0. NVIDIA's GPUs have 16 to 64 MiB (public lspci listings); a register needs one of the first 16 MiB.
  private static var smallestRegisterBAR: UInt64 { 4 << 20 }
  private static var largestRegisterBAR: UInt64 { 256 << 20 }

  /// Makes the profile whole, if all that was said of it can be.
  mutating func finish() throws(ProfileError) {
    close()
    guard line(of: "name") > 0 else {
      throw ProfileError(0, "it has no name; give it one with name =, such as my-%", [profile.baseName])
    }
    try checkMIGFix()
    try checkMemory()
    try checkRegisterBAR()
    try checkMessages()
    try checkCapabilities()
    try checkRegisters()
    applyEdits()
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
    let size = profile.memorySize
    let smallest = profile.chip.hasMIGBug ? MemorySplit.smallestDivided : DeviceOptions.memoryUnit
    var problem: OptionError?
    if size < smallest {
      problem = .memoryTooSmall(size, smallest: smallest, profile: profile.name)
    } else if size > DeviceOptions.largestMemory {
      problem = .memoryTooLarge(size, largest: DeviceOptions.largestMemory)
    } else if size % DeviceOptions.memoryUnit != 0 {
      problem = .memoryUneven(size, unit: DeviceOptions.memoryUnit)
    }
    if let problem { throw ProfileError(line(of: "memory-size"), problem) }

    let base = profile.memoryBase
    if base % DeviceOptions.baseAlignment != 0 {
      problem = .baseUnaligned(base, alignment: DeviceOptions.baseAlignment)
    } else if base == 0 || base >= DeviceOptions.addressLimit || size > DeviceOptions.addressLimit - base {
      problem = .baseOutOfRange(base, size: size)
    }
    if let problem { throw ProfileError(line(of: "memory-base"), problem) }
  }

  private func checkRegisterBAR() throws(ProfileError) {
    let size = profile.chip.registerBARSize
    guard size.nonzeroBitCount == 1, size >= Self.smallestRegisterBAR, size <= Self.largestRegisterBAR else {
      throw ProfileError(
        line(of: "bar0-size"),
        "bar0-size of % bytes is no size of BAR0; use a power of two from 4M to 256M",
        [ProfileText.decimal(size)])
    }
  }

  /// Table and pending bits (PCIe Base 6.0, 7.7.2): 16 bytes for each vector, and eight for each 64 of them.
  private func checkMessages() throws(ProfileError) {
    let chip = profile.chip
    guard chip.messageVectors >= 1, chip.messageVectors <= 2048 else {
      throw ProfileError(
        line(of: "msix-vectors"), "msix-vectors=% is impossible; use 1 to 2048",
        [ProfileText.decimal(UInt64(chip.messageVectors))])
    }
    let table = chip.messageTable
    let pending = chip.messagePending
    try checkMessages("msix-table", table)
    try checkMessages("msix-pending", pending)
    guard table.upperBound <= pending.lowerBound || pending.upperBound <= table.lowerBound else {
      throw ProfileError(
        max(line(of: "msix-table"), line(of: "msix-pending"), line(of: "msix-vectors")),
        "the MSI-X table, % to %, overlaps the pending bits, % to %; move one with msix-table = or msix-pending =",
        [
          ProfileText.hex(table.lowerBound), ProfileText.hex(table.upperBound - 1),
          ProfileText.hex(pending.lowerBound), ProfileText.hex(pending.upperBound - 1),
        ])
    }
  }

  @inline(never)
  private func checkMessages(_ name: String, _ range: Range<UInt64>) throws(ProfileError) {
    let place = max(line(of: name), line(of: "msix-vectors"), line(of: "bar0-size"))
    guard range.lowerBound % 8 == 0 else {
      throw ProfileError(
        place, "%=% is not a multiple of 8; use %",
        [name, ProfileText.hex(range.lowerBound), ProfileText.hex(range.lowerBound & ~7)])
    }
    guard range.upperBound <= profile.chip.registerBARSize else {
      throw ProfileError(
        place, "%=% takes % bytes and BAR0 ends at %; use a lower offset",
        [
          name, ProfileText.hex(range.lowerBound), ProfileText.decimal(range.upperBound - range.lowerBound),
          ProfileText.hex(profile.chip.registerBARSize),
        ])
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
