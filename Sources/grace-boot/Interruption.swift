// SPDX-License-Identifier: GPL-2.0-or-later

import Dispatch
import Glibc
import Synchronization

/// Signals that end the program: what it began is ended first, and what it made is removed.
enum Interruption {
  /// Ctrl-C, `kill`, a terminal that is gone, and a reader of the report that has seen enough.
  private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGPIPE]

  /// Runs `work` to its end, or cancels it at the first of these signals and then ends the program as a shell says it of
  /// who was ended by one: with 128 and the signal's number.
  static func endingProgram(_ work: @escaping @Sendable () async throws -> Void) async throws {
    let first = Mutex<Int32?>(nil)
    let task = Task { try await work() }
    let sources = signals.map { number in
      // The default would end the program before anybody hears of it.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        first.withLock { $0 = $0 ?? number }
        task.cancel()
      }
      source.resume()
      return source
    }
    let result = await task.result
    for source in sources { source.cancel() }
    if let number = first.withLock({ $0 }) { exit(128 + number) }
    try result.get()
  }
}
