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

/// Fills an error for the user: one sentence, cut to the room there is at a character's border.
func fail(_ error: UnsafeMutablePointer<GraceError>, _ code: Int32, _ message: String) -> GraceStatus {
  error.pointee.code = code
  withUnsafeMutableBytes(of: &error.pointee.message) { room in
    var count = 0
    for byte in message.utf8 {
      // What does not fit is not even read: it may be a value of the user's with thousands of bytes.
      if count == room.count - 1 { break }
      room[count] = byte
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

/// The same with a literal, of which no string is made: for want of memory.
func fail(_ error: UnsafeMutablePointer<GraceError>, _ code: Int32, _ message: StaticString) -> GraceStatus {
  error.pointee.code = code
  withUnsafeMutableBytes(of: &error.pointee.message) { room in
    let count = min(message.utf8CodeUnitCount, room.count - 1)
    room.copyBytes(from: UnsafeBufferPointer(start: message.utf8Start, count: count))
    room[count] = 0
  }
  return code
}

/// Whether a structure of the caller's has all of the fields that this version knows.
func isComplete<Structure>(_ size: UInt32, _ type: Structure.Type) -> Bool {
  Int(size) >= MemoryLayout<Structure>.size
}

/// The text at `pointer` up to its zero byte, or the byte after the most that a text may have. Invalid UTF-8 becomes
/// replacement characters.
func text(_ pointer: UnsafePointer<CChar>) -> String {
  let count = length(pointer, atMost: Need.largestText)
  return String(
    decoding: UnsafeRawBufferPointer(start: UnsafeRawPointer(pointer), count: count), as: UTF8.self)
}
