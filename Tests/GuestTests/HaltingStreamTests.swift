// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceGuest
import Testing

/// A machine's state that comes in two pieces, with time between them: QEMU goes on with what it had put off, and must not
/// do so to a device of which it has one half.
@Suite("Streams of a machine's state that halt")
struct HaltingStreamTests {
  /// Where a stream halts. The slot's part of it comes before the device's.
  enum Halt: String, CaseIterable, CustomTestStringConvertible, Sendable {
    case beforeTheDevice = "between the slot and the device"
    case inConfigurationSpace = "in the device's configuration space"
    case inState = "in the plug-in's state"
    case atTheEnd = "behind the device"

    var testDescription: String { rawValue }

    /// How much comes first, in bytes.
    func offset(in stream: SavedStream) -> Int {
      switch self {
      case .beforeTheDevice: stream.name - 1
      case .inConfigurationSpace: stream.name + (stream.state - stream.name) / 2
      case .inState: stream.state + stream.length / 2
      case .atTheEnd: stream.state + stream.length
      }
    }
  }

  /// Expects that a guest reads this of the lines that were written before the machine was saved.
  private func expect(
    _ lines: [UInt64], of stream: SavedStream, halting halt: Halt, adding option: String
  ) async throws {
    let assets = try GuestAssets.load(needing: [.qemu, .plugin])
    let device = try SavedStream.device(assets) + option
    try await withFiles(["state": [UInt8](stream.bytes)]) { folder in
      let first = halt.offset(in: stream)
      // Half a second is what QEMU's main loop needs many times over.
      let command = "head -c \(first) '\(folder)/state'; sleep 0.5; tail -c +\(first + 1) '\(folder)/state'"
      let test = try await GuestLab.inPlace {
        try await QEMUProcess.testing([device], adding: ["-incoming", "exec:\(command)"], assets: assets) {
          machine in
          try machine.waitForState()
          return [
            try machine.read(at: machine.config(0) + 0x0c, size: 1),
            try machine.read(at: machine.config(0) + 0x3c, size: 1),
          ]
        }
      }
      #expect(test.run.ending == .exited(0))
      #expect(test.value == lines)
    }
  }

  @Test("a device that is gone only where the state comes to is there with it", arguments: Halt.allCases)
  func comesBack(halt: Halt) async throws {
    let stream = try await SavedStream.ofUsedDevice.value
    try await expect([0x5a, 0xa5], of: stream, halting: halt, adding: ",fault=removed")
  }

  @Test("a device is as it was", arguments: Halt.allCases)
  func staysAsItWas(halt: Halt) async throws {
    let stream = try await SavedStream.ofUsedDevice.value
    try await expect([0x5a, 0xa5], of: stream, halting: halt, adding: "")
  }

  @Test("a device that was gone goes where the state comes to", arguments: Halt.allCases)
  func goes(halt: Halt) async throws {
    let stream = try await SavedStream.save(adding: ",fault=removed")
    try await expect([0xff, 0xff], of: stream, halting: halt, adding: "")
  }
}
