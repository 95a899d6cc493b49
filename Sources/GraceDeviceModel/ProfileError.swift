// SPDX-License-Identifier: GPL-2.0-or-later

/// Why the text of a profile cannot be used. docs/profiles.md describes the format.
///
/// One type and no cases: who reads it is the text's author, and what there is to correct is a line.
public struct ProfileError: Error, Sendable {
  /// The line, from 1 on; 0 if it is something that is missing.
  public let line: Int
  /// What is wrong, and what to do, in one sentence.
  public let problem: String

  init(_ line: Int, _ problem: String) {
    self.line = line
    self.problem = problem
  }

  /// One sentence for the user, in which the file has that name.
  public func message(in file: String) -> String {
    line > 0 ? "\(file), line \(line): \(problem)" : "\(file): \(problem)"
  }
}
