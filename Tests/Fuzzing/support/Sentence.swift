// SPDX-License-Identifier: GPL-2.0-or-later

/// A message is one line of one sentence without its full stop: what is wrong, and after a semicolon what to do; or, where the
/// form of a line is wrong, how to write it.
func demandSentence(_ message: String) {
  demandPlain(message, allowing: [])
  demand(message.unicodeScalars.first != " ", "a message begins with a word", message)
  demand(message.contains("; ") || message.contains("write "), "a message says what to do", message)
  demand(![".", " ", "!"].contains(message.last), "a message has no full stop", message)
}

/// What is printed cannot move a terminal's cursor or begin a line of its own.
func demandPlain(_ text: String, allowing allowed: Set<Unicode.Scalar>) {
  for scalar in text.unicodeScalars where !allowed.contains(scalar) {
    let isControl = scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
    demand(!isControl, "text has no control characters", text.debugDescription)
  }
}
