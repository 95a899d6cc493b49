// SPDX-License-Identifier: GPL-2.0-or-later

import Testing

@testable import GraceDeviceModel

@Suite("Transfer engine")
struct TransferTests {
  /// Fills a memory of the host's with bytes that tell their place.
  private static func fill(
    _ device: inout GraceDevice<RecordingHost>, _ target: EngineTarget, at address: UInt64, count: UInt64
  ) {
    for index in 0..<count {
      let byte = UInt8(truncatingIfNeeded: index &* 7 &+ 3)
      if target == .memory {
        device.host.memory[address &+ index] = byte
      } else {
        device.host.bus[address &+ index] = byte
      }
    }
  }

  private static func bytes(
    _ device: inout GraceDevice<RecordingHost>, _ target: EngineTarget, at address: UInt64, count: Int
  ) -> [UInt8?] {
    (0..<UInt64(count)).map {
      target == .memory ? device.host.memory[address &+ $0] : device.host.bus[address &+ $0]
    }
  }

  @Test(
    "every size goes both ways, to every memory, and moves its bytes and no other",
    arguments: EngineTarget.allCases)
  func sizes(target: EngineTarget) throws {
    for size in 0...6 as ClosedRange<UInt64> {
      var device = try engine(target)
      let count = 4 << Int(size)
      Self.fill(&device, target, at: 0x4_0000, count: 1024)
      device.fillDataMemory { _ in 0xeeee_eeee }
      let isRead = device.move(at: 0x4_0100, size: size, isWrite: false)
      #expect(isRead)
      let words = device.dataMemory()
      let expected = (0..<1024 as Range<UInt32>).map { index in
        (0..<4 as Range<UInt32>).reduce(0) { $0 | (((0x100 + index * 4 + $1) * 7 + 3) & 0xff) << ($1 * 8) }
      }
      #expect(words[..<(count / 4)] == expected[..<(count / 4)], "\(count) bytes")
      #expect(words[(count / 4)...].allSatisfy { $0 == 0xeeee_eeee }, "\(count) bytes")
      let isWritten = device.move(at: 0x4_0200, size: size, isWrite: true)
      #expect(isWritten)
      let read = Self.bytes(&device, target, at: 0x4_0100, count: count)
      let written = Self.bytes(&device, target, at: 0x4_0200, count: count)
      #expect(written == read)
      let next = Self.bytes(&device, target, at: 0x4_0200 + UInt64(count), count: 1)
      #expect(next == [UInt8(truncatingIfNeeded: (0x200 + count) * 7 + 3)])
      #expect(
        device.host.transfers == [
          .init(isBus: target != .memory, isWrite: false, address: 0x4_0100, count: count),
          .init(isBus: target != .memory, isWrite: true, address: 0x4_0200, count: count),
        ])
      #expect(device.host.calls.isEmpty, "no interrupt")
    }
  }

  @Test(
    "all 64 bits of an address reach the bus",
    arguments: [
      0x0, 0xffff_ff00, 0x1_0000_0000, 0xff_ffff_ff00, 0x100_0000_0000, 0x7fff_ffff_ff00, 0x8000_0000_0000,
      0x1_8000_0000_0000, 0xfedc_ba98_7654_3200, 0xffff_ffff_ffff_ff00,
    ] as [UInt64])
  func addresses(address: UInt64) throws {
    var device = try engine(.coherentSystem)
    Self.fill(&device, .coherentSystem, at: address, count: 256)
    for part in 0..<4 as Range<UInt64> {
      let isDone = device.move(at: address + part * 64, size: 4, isWrite: false)
      #expect(isDone)
      #expect(device.host.transfers.last?.address == address + part * 64)
    }
  }

  @Test("the offset is added to the base, with all of its bits, and the sum wraps")
  func offsets() throws {
    var device = try engine(.coherentSystem)
    device.set(EngineRegister.base, 0xffff_ffff)
    device.set(EngineRegister.highBase, 0x7f)
    device.set(EngineRegister.topAddress, 0x1_ffff)
    device.set(EngineRegister.offset, 0x1_0000 + 0x40)
    device.set(EngineRegister.command, 0x400)
    #expect(device.host.transfers.map(\.address) == [0xff40])
    device.set(EngineRegister.highBase, 0xffff_ffff)
    #expect(read(&device, 0, at: EngineRegister.highBase, size: 4) == 0x7f)
    device.set(EngineRegister.topAddress, 0xffff_ffff)
    #expect(read(&device, 0, at: EngineRegister.topAddress, size: 4) == 0x1_ffff)
  }

  @Test("each of eight apertures has its own target")
  func apertures() throws {
    var device = try engine(.coherentSystem)
    Self.fill(&device, .coherentSystem, at: 0x1000, count: 256)
    Self.fill(&device, .memory, at: 0x1000, count: 256)
    for aperture in 0..<8 as Range<UInt64> {
      device.open(aperture % 2 == 0 ? .memory : .system, aperture: aperture)
    }
    for aperture in 0..<8 as Range<UInt64> {
      let isDone = device.move(at: 0x1000, size: 6, isWrite: false, aperture: aperture)
      #expect(isDone)
      #expect(device.host.transfers.last?.isBus == (aperture % 2 == 1))
    }
  }

  @Test("a transfer reaches every part of the data memory")
  func localOffsets() throws {
    var device = try engine(.coherentSystem)
    Self.fill(&device, .coherentSystem, at: 0x1000, count: 512)
    device.fillDataMemory { UInt32($0) }
    for local in [0x4, 0x100, 0xf80, 0xffc] as [UInt64] {
      let isDone = device.move(at: 0x1004, size: 0, isWrite: true, local: local)
      #expect(isDone)
      #expect(device.host.bus[0x1004] == UInt8(truncatingIfNeeded: local / 4))
    }
    let isDone = device.move(at: 0x1100, size: 6, isWrite: false, local: 0xf00)
    #expect(isDone)
    let words = device.dataMemory()
    #expect(Array(words[0..<0x3c0]) == (0..<0x3c0).map { UInt32($0) })
    #expect(words[0x3ff] == 0xfcf5_eee7)
  }

  /// What is wrong, how that comes about, and what the register of results then reads.
  typealias Row = (String, Cause, UInt32)
  /// What somebody does with a device.
  typealias Cause = @Sendable (inout GraceDevice<RecordingHost>) -> Void

  private static func write(_ offset: UInt64, _ value: UInt64) -> Cause {
    { $0.set(offset, value) }
  }

  /// Starts a transfer that is not the good one; what follows starts another.
  private static let rows: [Row] = [
    ("a size of 512 bytes", { _ = $0.move(at: 0x1000, size: 7, isWrite: true) }, 2),
    ("code memory", write(EngineRegister.command, 0x630), 2),
    ("a secure transfer", write(EngineRegister.command, 0x624), 2),
    ("another secure transfer", write(EngineRegister.command, 0x628), 2),
    (
      "a target that is none",
      {
        $0.set(EngineRegister.aperture, 7)
        $0.set(EngineRegister.command, 0x620)
      }, 2
    ),
    (
      "virtual addresses",
      {
        $0.set(EngineRegister.aperture, 1)
        $0.set(EngineRegister.command, 0x620)
      }, 3
    ),
    ("an aperture that was not set", { _ = $0.move(at: 0x1000, size: 6, isWrite: true, aperture: 5) }, 3),
    (
      "physical addresses not allowed",
      {
        $0.set(EngineRegister.interface, 0x80)
        $0.set(EngineRegister.command, 0x620)
      }, 3
    ),
    (
      "physical addresses without a context not allowed",
      {
        $0.set(EngineRegister.interface, 0x10)
        $0.set(EngineRegister.command, 0x620)
      }, 3
    ),
    (
      "a context required",
      {
        $0.set(EngineRegister.control, 1)
        $0.set(EngineRegister.command, 0x620)
      }, 3
    ),
    ("a block's border in the middle", { _ = $0.move(at: 0x1080, size: 6, isWrite: true) }, 4),
    ("the same in the other direction", { _ = $0.move(at: 0x1080, size: 6, isWrite: false) }, 4),
    ("an address that is no multiple of the size", { _ = $0.move(at: 0x1004, size: 1, isWrite: true) }, 4),
    ("an address that is no multiple of 4", { _ = $0.move(at: 0x1002, size: 0, isWrite: true) }, 4),
    (
      "an offset that is no multiple of the size",
      { _ = $0.move(at: 0x1000, size: 6, isWrite: false, local: 4) }, 4
    ),
    ("the end of the data memory", { _ = $0.move(at: 0x1000, size: 6, isWrite: false, local: 0x1000) }, 4),
    ("far past the data memory", { _ = $0.move(at: 0x1000, size: 0, isWrite: false, local: 0xff_fffc) }, 4),
  ]

  @Test(
    "what the engine does not do moves nothing and shows as an error, until a transfer succeeds",
    arguments: rows.map(\.0))
  func errors(title: String) throws {
    let (_, cause, expected) = try #require(Self.rows.first { $0.0 == title })
    for target in [EngineTarget.memory, .system] {
      var device = try engine(target)
      Self.fill(&device, target, at: 0xf00, count: 0x400)
      device.fillDataMemory { UInt32($0) }
      let (bus, memory) = (device.host.bus, device.host.memory)
      cause(&device)
      #expect(read(&device, 0, at: EngineRegister.result, size: 4) == UInt64(expected))
      #expect(read(&device, 0, at: EngineRegister.command, size: 4) & 3 == 0, "not done, and not full")
      #expect(device.host.transfers.isEmpty)
      #expect(device.host.bus == bus)
      #expect(device.host.memory == memory)
      let words = device.dataMemory()
      #expect(words == (0..<1024).map { UInt32($0) })
      device.open(target)
      let isDone = device.move(at: 0x1000, size: 6, isWrite: true)
      #expect(isDone)
      #expect(read(&device, 0, at: EngineRegister.result, size: 4) == 0)
    }
  }

  @Test("a transfer that was not enabled moves nothing", arguments: EngineTarget.allCases)
  func notEnabled(target: EngineTarget) throws {
    var device = try device()
    device.open(target)
    Self.fill(&device, target, at: 0x1000, count: 256)
    let isDone = device.move(at: 0x1000, size: 6, isWrite: false)
    #expect(!isDone)
    #expect(read(&device, 0, at: EngineRegister.result, size: 4) == 1)
    #expect(device.host.transfers.isEmpty)
  }

  @Test("the bus refuses: the data memory keeps its bytes")
  func refusedByBus() throws {
    var device = try engine(.coherentSystem)
    device.fillDataMemory { UInt32($0) }
    for isWrite in [false, true] {
      let isDone = device.move(at: 0x5000, size: 6, isWrite: isWrite)
      #expect(!isDone)
      #expect(read(&device, 0, at: EngineRegister.result, size: 4) == 5)
    }
    let words = device.dataMemory()
    #expect(words == (0..<1024).map { UInt32($0) })
  }

  @Test("a function that is gone, or in a reset that does not end, does not reach the bus")
  func gone() throws {
    var device = try engine(.coherentSystem)
    Self.fill(&device, .coherentSystem, at: 0x1000, count: 256)
    device.setFault(.removed)
    let isDone = device.move(at: 0x1000, size: 6, isWrite: false)
    #expect(!isDone)
    #expect(read(&device, 0, at: EngineRegister.result, size: 4) == 5)
    #expect(device.host.transfers.isEmpty)
  }

  @Test("memory that is not ready is not reached, the bus is", arguments: [Fault.linkDown, .trainingStuck])
  func notReady(fault: Fault) throws {
    var device = try engine(.memory)
    Self.fill(&device, .coherentSystem, at: 0x1000, count: 256)
    device.setFault(fault)
    let isDone = device.move(at: 0x1000, size: 6, isWrite: true)
    #expect(!isDone)
    #expect(read(&device, 0, at: EngineRegister.result, size: 4) == 6)
    #expect(device.host.transfers.isEmpty)
    device.open(.system)
    let isMoved = device.move(at: 0x1000, size: 6, isWrite: true)
    #expect(isMoved)
    device.setFault(.none)
    device.open(.memory)
    let isMended = device.move(at: 0x1000, size: 6, isWrite: true)
    #expect(isMended)
  }

  @Test("the GPU's memory ends where it says, also where the host keeps more behind it")
  func endOfMemory() throws {
    var device = try engine(
      .memory,
      [
        "representation": "bare-metal", "memory-size": "2147483648", "egm-size": "1073741824",
        "egm-base": "0x200000000000",
      ])
    device.host.memorySize = 3 << 30
    let isLast = device.move(at: (2 << 30) - 256, size: 6, isWrite: true)
    #expect(isLast)
    for address in [2 << 30, (2 << 30) + 4096, 3 << 30, 1 << 63, UInt64.max & ~0xff] as [UInt64] {
      let isDone = device.move(at: address, size: 6, isWrite: true)
      #expect(!isDone, "\(address)")
      #expect(read(&device, 0, at: EngineRegister.result, size: 4) == 6)
    }
    #expect(device.host.transfers.count == 1)
  }

  @Test("a bad page can be written, and not read")
  func badPage() throws {
    var device = try engine(.memory, ["poison": "0x2000"])
    for (address, isWrite, expected) in [
      (0x2000, false, false), (0x2f00, false, false), (0x2f00, true, true), (0x3000, false, true),
      (0x1f00, false, true),
    ] as [(UInt64, Bool, Bool)] {
      let isDone = device.move(at: address, size: 6, isWrite: isWrite)
      #expect(isDone == expected, "\(address) \(isWrite)")
    }
  }

  @Test("the command reads as it was written, with the engine's own two bits")
  func command() throws {
    var device = try engine(.coherentSystem)
    #expect(read(&device, 0, at: EngineRegister.command, size: 4) == 2)
    device.set(EngineRegister.command, 0xffff_ffff)
    #expect(read(&device, 0, at: EngineRegister.command, size: 4) == 0x1_773c)
    device.host.bus[0] = 0
    for index in 0..<4 as Range<UInt64> { device.host.bus[index] = 9 }
    // One byte of the command is a write of it: 4 bytes, to the data memory, through aperture 0.
    device.set(EngineRegister.command, 0x700)
    device.writeRegion(0, at: EngineRegister.command + 1, value: 0, size: 1)
    #expect(read(&device, 0, at: EngineRegister.command, size: 4) == 2)
    #expect(read(&device, 0, at: EngineRegister.port + 4, size: 4) == 0x0909_0909)
  }

  @Test(
    "Blackwell has none of it: the registers read zero, and nothing answers",
    arguments: ["gb200", "gb300", "blackwell-next"])
  func blackwell(profile: String) throws {
    var device = try device(["profile": profile])
    let isEnabled = device.enable()
    #expect(!isEnabled)
    device.open(.coherentSystem)
    let isDone = device.move(at: 0, size: 6, isWrite: false)
    #expect(!isDone)
    for offset in [
      EngineRegister.memoryClear, EngineRegister.firmwareBoot, EngineRegister.lock, EngineRegister.port,
      EngineRegister.messagePort, EngineRegister.commandQueue, EngineRegister.answerQueue,
      EngineRegister.result,
    ] {
      #expect(read(&device, 0, at: offset, size: 4) == 0)
    }
    #expect(device.host.transfers.isEmpty)
  }
}
