// SPDX-License-Identifier: GPL-2.0-or-later

/// Why a device is reset (PCI Express Base 6.0, 6.6).
public enum ResetKind: UInt8, Sendable {
  /// The machine starts, or starts again.
  case cold
  /// Secondary bus reset (hot reset).
  case bus
  /// Function level reset.
  case function
}

extension GraceDevice {
  /// Resets registers, the device's part of configuration space, and readiness. Memory keeps its contents, unless the user
  /// wants otherwise.
  public mutating func reset(_ kind: ResetKind) {
    registers.resetValues()
    transfers.reset()
    processor.reset()
    doorbellCount = 0
    resetConfig(kind)
    // The host puts the function back into D0.
    isAsleep = false
    readiness.reset(now: host.now(), isCold: kind == .cold)
    if options.resetClearsMemory { host.clearMemory(from: 0, byteCount: options.memorySize) }
    if kind == .cold { hasHungReset = false }
    if kind == .function, fault == .resetHangs { hasHungReset = true }
    followReadiness()
    followPresence()
    followFirstPoison()
  }

  /// The guest's clock has reached `now` (nanoseconds): brings up what is due.
  public mutating func clock(_ now: UInt64) {
    readiness.advance(to: now)
    followReadiness()
  }

  /// A function whose reset does not end answers nothing, which its memory is part of.
  private var isMemoryThere: Bool {
    readiness.isMemoryReady && !fault.takesMemoryAway && !isAsleep && !hasHungReset
  }

  /// Tells the host what follows from readiness: what the memory answers, and when to call again.
  mutating func followReadiness() {
    let mode: RegionMode = isMemoryThere ? .memory : .ones
    if mode != memoryMode {
      memoryMode = mode
      var index = 0
      while let region = regions[index] {
        if region.isCoherentMemory { host.setMode(mode, region: index) }
        index += 1
      }
    }
    registers.setStatus(link: linkStatus, boot: bootStatus)
    updateReadinessInConfig()
    host.setTimer(deadline: readiness.nextDeadline)
    serveAllChannels()
  }
}
