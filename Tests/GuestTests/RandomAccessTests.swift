// SPDX-License-Identifier: GPL-2.0-or-later

import Glibc
import GraceGuest
import Testing

/// A guest that does anything with registers, memory and configuration space: QEMU and the device go on.
///
/// `GRACE_SEED=N` does other things. The seed stands in what a failure says.
@Suite("Random accesses through QEMU")
struct RandomAccessTests {
  private static let accessCount = 20_000
  private static var seed: UInt64 { getenv("GRACE_SEED").flatMap { UInt64(String(cString: $0)) } ?? 1 }

  @Test(
    "after random accesses QEMU answers, and after a restart the device is as at first",
    arguments: [GPUProfile.gh200With480GB, .gb200, .blackwellNext], Representation.allCases)
  func accesses(profile: GPUProfile, representation: Representation) async throws {
    let assets = try GuestAssets.load(needing: [.qemu, .plugin])
    let plugin = try assets.path(.plugin)
    let seed = RandomAccessTests.seed
    let test = try await QEMUProcess.testing(
      [
        "grace-gpu,id=gpu0,plugin=\(plugin),profile=\(profile.name),representation=\(representation.rawValue)"
      ],
      assets: assets
    ) { machine in
      let before = try machine.bytes(at: machine.config(0), count: 4096)
      var guest = RandomGuest(machine, seed: seed)
      for _ in 0..<RandomAccessTests.accessCount { try guest.access() }
      try machine.restart()
      let after = try machine.bytes(at: machine.config(0), count: 4096)
      guest.place()
      return (
        isSame: before == after, boot: try machine.read(at: guest.bars[0].address, size: 4)
      )
    }
    #expect(test.run.ending == .exited(0), "seed \(seed)")
    #expect(test.value.isSame, "seed \(seed)")
    // NV_PMC_BOOT_0, of which the upper bits are the chip's.
    #expect(test.value.boot >> 24 == (profile.chip == .gh100 ? 0x18 : 0x1a), "seed \(seed)")
  }
}

/// Accesses of any width at any place of a device and of what its transfers reach.
private struct RandomGuest {
  private let machine: QTestMachine
  private var numbers: SeededNumbers
  /// What `place()` mapped.
  private(set) var bars: [(address: UInt64, size: UInt64)] = []
  /// Registers that do something, and MSI-X (docs/device.md), each with some bytes after it.
  private static let places: [UInt64] = [
    0x1400, 0x84_4100, 0x84_4400, 0x84_41c0, 0x8f_2ac0, 0x8f_2c00, 0x8f_2c80, 0xb9_0000, 0xba_0000, 0xff_f000,
  ]

  init(_ machine: QTestMachine, seed: UInt64) {
    self.machine = machine
    numbers = SeededNumbers(state: seed)
    place()
  }

  /// Opens the root port, and maps each BAR one after the other; what the machine then does not do, is not done.
  mutating func place() {
    bars = (try? mapped()) ?? []
  }

  private func mapped() throws -> [(address: UInt64, size: UInt64)] {
    let (port, config) = (machine.port(0), machine.config(0))
    // Prefetchable window, 4 TiB to 8 TiB (PCI-to-PCI Bridge Architecture Specification 1.2, 3.2.5.9).
    try machine.write(0xfff0_0000, at: port + 0x24, size: 4)
    try machine.write(QTestMachine.windowBase >> 32, at: port + 0x28, size: 4)
    try machine.write((QTestMachine.windowBase * 2 - 1) >> 32, at: port + 0x2c, size: 4)
    try machine.write(6, at: port + 4, size: 2)
    var list: [(address: UInt64, size: UInt64)] = []
    var next = QTestMachine.windowBase
    for bar in [0x10, 0x18, 0x20] as [UInt64] {
      try machine.write(.max, at: config + bar, size: 8)
      let mask = try machine.read(at: config + bar, size: 8) & ~0xf
      guard mask != 0 else { continue }
      let size = ~mask &+ 1
      next = (next + size - 1) & ~(size - 1)
      try machine.write(next, at: config + bar, size: 8)
      list.append((next, size))
      next += size
    }
    try machine.write(6, at: config + 4, size: 2)
    return list
  }

  mutating func access() throws {
    switch UInt64.random(in: 0..<200, using: &numbers) {
    case 0: place()
    case 1: try machine.resetBus(of: 0)
    case 2..<8: try machine.step(nanoseconds: .random(in: 1...50_000_000, using: &numbers))
    case 8..<80: _ = try machine.read(at: address(), size: size())
    default: try machine.write(value(), at: address(), size: size())
    }
  }

  private mutating func size() -> Int { 1 << Int.random(in: 0...3, using: &numbers) }

  private mutating func address() -> UInt64 {
    switch UInt64.random(in: 0..<8, using: &numbers) {
    case 0: return machine.config(0) + .random(in: 0..<0x1000, using: &numbers)
    case 1: return machine.config(0) + .random(in: 0..<0x100, using: &numbers)
    case 2...5:
      let place = RandomGuest.places.randomElement(using: &numbers) ?? 0
      return (bars.first?.address ?? 0) + place + .random(in: 0..<0x80, using: &numbers)
    default:
      guard let bar = bars.randomElement(using: &numbers) else { return machine.config(0) }
      return bar.address + .random(in: 0..<bar.size, using: &numbers)
    }
  }

  private mutating func value() -> UInt64 {
    switch UInt64.random(in: 0..<6, using: &numbers) {
    case 0: return 0
    case 1: return .max
    case 2: return .random(in: 0..<16, using: &numbers)
    case 3: return QTestMachine.ramBase + .random(in: 0..<QTestMachine.ramSize, using: &numbers)
    case 4: return (bars.randomElement(using: &numbers)?.address ?? 0) >> 8
    default: return numbers.next()
    }
  }
}

/// Numbers that look random and are the same in every run with the same seed (SplitMix64).
private struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}
