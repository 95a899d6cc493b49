// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceGuest
import Testing

/// A machine's state on its way to another QEMU, changed where the device's part of it is: QEMU refuses to start with it.
/// What a plug-in alone makes of damaged state is in Tests/GracePluginTests and Tests/Fuzzing.
@Suite("Damaged streams of a machine's state")
struct DamagedStreamTests {
  /// Something that happens to a stream, and what QEMU says of it.
  struct Damage: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let words: String
    let apply: @Sendable (inout SavedStream) -> Void

    init(_ description: String, _ words: String, _ apply: @escaping @Sendable (inout SavedStream) -> Void) {
      testDescription = description
      self.words = words
      self.apply = apply
    }
  }

  private static let damaged = "gpu0: the saved state is damaged; save it again"
  private static let endsEarly = "load of migration failed: Input/output error"
  /// The section's name is followed by its instance and its version.
  private static let versionAt = "/grace-gpu".utf8.count + 4

  static let damages = [
    Damage("a bit of the magic", damaged) { $0.flip(1, at: $0.state) },
    Damage("another version of the state", "gpu0: the saved state has version 5, this plug-in reads version")
    {
      $0.flip(1, at: $0.state + 4)
    },
    Damage("a bit of what the state is of", damaged) { $0.flip(0x80, at: $0.state + 8) },
    Damage("a bit of the memory's size", damaged) { $0.flip(1, at: $0.state + 12) },
    Damage("a bit of a register", damaged) { $0.flip(0x10, at: $0.state + $0.length / 2) },
    Damage("a bit of the checksum", damaged) { $0.flip(1, at: $0.state + $0.length - 1) },
    Damage("a length of 0", "gpu0: the saved state has 0 bytes where this device has") { $0.setLength(0) },
    Damage("a length that is too short", "gpu0: the saved state has") { $0.setLength($0.length - 4) },
    Damage("a length that is too long", "gpu0: the saved state has") { $0.setLength($0.length + 4) },
    Damage("a length over 1 MiB", "grace-gpu/at most 1 MiB of the plug-in's state") {
      $0.setLength(1 << 20 + 1)
    },
    Damage("a length of 4 GiB", "grace-gpu/at most 1 MiB of the plug-in's state") { $0.setLength(.max) },
    Damage("a length past the end", endsEarly) { $0.setLength(1 << 20) },
    Damage("cut in the state", endsEarly) { $0.bytes.removeSubrange(($0.state + $0.length / 2)...) },
    Damage("cut before the length", endsEarly) { $0.bytes.removeSubrange(($0.state - 4)...) },
    Damage("cut after the name", endsEarly) { $0.bytes.removeSubrange(($0.name + 10)...) },
    Damage("a bit of the device's id", "Bad config data: i=0x2 ") { stream in
      // Vendor 0x10de, in the section's beginning.
      let id = stream.bytes.range(of: Data([0xde, 0x10]), in: stream.name..<stream.state)
      stream.flip(1, at: (id?.lowerBound ?? stream.name) + 2)
    },
    Damage("a bit of the section's name", "Unknown savevm section or instance") {
      $0.flip(1, at: $0.name + 1)
    },
    Damage("another version of the section", "unsupported version 3 for") {
      $0.flip(2, at: $0.name + versionAt + 3)
    },
  ]

  @Test("QEMU ends with status 1 and says why", arguments: damages)
  func refused(damage: Damage) async throws {
    var stream = try await SavedStream.ofUsedDevice.value
    let bytes = stream.bytes
    damage.apply(&stream)
    try #require(stream.bytes != bytes)
    let assets = try GuestAssets.load(needing: [.qemu, .plugin])
    try await withFiles(["state": [UInt8](stream.bytes)]) { folder in
      let process = try QEMUProcess.testMachine(
        [try SavedStream.device(assets)], adding: ["-incoming", "file:\(folder)/state"],
        assets: assets, timeLimit: .seconds(60))
      let run = try await GuestLab.inPlace { try await process.run() }
      #expect(run.ending == .exited(1))
      #expect(run.messages.contains { $0.contains(damage.words) }, "\(run.messages)")
      // QEMU adds what it was loading: two parts of the device at most, the device, the machine.
      #expect(run.messages.count <= 5, "\(run.messages)")
      #expect(!run.messages.contains { $0.contains("ssert") || $0.contains("Fatal") }, "\(run.messages)")
    }
  }

  @Test("a stream that nothing happened to is taken, and goes out again as it came")
  func taken() async throws {
    let stream = try await SavedStream.ofUsedDevice.value
    let assets = try GuestAssets.load(needing: [.qemu, .plugin])
    let device = try SavedStream.device(assets)
    try await withFiles(["state": [UInt8](stream.bytes)]) { folder in
      let test = try await GuestLab.inPlace {
        try await QEMUProcess.testing(
          [device], adding: ["-incoming", "file:\(folder)/state"], assets: assets
        ) { machine in
          try machine.waitForState()
          let lines = [
            try machine.read(at: machine.config(0) + 0x0c, size: 1),
            try machine.read(at: machine.config(0) + 0x3c, size: 1),
          ]
          try machine.startSaving(to: folder + "/again")
          try machine.finishSaving()
          return lines
        }
      }
      #expect(test.run.ending == .exited(0))
      #expect(test.value == [0x5a, 0xa5])
      let again = try SavedStream(Data(contentsOf: URL(filePath: folder + "/again")))
      let (first, second) = (stream.bytes[stream.state...], again.bytes[again.state...])
      #expect(first.prefix(stream.length) == second.prefix(again.length))
      try FileManager.default.removeItem(atPath: folder + "/again")
    }
  }
}
