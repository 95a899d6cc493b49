// SPDX-License-Identifier: GPL-2.0-or-later

import FoundationEssentials

/// What the hypervisor needs to start its guests, as an archive for its kernel to unpack: their kernel, programs and
/// firmware, and the arguments of their VMMs (guest/nested-check.h).
struct NestedArchive {
  static let folder = "/nested"
  static let kernel = "/nested/kernel"
  static let initrd = "/nested/initrd"
  static let firmware = "/nested/firmware"

  /// A kernel of that guest's own.
  static func kernel(ofGuest index: Int) -> String { "/nested/\(index).kernel" }

  private(set) var bytes = Data()
  private var fileCount: UInt32 = 0

  init(_ machine: NestedMachine, assets: GuestAssets) throws {
    add("nested", mode: 0o40755, Data())
    add("nested/initrd", mode: 0o100644, try NestedArchive.read(try assets.path(.initrd)))
    add("nested/firmware", mode: 0o100644, try NestedArchive.read(try assets.path(.firmware)))
    if machine.guests.contains(where: { $0.kernel == nil }) {
      add("nested/kernel", mode: 0o100644, try NestedArchive.read(try assets.path(.kernel)))
    }
    for (index, guest) in machine.guests.enumerated() {
      let arguments = machine.arguments(ofGuest: index).joined(separator: "\n")
      add("nested/\(index).arguments", mode: 0o100644, Data(arguments.utf8))
      if let kernel = guest.kernel {
        add("nested/\(index).kernel", mode: 0o100644, try NestedArchive.read(kernel))
      }
    }
    finish()
  }

  private static func read(_ path: String) throws(JoinedFileError) -> Data {
    guard let data = try? Data(contentsOf: URL(filePath: path)) else { throw .cannotRead(path) }
    return data
  }

  /// An entry of the format `newc` (Documentation/driver-api/early-userspace/buffer-format.rst of Linux).
  private mutating func add(_ name: String, mode: UInt32, _ contents: Data) {
    fileCount += 1
    let size = UInt32(clamping: contents.count)
    // i-node, mode, owner, group, links, time, size, four device numbers, length of the name, checksum
    let fields = [fileCount, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, UInt32(name.utf8.count + 1), 0]
    bytes += Data("070701".utf8)
    for field in fields { bytes += Data(hex(UInt64(field), digits: 8).utf8) }
    bytes += Data(name.utf8) + [0]
    pad()
    bytes += contents
    pad()
  }

  private mutating func finish() {
    add("TRAILER!!!", mode: 0, Data())
    // As cpio does; the next archive must begin at a multiple of four.
    bytes += Data(count: (512 - bytes.count % 512) % 512)
  }

  private mutating func pad() {
    bytes += Data(count: (4 - bytes.count % 4) % 4)
  }
}
