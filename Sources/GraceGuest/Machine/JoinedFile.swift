// SPDX-License-Identifier: GPL-2.0-or-later

import FoundationEssentials

/// A temporary file with the contents of several, one after the other.
///
/// The guest's programs and its shell are two archives. The kernel unpacks archives that follow each other,
/// but QEMU takes only one file.
public struct JoinedFile: Sendable {
  /// Where the file is.
  public let path: String

  /// Joins files, behind some bytes if there are any.
  public init(_ paths: [String]) throws(JoinedFileError) {
    try self.init(paths, behind: Data())
  }

  init(_ paths: [String], behind start: Data) throws(JoinedFileError) {
    path = FileManager.default.temporaryDirectory.path + "/grace-boot-\(UUID().uuidString)"
    var contents = start
    for path in paths {
      guard let part = try? Data(contentsOf: URL(filePath: path)) else { throw .cannotRead(path) }
      contents.append(part)
    }
    do { try contents.write(to: URL(filePath: path)) } catch { throw .cannotWrite(path) }
  }

  /// Removes the temporary file.
  public func remove() {
    try? FileManager.default.removeItem(atPath: path)
  }
}

/// Why files could not be joined.
public enum JoinedFileError: Error, Equatable, CustomStringConvertible {
  /// One of them cannot be read.
  case cannotRead(String)
  /// The temporary file cannot be written.
  case cannotWrite(String)

  /// The error as one sentence.
  public var description: String {
    switch self {
    case .cannotRead(let path): "\(path) cannot be read; run scripts/setup."
    case .cannotWrite(let path):
      "\(path) cannot be written; make room there, or set TMPDIR to another folder."
    }
  }
}
