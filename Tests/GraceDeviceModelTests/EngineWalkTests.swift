// SPDX-License-Identifier: GPL-2.0-or-later

import Testing

@testable import GraceDeviceModel

/// Random accesses of every width, most of them around the engine: nothing traps, and what must always hold does.
@Suite("Random accesses of the engine")
struct EngineWalkTests {
  /// Where accesses go: most registers of the engine and around it.
  private static let places: [UInt64] = {
    var places: [UInt64] = [
      EngineRegister.memoryClear, EngineRegister.topAddress, EngineRegister.firmwareBoot,
      EngineRegister.configuration,
      EngineRegister.control, EngineRegister.base, EngineRegister.local, EngineRegister.command,
      EngineRegister.command,
      EngineRegister.offset, EngineRegister.highBase, EngineRegister.lock, EngineRegister.interface,
      EngineRegister.interface2, EngineRegister.doorbell, EngineRegister.result, 0, 0x1400, 0x1498, 0x2_00bc,
    ]
    for index in 0..<8 as Range<UInt64> { places.append(EngineRegister.aperture + index * 4) }
    for index in 0..<8 as Range<UInt64> { places.append(EngineRegister.port + index * 4) }
    for index in 0..<16 as Range<UInt64> {
      places.append(EngineRegister.messagePort + index * 4)
      places.append(EngineRegister.commandQueue + index * 4)
      places.append(EngineRegister.answerQueue + index * 4)
    }
    return places
  }()

  /// Numbers with which something happens.
  private static let values: [UInt64] = [
    0, 1, 2, 4, 5, 6, 7, 0x90, 0x100, 0x300, 0x600, 0x620, 0x720, 0x1620, 0x800, 0x804, 0x808, 0x810, 0xbfc,
    0x1000,
    0xc000_0000, 0x8000_0000, 0x4000_0000, 0x2210_de7e, 0x1410_de7e, 3 << 24, 3 << 24 | 0x800,
    1 << 24 | 0xffc,
    .max, 0xffff_ffff, 0xdead_beef,
  ]

  @Test("a quarter of a million, from each of four seeds", arguments: [1, 2, 3, 4] as [UInt64])
  func walk(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    var device = try device()
    for index in 0..<0x2000 as Range<UInt64> { device.host.bus[index] = UInt8(index & 0xff) }
    var shadow: GraceDevice<RecordingHost>? = nil
    var successes = 0
    var enabled = 0
    for step in 0..<250_000 {
      if step % 5000 == 0 {
        // From here on another device goes the same way, which has the first one's state alone.
        let state = device.snapshot()
        var other = try GraceDeviceModelTests.device()
        other.host.bus = device.host.bus
        other.host.memory = device.host.memory
        try other.restore(state)
        #expect(other.snapshot() == state, "seed \(seed), step \(step)")
        shadow = consume other
      } else if step % 5000 == 400 {
        shadow = nil
      }
      Self.mutate(&device, &shadow, &numbers)

      let isLocked = device.get(EngineRegister.lock) >> 16 == 0xbadf
      let command = device.get(EngineRegister.command)
      let result = device.get(EngineRegister.result)
      if (command & 2 != 0) != (result == 0) || command & 1 != 0 || result > 6 {
        Issue.record("seed \(seed), step \(step): command \(command), result \(result)")
        return
      }
      if isLocked, !device.host.transfers.isEmpty {
        Issue.record("seed \(seed), step \(step): a transfer without leave")
        return
      }
      if !isLocked { enabled += 1 }
      for transfer in device.host.transfers {
        let count = UInt64(transfer.count)
        let isWhole = [4, 8, 16, 32, 64, 128, 256].contains(count) && transfer.address % count == 0
        let isInside = transfer.isBus || transfer.address < 96 << 30
        if !isWhole || !isInside { Issue.record("seed \(seed), step \(step): \(transfer)") }
        successes += result == 0 ? 1 : 0
      }
      device.host.transfers = []
      for case .interrupt(let vector) in device.host.calls where vector >= 16 {
        Issue.record("seed \(seed), step \(step): vector \(vector)")
      }
      device.host.calls = []
    }
    #expect(read(&device, 0, at: 0, size: 4) == 0x1800_00a1)
    #expect(read(&device, 0, at: EngineRegister.configuration, size: 4) == 16 << 9)
    // A walk that never got anywhere would show nothing.
    #expect(enabled > 1000, "seed \(seed)")
    #expect(successes > 100, "seed \(seed)")
  }

  /// One access, or what a driver would do next, of both devices.
  private static func mutate(
    _ device: inout GraceDevice<RecordingHost>, _ shadow: inout GraceDevice<RecordingHost>?,
    _ numbers: inout SeededNumbers
  ) {
    let choice = numbers.next() % 1000
    switch choice {
    case 0:
      let channel = numbers.next() % 8
      _ = device.enable(channel: channel)
      _ = shadow?.enable(channel: channel)
    case 1...3:
      let target = EngineTarget.allCases[Int(numbers.next() % 3)]
      let aperture = numbers.next() % 8
      device.open(target, aperture: aperture)
      shadow?.open(target, aperture: aperture)
    case 4...12:
      let address = numbers.next() & 0x1f00
      let command = numbers.next()
      let (size, local, aperture) = (command % 7, command >> 8 & 0xf00, (command >> 20) % 8)
      let isWrite = command >> 32 & 1 == 1
      _ = device.move(at: address, size: size, isWrite: isWrite, local: local, aperture: aperture)
      _ = shadow?.move(at: address, size: size, isWrite: isWrite, local: local, aperture: aperture)
    case 13 where numbers.next() % 20 == 0:
      let kind = [ResetKind.cold, .bus, .function][Int(numbers.next() % 3)]
      device.reset(kind)
      device.clock(1 << 40)
      shadow?.reset(kind)
      shadow?.clock(1 << 40)
    default:
      let place =
        choice < 100
        ? numbers.next() & 0xff_ffff
        : Self.places[Int(numbers.next() % UInt64(Self.places.count))]
          &+ (choice < 300 ? numbers.next() & 7 : 0)
      let size = choice % 3 == 0 ? UInt32(truncatingIfNeeded: numbers.next() % 8 + 1) : 4
      if choice & 1 == 0 {
        let seen = device.readRegion(0, at: place, size: size)
        if let other = shadow?.readRegion(0, at: place, size: size), other != seen {
          Issue.record("\(size) bytes at \(place): \(seen), and \(other) after taking over the state")
        }
      } else {
        let value =
          numbers.next() % 3 == 0 ? numbers.next() : values[Int(numbers.next() % UInt64(values.count))]
        device.writeRegion(0, at: place, value: value, size: size)
        shadow?.writeRegion(0, at: place, value: value, size: size)
      }
    }
  }
}
