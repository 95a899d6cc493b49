// SPDX-License-Identifier: GPL-2.0-or-later

import Glibc
import SystemPackage

/// Files that people write or scripts make, and that have some lines.
enum SmallText {
  /// Bytes that none of them has.
  private static let limit = 1 << 20

  /// The text of a file, or nil if it cannot be read as one. Neither a FIFO nor a device nor the wrong file keeps anybody
  /// waiting or fills the memory.
  static func contents(of path: String) -> String? {
    guard
      let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: [.nonBlocking, .closeOnExec])
    else { return nil }
    defer { try? file.close() }
    guard let bytes = try? bytes(of: file) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func bytes(of file: FileDescriptor) throws -> [UInt8] {
    var status = stat()
    guard fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Errno.invalidArgument
    }
    var bytes: [UInt8] = []
    while true {
      let part = try [UInt8](unsafeUninitializedCapacity: 1 << 16) { room, count in
        count = try file.read(into: UnsafeMutableRawBufferPointer(room))
      }
      if part.isEmpty { return bytes }
      bytes += part
      guard bytes.count < limit else { throw Errno.fileTooLarge }
    }
  }
}
