// SPDX-License-Identifier: GPL-2.0-or-later

/// What must be up before the coherent memory can be used: the chip-to-chip link, and the memory's training.
///
/// Both fall back at a reset and come up after a delay of their own.
struct Readiness {
  /// A part that comes up at a time.
  struct Part {
    /// Nanoseconds from a reset until it is up.
    let delay: UInt64
    /// Whether it is up.
    private(set) var isUp = false
    /// When it comes up, on the guest's clock; meaningless once it is up.
    private(set) var deadline: UInt64 = 0

    init(delay: UInt64) { self.delay = delay }

    mutating func reset(now: UInt64) {
      isUp = delay == 0
      deadline = now.addingReportingOverflow(delay).overflow ? .max : now &+ delay
    }

    mutating func advance(to now: UInt64) {
      if now >= deadline { isUp = true }
    }

    mutating func restore(isUp: Bool, deadline: UInt64) {
      self.isUp = isUp
      self.deadline = deadline
    }
  }

  /// The chip-to-chip link.
  var link: Part
  /// Boot, of which training the memory is the last step.
  var boot: Part

  init(linkDelay: UInt64, bootDelay: UInt64) {
    link = Part(delay: linkDelay)
    boot = Part(delay: bootDelay)
  }

  /// Whether the coherent memory can be used.
  var isMemoryReady: Bool { link.isUp && boot.isUp }

  /// When the next part comes up, or `UInt64.max` when all are.
  var nextDeadline: UInt64 {
    min(link.isUp ? .max : link.deadline, boot.isUp ? .max : boot.deadline)
  }

  mutating func reset(now: UInt64) {
    link.reset(now: now)
    boot.reset(now: now)
  }

  mutating func advance(to now: UInt64) {
    link.advance(to: now)
    boot.advance(to: now)
  }
}
