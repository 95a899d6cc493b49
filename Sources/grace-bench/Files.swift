// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceBench

/// Files that the commands read and write.
enum Files {
  static func read(_ path: String) throws -> String {
    do {
      return try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw FileError.cannotRead(path)
    }
  }

  /// Replaces the file at once, so that nobody reads half of it.
  static func write(_ text: String, to path: String) throws {
    do {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    } catch {
      throw FileError.cannotWrite(path)
    }
  }

  /// The records in these files.
  static func records(_ paths: [String]) throws -> [RunRecord] {
    try paths.map { path in
      do {
        return try JSONDecoder().decode(RunRecord.self, from: Data(try read(path).utf8))
      } catch is DecodingError {
        throw FileError.noRecord(path)
      }
    }
  }
}

/// Why a file is of no use.
enum FileError: Error, CustomStringConvertible {
  case cannotRead(String)
  case cannotWrite(String)
  case noRecord(String)

  var description: String {
    switch self {
    case .cannotRead(let path): "\(path) cannot be read; run scripts/bench, which makes it."
    case .cannotWrite(let path): "\(path) cannot be written; look at the folder and its owner."
    case .noRecord(let path): "\(path) is no record of a run; remove it and run scripts/bench again."
    }
  }
}
