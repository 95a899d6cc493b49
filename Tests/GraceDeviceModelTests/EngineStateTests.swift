// SPDX-License-Identifier: GPL-2.0-or-later

import Testing

@testable import GraceDeviceModel

@Suite("State of the engine")
struct EngineStateTests {
  /// What a driver writes, from nothing to a copy of 256 bytes: port, command and its tail and head, what has to be allowed,
  /// a transfer in, a transfer out; a message of several packets in another channel, and an answer that nobody takes.
  private static let writes: [(UInt64, UInt64)] =
    [
      (EngineRegister.messagePort + 16, 2048 | 3 << 24), (EngineRegister.messagePort + 20, 0xc000_0000),
      (EngineRegister.messagePort + 20, 0x2210_de7e), (EngineRegister.messagePort + 20, 1),
      (EngineRegister.commandQueue + 20, 2056), (EngineRegister.commandQueue + 16, 2048),
      (EngineRegister.answerQueue + 20, 2048),
      (EngineRegister.messagePort, 1 << 24), (EngineRegister.messagePort + 4, 0x8000_0000),
      (EngineRegister.messagePort + 4, 0x1410_de7e), (EngineRegister.commandQueue + 4, 4),
      (EngineRegister.commandQueue, 0), (EngineRegister.messagePort, 1 << 24),
      (EngineRegister.messagePort + 4, 0x1000_0000), (EngineRegister.commandQueue + 4, 4),
      (EngineRegister.commandQueue, 0), (EngineRegister.messagePort, 1 << 24),
      (EngineRegister.messagePort + 4, 0x6000_0000), (EngineRegister.commandQueue + 4, 4),
      (EngineRegister.commandQueue, 0),
      (EngineRegister.port, 0), (EngineRegister.aperture, 5), (EngineRegister.interface2, 1),
      (EngineRegister.interface, 0x90), (EngineRegister.control, 0), (EngineRegister.topAddress, 0),
      (EngineRegister.base, 0x10), (EngineRegister.command, 0x600), (EngineRegister.offset, 0x100),
      (EngineRegister.command, 0x720), (EngineRegister.command, 0x620), (EngineRegister.doorbell, 7),
      (EngineRegister.commandQueue + 4, 8), (EngineRegister.commandQueue, 0),
    ]

  private static func start() throws -> GraceDevice<RecordingHost> {
    var device = try device()
    for index in 0..<0x200 as Range<UInt64> { device.host.bus[0x1000 + index] = UInt8(index & 0xff) &* 5 }
    return device
  }

  @Test("saved after any write and taken over by another device, the rest has the same end")
  func everyMoment() throws {
    var straight = try Self.start()
    for (offset, value) in Self.writes { straight.set(offset, value) }
    #expect(straight.host.transfers.map(\.isWrite) == [false, true])
    #expect(straight.host.bus[0x11ff] == 0xfb)
    let end = straight.snapshot()
    let answer = straight.get(EngineRegister.answerQueue + 4)
    #expect(answer == 16, "an answer to the message of several packets")

    var first = try Self.start()
    var shadow = try Self.start()
    for (index, (offset, value)) in Self.writes.enumerated() {
      first.set(offset, value)
      let state = first.snapshot()
      try shadow.restore(state)
      #expect(shadow.snapshot() == state, "after write \(index)")
      var second = try Self.start()
      second.host.bus = first.host.bus
      try second.restore(state)
      for (offset, value) in Self.writes[(index + 1)...] { second.set(offset, value) }
      #expect(second.snapshot() == end, "after write \(index)")
      #expect(second.host.bus == straight.host.bus, "after write \(index)")
    }
  }

  @Test(
    "every kind of reset takes all of it back, wherever it was", arguments: [ResetKind.cold, .bus, .function])
  func reset(kind: ResetKind) throws {
    var fresh = try device()
    fresh.reset(kind)
    let expected = fresh.snapshot()
    for count in stride(from: 1, through: Self.writes.count, by: 3) {
      var device = try Self.start()
      for (offset, value) in Self.writes.prefix(count) { device.set(offset, value) }
      device.reset(kind)
      #expect(device.snapshot() == expected, "after \(count) writes")
      #expect(read(&device, 0, at: EngineRegister.lock, size: 4) >> 16 == 0xbadf)
      #expect(read(&device, 0, at: EngineRegister.command, size: 4) == 2)
    }
  }

  @Test("a reset with a command or an answer in the queues leaves none")
  func queuesAfterReset() throws {
    var device = try device()
    device.send([0xc000_0000, 0x1410_de7e, 0])
    device.send([0xc000_0000, 0x2210_de7e, 1])
    device.reset(.function)
    device.clock(1_000_000_000)
    let answer = device.receive()
    #expect(answer == nil)
    #expect(read(&device, 0, at: EngineRegister.lock, size: 4) >> 16 == 0xbadf)
  }

  @Test("saved state with numbers that mean nothing makes a device that works")
  func oddNumbers() throws {
    var state = try device().snapshot()
    let engine = state.count - 4 - (1024 + 2048 + 8 + 3) * 4
    for index in engine..<state.count - 4 { state[index] = 0xff }
    let sum = checksum(state.prefix(state.count - 4))
    for lane in 0..<4 { state[state.count - 4 + lane] = UInt8(truncatingIfNeeded: sum >> UInt32(lane * 8)) }
    var device = try device()
    try device.restore(state)
    #expect(read(&device, 0, at: EngineRegister.result, size: 4) == 0)
    device.send([0x7000_0000, 0])
    let answer = device.receive()
    #expect(answer == [0xc000_0000, 0x1510_de7e, 0, 0xff, 0xa1] || answer?[4] == 0xa0)
    let isEnabled = device.enable()
    #expect(isEnabled)
  }
}
