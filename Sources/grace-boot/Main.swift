// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import GraceGuest

/// Runs the command with exit statuses of our own: 0 if every expectation held, 1 if one did not, 2 if the
/// command line or the set-up is wrong.
@main
enum Main {
  static func main() async {
    do {
      let command = try GraceBoot.parse()
      try await Interruption.endingProgram {
        var command = command
        try await command.run()
      }
    } catch let code as ExitCode {
      GraceBoot.exit(withError: code)
    } catch  where GraceBoot.exitCode(for: error) == .success {
      // Help, which is no error.
      GraceBoot.exit(withError: error)
    } catch {
      var message = GraceBoot.message(for: error)
      // Sentences of our own end like sentences; ArgumentParser's do not, and few of them say what to do.
      if !message.hasSuffix("."), !message.hasSuffix("?") {
        message += "; grace-boot --help tells what it takes."
      }
      LineLog.standardError.write("grace-boot: \(printable(message))")
      GraceBoot.exit(withError: .wrongSetUp)
    }
  }
}

/// The message without what a terminal takes for a command. Arguments and files may have it.
private func printable(_ message: String) -> String {
  String(
    String.UnicodeScalarView(
      message.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
}

extension Error where Self == ExitCode {
  /// An expectation did not hold, or the guest did not get to its end.
  static var notHeld: ExitCode { ExitCode(1) }
  /// The command line or the set-up is wrong.
  static var wrongSetUp: ExitCode { ExitCode(2) }
}
