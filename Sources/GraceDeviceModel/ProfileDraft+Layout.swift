// SPDX-License-Identifier: GPL-2.0-or-later

// Whether the capabilities of a profile can stand side by side.

extension ProfileDraft {
  /// A user's own DVSEC of the MIG bug says whether the chip has it.
  mutating func checkMIGFix() throws(ProfileError) {
    guard let (capability, line) = capabilities.migFix else { return }
    let isFixed = capability.registers[1].reset & Capability.migFixBit != 0
    let other = self.line(of: "mig-fix")
    if other > 0, isFixed == profile.chip.hasMIGBug {
      throw ProfileError(
        line,
        "this DVSEC says that the MIG bug is %, in bit 16 of its dword at 0x8, and line % says the contrary; change one",
        [isFixed ? "fixed" : "there", ProfileText.decimal(other)])
    }
    profile.chip.hasMIGBug = !isFixed
  }

  func checkCapabilities() throws(ProfileError) {
    let all = profile.chip.capabilities(traits(isLargest: true))
    for change in capabilities.changes {
      guard let capability = all.first(where: { $0.offset == change.offset }) else {
        var places: [String] = []
        for capability in all { places.append(ProfileText.hex(capability.offset)) }
        throw ProfileError(
          change.line, "% has no capability at %; it has some at %",
          [profile.baseName, ProfileText.hex(change.offset), ProfileText.list(places)])
      }
      if change.place == nil { try checkRemoval(of: capability, line: change.line) }
    }
    // Some are there only with an option; nothing may be in their way, and the list must begin without them.
    try checkOverlaps(all)
    try checkStart(all)
    try checkStart(profile.chip.capabilities(traits(isLargest: false)))
  }

  /// What configuration space depends on, with every capability that options can add, or with none of them.
  private func traits(isLargest: Bool) -> FunctionTraits {
    let chip = profile.chip
    return FunctionTraits(
      chip: chip, isFreeOfMIGBug: isLargest || !chip.hasMIGBug,
      apertureSize: chip.hasAperture ? roundedUpToPowerOfTwo(profile.memorySize) : nil, hasATS: isLargest,
      serialNumber: 0,
      cxl: chip.saysReadinessInConfig ? CXLMemory(size: profile.memorySize, activeTimeout: 0) : nil)
  }

  private func checkRemoval(of capability: Capability, line: Int) throws(ProfileError) {
    let place = [ProfileText.hex(capability.offset)]
    if !capability.isExtended, capability.id == 0x10 {
      throw ProfileError(line, "a PCI Express function has the capability at %; leave it in", place)
    }
    if capability.isCXLDevice {
      throw ProfileError(
        line, "readiness = cxl needs the DVSEC at %; leave it in, or write readiness = registers", place)
    }
    if capability.isMIGFix, !profile.chip.hasMIGBug, capabilities.migFix == nil {
      throw ProfileError(
        line, "the DVSEC at % says that the MIG bug is fixed; leave it in, or write mig-fix = off", place)
    }
  }

  /// The line that put a capability where it is; 0 if it is where the base has it.
  private func line(ofPlace offset: UInt16) -> Int {
    for (capability, line) in capabilities.added where capability.offset == offset { return line }
    for change in capabilities.changes where change.place == offset { return change.line }
    return 0
  }

  private func checkOverlaps(_ base: [Capability]) throws(ProfileError) {
    let list = capabilities.applied(to: base, isFreeOfMIGBug: true)
    var earlier: Capability?
    for capability in list {
      let line = line(ofPlace: capability.offset)
      let end: UInt64 = capability.isExtended ? 0x1000 : 0x100
      guard UInt64(capability.offset) + UInt64(capability.byteCount) <= end else {
        throw ProfileError(
          line, "the capability at % has % bytes and its space ends at %; use a lower offset",
          [
            ProfileText.hex(capability.offset), ProfileText.decimal(Int(capability.byteCount)),
            ProfileText.hex(end),
          ])
      }
      if let earlier, Int(earlier.offset) + Int(earlier.byteCount) > Int(capability.offset) {
        throw ProfileError(
          max(line, self.line(ofPlace: earlier.offset)),
          "the capability at % overlaps that at %, which has % bytes; use another offset, or remove one",
          [
            ProfileText.hex(capability.offset), ProfileText.hex(earlier.offset),
            ProfileText.decimal(Int(earlier.byteCount)),
          ])
      }
      earlier = capability
    }
  }

  /// Software finds the extended capabilities from 0x100 on (PCIe Base 6.0, 7.6.1).
  private func checkStart(_ base: [Capability]) throws(ProfileError) {
    let list = capabilities.applied(to: base, isFreeOfMIGBug: !profile.chip.hasMIGBug)
    guard let first = list.first(where: { $0.isExtended }), first.offset != 0x100 else { return }
    throw ProfileError(
      capabilities.change(of: 0x100)?.line ?? 0,
      "the list of extended capabilities begins at 0x100, and none is there; move or declare one at that offset"
    )
  }
}
