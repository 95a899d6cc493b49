// SPDX-License-Identifier: GPL-2.0-or-later

/// What must be up before the coherent memory can be used: the chip-to-chip link, and the memory's training.
///
/// Both fall back at a reset and come up after a delay of their own.
struct Readiness {
  /// A part that comes up at a time.
  struct Part {
    /// How long it takes to come up.
    let delay: ReadinessDelay
    /// Whether it is up.
    private(set) var isUp = false
    /// When it comes up, on the guest's clock; meaningless once it is up.
    private(set) var deadline: UInt64 = 0

    init(delay: ReadinessDelay) { self.delay = delay }

    mutating func reset(now: UInt64, isCold: Bool) {
      let delay = isCold ? delay.fromStart : delay.fromReset
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

  mutating func reset(now: UInt64, isCold: Bool) {
    link.reset(now: now, isCold: isCold)
    boot.reset(now: now, isCold: isCold)
    information.reset(now: now, isCold: isCold)
    activity.reset(now: now, isCold: isCold)
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

/// How long a part takes to come up, in nanoseconds.
public struct ReadinessDelay: Equatable, Sendable {
  /// From power-on, or a restart of the machine.
  public var fromStart: UInt64
  /// From a reset of the function or of its bus.
  public var fromReset: UInt64

  /// The same delay from every reset.
  public init(_ delay: UInt64) { self.init(fromStart: delay, fromReset: delay) }

  /// Different delays.
  public init(fromStart: UInt64, fromReset: UInt64) {
    self.fromStart = fromStart
    self.fromReset = fromReset
  }
}

/// How long everything takes to come up after a reset.
///
/// By default firmware has waited when an operating system starts, and after a reset all is up within the 100 ms that
/// software waits by itself (PCIe Base 6.0, 6.6.2). How long real ones take is not published.
public struct ReadinessDelays: Equatable, Sendable {
  private static var millisecond: UInt64 { 1_000_000 }

  /// The chip-to-chip link.
  public var link = ReadinessDelay(fromStart: 0, fromReset: 30 * millisecond)
  /// Boot and the training of the memory.
  public var boot = ReadinessDelay(fromStart: 0, fromReset: 60 * millisecond)
  /// Memory_Info_Valid of the CXL device DVSEC.
  public var information = ReadinessDelay(fromStart: 0, fromReset: 20 * millisecond)
  /// Memory_Active of the CXL device DVSEC.
  public var activity = ReadinessDelay(fromStart: 0, fromReset: 60 * millisecond)

  /// The defaults.
  public init() {}
}
