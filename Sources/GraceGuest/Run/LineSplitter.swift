// SPDX-License-Identifier: GPL-2.0-or-later

/// Cuts a serial console's bytes into lines of text.
///
/// Carriage returns and terminal control sequences, which firmware writes in plenty, are left out.
struct LineSplitter {
  /// A line that grows longer is cut there: a runaway guest must not fill the host's memory.
  static let longestLine = 1 << 20

  private var line: [UInt8] = []
  private var state = State.text

  private enum State {
    case text
    /// After ESC.
    case escape
    /// Inside of ESC [ ... (ECMA-48, 5.4), up to a byte from 0x40.
    case controlSequence
  }

  /// Takes bytes and returns the lines that they complete.
  mutating func append(_ bytes: some Sequence<UInt8>) -> [String] {
    var lines: [String] = []
    for byte in bytes {
      switch (state, byte) {
      case (.text, 0x1b): state = .escape
      case (.text, UInt8(ascii: "\n")): lines.append(takeLine())
      case (.text, UInt8(ascii: "\t")), (.text, 0x20...): line.append(byte)
      case (.text, _): break
      case (.escape, UInt8(ascii: "[")): state = .controlSequence
      case (.escape, _): state = .text
      case (.controlSequence, 0x40...0x7e): state = .text
      case (.controlSequence, UInt8(ascii: "\n")):
        state = .text
        lines.append(takeLine())
      case (.controlSequence, _): break
      }
      if line.count >= LineSplitter.longestLine { lines.append(takeLine()) }
    }
    return lines
  }

  /// The last line, if it was not ended.
  mutating func finish() -> String? {
    line.isEmpty ? nil : takeLine()
  }

  private mutating func takeLine() -> String {
    defer { line.removeAll(keepingCapacity: true) }
    return String(decoding: line, as: UTF8.self)
  }
}
