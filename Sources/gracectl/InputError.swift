// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel

/// Why tables or listings cannot be read. Each description is a sentence for the user.
enum InputError: Error, Equatable, CustomStringConvertible {
  /// There is no such file, or it cannot be opened.
  case unreadable(path: String, reason: String)
  /// A folder without tables.
  case noTables(folder: String)
  /// A file with no bytes.
  case empty(path: String)
  /// A file that is larger than any table.
  case tooLarge(path: String, limit: Int)
  /// A listing without a single function.
  case noFunctions(path: String)
  /// A program that is not installed.
  case missingProgram(name: String, package: String)
  /// A topology file that is no JSON.
  case notJSON(path: String, reason: String)
  /// A machine that cannot be: the file that describes it, if one does, the place in it, and what to do.
  case noSuchMachine(path: String?, place: String, message: String)
  /// No built-in profile has this name.
  case noSuchProfile(String)
  /// A file that describes no profile: the line, 0 for all of it, and what to do.
  case badProfile(path: String, line: Int, problem: String)
  /// A folder that has a table already which is not one of those that are written.
  case otherTables(folder: String, file: String)
  /// A file that cannot be written.
  case unwritable(path: String, reason: String)

  var description: String {
    switch self {
    case .unreadable(let path, let reason): "'\(path)' cannot be read: \(reason); name another."
    case .noTables(let folder):
      "The folder '\(folder)' has no tables: no file ends in .dat, .aml or .bin or has no suffix at all; name another folder."
    case .empty(let path): "'\(path)' is empty; name another file."
    case .tooLarge(let path, let limit):
      "'\(path)' has more than \(limit) bytes, which no table or listing has; name another file."
    case .noFunctions(let path):
      "'\(path)' lists no PCI function; give it the output of lspci -nn or lspci -xxxx."
    case .missingProgram(let name, let package):
      "\(name) is needed to evaluate the AML and is not installed; install the package \(package), or pass --no-aml."
    case .notJSON(let path, let reason): "'\(path)' is not JSON: \(reason)."
    case .noSuchMachine(let path, let place, let message):
      (path.map { "'\($0)', " } ?? "") + "\(place): \(message)."
    case .noSuchProfile(let name):
      "There is no profile '\(name)'; use one of: \(Profile.allNames); or a file, whose path has a / or ends in .profile."
    case .badProfile(let path, let line, let problem):
      "'\(path)'" + (line > 0 ? ", line \(line)" : "") + ": \(problem)."
    case .otherTables(let folder, let file):
      "The folder '\(folder)' has another table, '\(file)', which check would read with these; use a new folder."
    case .unwritable(let path, let reason): "'\(path)' cannot be written: \(reason); name another place."
    }
  }
}
