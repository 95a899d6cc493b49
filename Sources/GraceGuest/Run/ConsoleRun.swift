// SPDX-License-Identifier: GPL-2.0-or-later

/// A line of the guest's console.
public struct ConsoleLine: Hashable, Sendable {
  /// The text, without control sequences and the end of the line.
  public let text: String
  /// When it came, counted from QEMU's start.
  public let time: Duration

  /// A line that came at that time.
  public init(_ text: String, at time: Duration) {
    self.text = text
    self.time = time
  }
}

/// What a run of QEMU left, whether or not a guest came up in it.
public struct ConsoleRun: Hashable, Sendable {
  /// How QEMU ended.
  public enum Ending: Hashable, Sendable {
    /// It returned that status.
    case exited(Int)
    /// That signal ended it.
    case signaled(Int)
    /// It was ended, because the time limit had passed.
    case timedOut(limit: Duration)
  }

  /// The guest's console.
  public let console: [ConsoleLine]
  /// QEMU's own messages, line by line.
  public let messages: [String]
  /// How QEMU ended.
  public let ending: Ending
  /// Time from QEMU's start to its end.
  public let wallTime: Duration

  /// A run that is over.
  public init(console: [ConsoleLine], messages: [String], ending: Ending, wallTime: Duration) {
    self.console = console
    self.messages = messages
    self.ending = ending
    self.wallTime = wallTime
  }
}
