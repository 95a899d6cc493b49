// SPDX-License-Identifier: GPL-2.0-or-later

import SystemPackage

/// Files that people write or scripts make, and that have some lines.
enum SmallText {
  /// Bytes that none of them has.
  private static let limit = 1 << 20

  /// The text of a file, or nil if it cannot be read as one. Neither a FIFO nor a device nor the wrong file keeps anybody
  /// waiting or fills the memory.
  static func contents(of path: String) -> String? {
    guard let bytes = try? RegularFile.read(path, bytes(of:)) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func bytes(of file: FileDescriptor) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let part = try file.nextBytes(upTo: 1 << 16)
      if part.isEmpty { return bytes }
      bytes += part
      guard bytes.count < limit else { throw Errno.fileTooLarge }
    }
  }
}
