// SPDX-License-Identifier: GPL-2.0-or-later

import CQemuBridge
import GraceDeviceModel

/// A device as QEMU's calls reach it.
typealias Device = GraceDevice<QemuHost>

/// The device behind a handle: what `create` allocated.
@inline(__always)
func device(_ handle: OpaquePointer) -> UnsafeMutablePointer<Device> {
  UnsafeMutablePointer<Device>(handle)
}

/// Fills an error for the user: one sentence, cut to the room there is at a character's border, and without what a terminal
/// takes for a command.
func fail(_ error: UnsafeMutablePointer<GraceError>, _ code: Int32, _ message: String) -> GraceStatus {
  error.pointee.code = code
  withUnsafeMutableBytes(of: &error.pointee.message) { room in
    var count = 0
    for byte in message.utf8 where count < room.count - 1 {
      if count > 0, room[count - 1] == 0xc2, byte < 0xa0 {
        // U+0080 to U+009F in two bytes, the second of which ends no other character that begins so.
        room[count - 1] = UInt8(ascii: "?")
        continue
      }
      room[count] = byte < 0x20 || byte == 0x7f ? UInt8(ascii: "?") : byte
      count += 1
    }
    // A cut in the middle of a character leaves continuation bytes behind; take the character away whole.
    if count == room.count - 1 {
      while count > 0, room[count - 1] & 0xc0 == 0x80 { count -= 1 }
      if count > 0, room[count - 1] & 0xc0 == 0xc0 { count -= 1 }
    }
    room[count] = 0
  }
  return code
}

/// Whether a structure of the caller's has all of the fields that this version knows.
func isComplete<Structure>(_ size: UInt32, _ type: Structure.Type) -> Bool {
  Int(size) >= MemoryLayout<Structure>.size
}

/// The text at `pointer` up to its zero byte. Invalid UTF-8 becomes replacement characters.
func text(_ pointer: UnsafePointer<CChar>) -> String {
  var bytes: [UInt8] = []
  var index = 0
  while pointer[index] != 0 {
    bytes.append(UInt8(bitPattern: pointer[index]))
    index += 1
  }
  return String(decoding: bytes, as: UTF8.self)
}
