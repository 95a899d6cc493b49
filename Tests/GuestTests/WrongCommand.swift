// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import Subprocess
import SystemPackage
import Testing

/// A command line of a program or script that cannot work.
struct WrongCommand: CustomTestStringConvertible, Sendable {
  /// `gracectl`, `grace-boot`, or the path of a script in the checkout; then the arguments. Two blanks are an empty one.
  let command: String
  let environment: [String: String]
  /// Files that are there before, by their names; the program runs in their folder.
  let files: [String: [UInt8]]
  let status: Int32
  /// All that the program says, but for its name. FOLDER stands for the folder of the files.
  let message: String

  init(
    _ command: String, status: Int32 = 2, files: [String: String] = [:], environment: [String: String] = [:],
    _ message: String
  ) {
    self.command = command
    self.environment = environment
    self.files = files.mapValues { Array($0.utf8) }
    self.status = status
    self.message = message
  }

  var testDescription: String {
    let variables = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value) " }.joined()
    return variables + command
  }
}

// One after the other: they take milliseconds, and each has pipes and a folder of its own.
@Suite("Command lines that cannot be", .serialized)
struct WrongCommandTests {
  private static let checkout = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  /// Where `swift build` put the programs: beside this one.
  private static let programs = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().path

  @Test(
    "a program or script ends with this message and status, and leaves nothing", arguments: WrongCommand.all)
  func refusal(command: WrongCommand) async throws {
    try await withFiles(command.files) { folder in
      let words = command.command.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      let isScript = words[0].hasPrefix("scripts/")
      let path = (isScript ? Self.checkout : Self.programs) + "/" + words[0]
      // Nothing of the caller's decides, and what is left anywhere is found.
      var environment: [Environment.Key: String?] = [
        "TMPDIR": folder, "GRACE_CACHE": folder + "/cache", "GRACE_ASSETS": nil, "KERNEL_SRC": nil,
        "QEMU_SRC": nil, "GRACE_LOGS": nil,
      ]
      for (name, value) in command.environment {
        if let key = Environment.Key(rawValue: name) { environment[key] = value }
      }
      let result = try await Subprocess.run(
        .path(FilePath(path)), arguments: Arguments(Array(words.dropFirst())),
        environment: .inherit.updating(environment), workingDirectory: FilePath(folder), input: .none,
        output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
      #expect(result.terminationStatus == .exited(command.status))
      #expect(result.standardOutput == "")
      var text = result.standardError.replacing(folder, with: "FOLDER").replacing(
        Self.checkout, with: "CHECKOUT")
      let prefix = isScript ? "error: " : words[0] + ": "
      #expect(text.hasPrefix(prefix) && text.hasSuffix("\n"), "\(text)")
      text = String(text.dropFirst(prefix.count).dropLast())
      #expect(text == command.message)
    }
  }
}

extension WrongCommand {
  static let all = check + tables + profiles + boot + scripts
}
