// SPDX-License-Identifier: GPL-2.0-or-later

import FoundationEssentials
import Glibc

/// A temporary folder for QEMU's socket, which only its owner can enter.
struct SocketFolder: Sendable {
  private let folder: String

  /// Where QEMU is to listen.
  var socketPath: String { folder + "/qmp" }
  /// Where QEMU is to listen for the state of a guest that moves to it; no longer than the other.
  var migrationPath: String { folder + "/in" }
  /// Where it is to listen for accesses of a test.
  var testPath: String { folder + "/qt" }
  /// Where QEMU is to listen for a debugger.
  var debugPath: String { folder + "/gdb" }

  /// Makes the folder. Its name is short, as is what fits the address of a socket.
  init() throws(QMPError) {
    let path = FileManager.default.temporaryDirectory.path
    let base = path.hasSuffix("/") ? path : path + "/"
    var template = Array((base + "grace-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      throw .cannotConnect(path: base, reason: String(cString: strerror(errno)))
    }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard socketPath.utf8.count <= LineSocket.longestPath else {
      remove()
      throw .pathTooLong(path: socketPath, limit: LineSocket.longestPath)
    }
  }

  /// QEMU's arguments for its monitor; a doubled comma belongs to the value.
  var arguments: [String] {
    let path = socketPath.split(separator: ",", omittingEmptySubsequences: false).joined(separator: ",,")
    return ["-qmp", "unix:\(path),server=on,wait=off"]
  }

  /// Removes the folder with what is in it.
  func remove() {
    try? FileManager.default.removeItem(atPath: folder)
  }
}
