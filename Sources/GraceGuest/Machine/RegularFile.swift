// SPDX-License-Identifier: GPL-2.0-or-later

import Glibc
import SystemPackage

/// Files that a user names. Neither a FIFO nor a device keeps anybody waiting.
enum RegularFile {
  /// Opens a file for reading as long as `body` runs.
  ///
  /// - Throws: `Errno.invalidArgument` if there is something else than a regular file; what opening or `body` throws.
  static func read<Result>(_ path: String, _ body: (FileDescriptor) throws -> Result) throws -> Result {
    let file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.nonBlocking, .closeOnExec])
    return try file.closeAfter {
      var status = stat()
      guard fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        throw Errno.invalidArgument
      }
      return try body(file)
    }
  }
}

extension FileDescriptor {
  /// The next bytes, at most so many; none at the end.
  func nextBytes(upTo limit: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: limit) { room, count in
      count = try read(into: UnsafeMutableRawBufferPointer(room))
    }
  }
}
