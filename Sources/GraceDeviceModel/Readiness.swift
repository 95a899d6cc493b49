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
  /// What the CXL device DVSEC says of the memory's size (Memory_Info_Valid).
  var information: Part
  /// That the memory can be used, as the CXL device DVSEC says (Memory_Active).
  var activity: Part

  init(_ delays: ReadinessDelays) {
    link = Part(delay: delays.link)
    boot = Part(delay: delays.boot)
    information = Part(delay: delays.information)
    activity = Part(delay: delays.activity)
  }

  /// Whether the coherent memory can be used.
  var isMemoryReady: Bool { link.isUp && boot.isUp && information.isUp && activity.isUp }

  /// When the next part comes up, or `UInt64.max` when all are.
  var nextDeadline: UInt64 {
    min(
      min(link.isUp ? .max : link.deadline, boot.isUp ? .max : boot.deadline),
      min(information.isUp ? .max : information.deadline, activity.isUp ? .max : activity.deadline))
  }

  mutating func reset(now: UInt64) {
    link.reset(now: now)
    boot.reset(now: now)
    information.reset(now: now)
    activity.reset(now: now)
  }

  mutating func advance(to now: UInt64) {
    link.advance(to: now)
    boot.advance(to: now)
    information.advance(to: now)
    activity.advance(to: now)
  }
}

extension Readiness {
  /// Which parts are up: link, boot, information, activity from bit 0 on.
  var flags: UInt32 {
    UInt32(link.isUp ? 1 : 0) | UInt32(boot.isUp ? 2 : 0) | UInt32(information.isUp ? 4 : 0)
      | UInt32(activity.isUp ? 8 : 0)
  }

  /// When each part comes up, in the same order.
  var deadlines: InlineArray<4, UInt64> {
    [link.deadline, boot.deadline, information.deadline, activity.deadline]
  }

  /// Takes over both.
  mutating func restore(flags: UInt32, deadlines: InlineArray<4, UInt64>) {
    link.restore(isUp: flags & 1 != 0, deadline: deadlines[0])
    boot.restore(isUp: flags & 2 != 0, deadline: deadlines[1])
    information.restore(isUp: flags & 4 != 0, deadline: deadlines[2])
    activity.restore(isUp: flags & 8 != 0, deadline: deadlines[3])
  }
}

/// How long everything takes to come up after a reset, in nanoseconds.
public struct ReadinessDelays: Equatable, Sendable {
  /// The chip-to-chip link.
  public var link: UInt64 = 0
  /// Boot and the training of the memory.
  public var boot: UInt64 = 0
  /// Memory_Info_Valid of the CXL device DVSEC.
  public var information: UInt64 = 0
  /// Memory_Active of the CXL device DVSEC.
  public var activity: UInt64 = 0

  /// No delay.
  public init() {}
}
