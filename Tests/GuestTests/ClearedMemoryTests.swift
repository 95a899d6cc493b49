// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceGuest
import Testing

/// A GPU that is reset while its machine moves. A reset that makes the memory zeros writes none of it, so that nothing but
/// the device can tell QEMU to send what it sent before once more.
@Suite("Memory that a reset clears during a migration")
struct ClearedMemoryTests {
  private static let base: UInt64 = 1 << 46
  private static let size: UInt64 = 1536 << 20
  /// Pages that are sent before the reset; QEMU sends the largest memory first, from its beginning.
  private static let pages: UInt64 = 16
  private static let mark: UInt64 = 0x5a00_0000_0000_00a5
  /// So slow that a GPU's memory would take minutes, even though a page of zeros takes 9 bytes.
  private static let slow = 64 << 10

  /// The first word of each page, and one far behind.
  private static let places = (0..<pages).map { base + $0 << 12 } + [base + size - 8]

  @Test(
    "it is zeros where the machine arrives, and stays if the reset clears nothing", arguments: [true, false])
  func cleared(clears: Bool) async throws {
    let assets = try GuestAssets.load(needing: [.qemu, .plugin])
    let device =
      "grace-gpu,id=gpu0,representation=bare-metal,memory-size=\(ClearedMemoryTests.size)"
      + ",memory-base=\(ClearedMemoryTests.base),reset-clears-memory=\(clears ? "on" : "off")"
      + ",plugin=\(try assets.path(.plugin))"
    try await withFiles([:]) { folder in
      let path = folder + "/state"
      let source = try await GuestLab.inPlace {
        try await QEMUProcess.testing([device], assets: assets) { machine in
          for (index, place) in ClearedMemoryTests.places.enumerated() {
            try machine.write(ClearedMemoryTests.mark + UInt64(index) << 8, at: place, size: 8)
          }
          try machine.startSaving(to: path, bytesPerSecond: ClearedMemoryTests.slow)
          try machine.waitForPages(Int(ClearedMemoryTests.pages))
          try machine.resetBus(of: 0)
          // Memory reads as ones for 60 ms after a reset.
          try machine.step(nanoseconds: 1_000_000_000)
          let values = try ClearedMemoryTests.places.map { try machine.read(at: $0, size: 8) }
          try machine.finishSaving()
          return values
        }
      }
      #expect(source.run.ending == .exited(0))
      let marks = ClearedMemoryTests.places.indices.map {
        clears ? 0 : ClearedMemoryTests.mark + UInt64($0) << 8
      }
      #expect(source.value == marks)

      let destination = try await GuestLab.inPlace {
        try await QEMUProcess.testing([device], adding: ["-incoming", "file:\(path)"], assets: assets) {
          machine in
          try machine.waitForState()
          return try ClearedMemoryTests.places.map { try machine.read(at: $0, size: 8) }
        }
      }
      #expect(destination.run.ending == .exited(0))
      #expect(destination.value == marks)
      try FileManager.default.removeItem(atPath: path)
    }
  }
}
