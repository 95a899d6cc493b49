// SPDX-License-Identifier: GPL-2.0-or-later

extension GraceDevice {
  /// Fills the host's configuration space: every byte and every mask, undeclared ones with zero.
  public mutating func attachConfig() {
    for offset in 0..<ConfigLayout.byteCount {
      host.setConfigByte(0, at: offset)
      host.setConfigMasks(ConfigMasks(writable: 0, clearedByOne: 0, checked: 0xff), at: offset)
    }
    for register in layout.registers {
      for lane in 0..<4 {
        let offset = Int(register.offset) + lane
        host.setConfigByte(UInt8(truncatingIfNeeded: register.reset >> UInt32(lane * 8)), at: offset)
        host.setConfigMasks(register.masks(lane: lane), at: offset)
      }
    }
    updateReadinessInConfig()
  }

  /// Says in the CXL device DVSEC what is ready. It changes with readiness alone, so reads need not look.
  mutating func updateReadinessInConfig() {
    guard let register = layout.readinessRegister else { return }
    let value = cxlReadiness(register)
    for lane in 0..<4 {
      host.setConfigByte(
        UInt8(truncatingIfNeeded: value >> UInt32(lane * 8)), at: Int(register.offset) + lane)
    }
  }

  /// The guest is about to read `size` bytes at `offset` of configuration space.
  ///
  /// Registers that change by themselves are brought up to date when they change, so there is nothing to do.
  public mutating func configWillRead(at offset: UInt32, size: UInt32) {}

  /// The guest wrote `size` bytes at `offset` of configuration space, and the host applied the masks.
  ///
  /// The host takes the BARs of a function in D3hot away; memory that is in no BAR is for the device to take away.
  @inline(__always)
  public mutating func configDidWrite(at offset: UInt32, size: UInt32) {
    if changesPower(offset, size: size) { followPowerState() }
  }

  /// Whether a write of `size` bytes at `offset` reaches the power state.
  @inline(__always)
  public mutating func changesPower(_ offset: UInt32, size: UInt32) -> Bool {
    powerOffset >= offset && powerOffset &- offset < size
  }

  /// Takes over the power state from Power Management Control/Status.
  public mutating func followPowerState() {
    guard powerOffset != .max else { return }
    let isNowAsleep =
      host.configByte(at: Int(powerOffset)) & PowerManagement.stateMask == PowerManagement.d3hot
    guard isNowAsleep != isAsleep else { return }
    isAsleep = isNowAsleep
    followReadiness()
  }

  /// Gives the writable bits of capabilities their reset value, as far as this kind of reset reaches them.
  ///
  /// The standard header and what a register declares as the host's is left to the host.
  mutating func resetConfig(_ kind: ResetKind) {
    for register in layout.registers where register.offset >= 0x40 {
      var reached = (register.writable | register.clearedByOne) & ~register.hostOwned
      switch kind {
      case .cold: break
      case .bus: reached &= ~register.sticky
      case .function: reached &= ~(register.sticky | register.keptByFunctionReset)
      }
      guard reached != 0 else { continue }
      for lane in 0..<4 {
        let mask = UInt8(truncatingIfNeeded: reached >> UInt32(lane * 8))
        guard mask != 0 else { continue }
        let offset = Int(register.offset) + lane
        let value = UInt8(truncatingIfNeeded: register.reset >> UInt32(lane * 8))
        host.setConfigByte((host.configByte(at: offset) & ~mask) | (value & mask), at: offset)
      }
    }
  }
}
