// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import Foundation

/// Runs the command with exit statuses of our own: 0 if nothing is wrong, 1 if there are findings, 2 if the command
/// line is wrong or something cannot be read.
@main
enum Main {
  static func main() async {
    do {
      var command = try GraceControl.parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let code as ExitCode {
      GraceControl.exit(withError: code)
    } catch  where GraceControl.exitCode(for: error) == .success {
      // Help, which is no error.
      GraceControl.exit(withError: error)
    } catch {
      var message = GraceControl.message(for: error)
      // Sentences of our own end like sentences; ArgumentParser's do not, and few of them say what to do.
      if !message.hasSuffix("."), !message.hasSuffix("?") {
        message += "; gracectl --help tells what it takes."
      }
      FileHandle.standardError.write(Data("gracectl: \(plain(message))\n".utf8))
      GraceControl.exit(withError: .unreadable)
    }
  }
}

extension Error where Self == ExitCode {
  /// There are errors or warnings.
  static var findings: ExitCode { ExitCode(1) }
  /// The command line is wrong, or something cannot be read.
  static var unreadable: ExitCode { ExitCode(2) }
}
