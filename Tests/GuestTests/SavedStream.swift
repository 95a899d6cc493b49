// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceGuest
import Testing

/// The state of a machine that QEMU wrote to a file, with where the device's part of it is; offsets and lengths are in bytes.
struct SavedStream: Sendable {
  var bytes: Data
  /// The name of the device's section; its version and data follow.
  let name: Int
  /// The plug-in's state, and its length in the 4 bytes before it, big-endian.
  let state: Int
  let length: Int

  /// Finds them by what begins them: a section's name (migration/savevm.c of QEMU), and the magic of docs/abi.md.
  init(_ bytes: Data) throws {
    self.bytes = bytes
    state = try #require(bytes.range(of: Data("GRSS".utf8))).lowerBound
    name = try #require(
      bytes.range(of: Data("/grace-gpu".utf8), options: .backwards, in: 0..<state)?.lowerBound)
    length = bytes[state - 4..<state].reduce(0) { $0 << 8 | Int($1) }
  }

  mutating func flip(_ bit: UInt8, at index: Int) { bytes[index] ^= bit }

  mutating func setLength(_ length: Int) {
    let bytes = (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) }
    self.bytes.replaceSubrange(state - 4..<state, with: bytes)
  }

  /// A machine whose device was used.
  static let ofUsedDevice = Task { try await save() }

  /// A machine with some registers that are not as after a reset, if the device is there to be written.
  static func save(adding option: String = "") async throws -> SavedStream {
    let assets = try GuestAssets.load(needing: [.qemu, .plugin])
    let device = try device(assets) + option
    let path = FileManager.default.temporaryDirectory.appending(path: "grace-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let test = try await GuestLab.inPlace {
      try await QEMUProcess.testing([device], assets: assets) { machine in
        // Cache line size and interrupt line.
        try machine.write(0x5a, at: machine.config(0) + 0x0c, size: 1)
        try machine.write(0xa5, at: machine.config(0) + 0x3c, size: 1)
        try machine.startSaving(to: path)
        try machine.finishSaving()
      }
    }
    try #require(test.run.ending == .exited(0))
    return try SavedStream(Data(contentsOf: URL(filePath: path)))
  }

  /// The device of such a machine, as `-device` takes it.
  static func device(_ assets: GuestAssets) throws -> String {
    "grace-gpu,id=gpu0,profile=gh200-480gb,memory-size=1536M,plugin=\(try assets.path(.plugin))"
  }
}
