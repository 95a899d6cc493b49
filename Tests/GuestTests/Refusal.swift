// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// Expects that QEMU ended by itself before the guest started, with one line that holds all of these words.
func expectRefusal(
  _ run: ConsoleRun, naming words: [String], sourceLocation: SourceLocation = #_sourceLocation
) throws {
  #expect(run.ending == .exited(1), sourceLocation: sourceLocation)
  #expect(run.console.isEmpty, sourceLocation: sourceLocation)
  let message = try #require(run.messages.first, sourceLocation: sourceLocation)
  #expect(run.messages == [message], "there is more than one line", sourceLocation: sourceLocation)
  for word in words {
    #expect(message.contains(word), sourceLocation: sourceLocation)
  }
  for word in ["Assertion", "assert", "Fatal error", "abort"] {
    #expect(!message.contains(word), sourceLocation: sourceLocation)
  }
}
