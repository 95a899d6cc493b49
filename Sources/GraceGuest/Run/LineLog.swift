// SPDX-License-Identifier: GPL-2.0-or-later

import SystemPackage

/// A file to which lines are appended as they come, such as those of guests' consoles.
public struct LineLog: Sendable {
  private let file: FileDescriptor

  /// What a waiting person sees.
  public static let standardError = LineLog(file: .standardError)

  private init(file: FileDescriptor) {
    self.file = file
  }

  /// Opens the file, or makes it.
  public init(appendingTo path: String) throws(LineLogError) {
    do {
      file = try FileDescriptor.open(
        FilePath(path), .writeOnly, options: [.append, .create],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch {
      throw .cannotWrite(path: path, reason: "\(error)")
    }
  }

  /// Writes a line. A log that can be written no longer does not stop the guest.
  public func write(_ line: String) {
    _ = try? file.writeAll((line + "\n").utf8)
  }

  /// Closes the file.
  public func close() {
    try? file.close()
  }
}

/// Why a log cannot be kept.
public enum LineLogError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be written.
  case cannotWrite(path: String, reason: String)

  /// The error as one sentence.
  public var description: String {
    switch self {
    case .cannotWrite(let path, let reason):
      "The log \(path) cannot be written (\(reason)); name another file."
    }
  }
}
