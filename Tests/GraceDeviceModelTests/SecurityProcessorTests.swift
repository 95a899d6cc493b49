// SPDX-License-Identifier: GPL-2.0-or-later

import Testing

@testable import GraceDeviceModel

@Suite("Security processor")
struct SecurityProcessorTests {
  @Test("a driver enables transfers, in any channel, as often as it likes")
  func enabling() throws {
    var device = try device()
    #expect(read(&device, 0, at: EngineRegister.bootComplete, size: 4) == 0xff)
    #expect(read(&device, 0, at: EngineRegister.firmwareBoot, size: 4) == 0x3ff)
    #expect(read(&device, 0, at: EngineRegister.memoryClear, size: 4) == 1)
    #expect(read(&device, 0, at: EngineRegister.lock, size: 4) >> 16 == 0xbadf)
    for channel in 0..<8 as Range<UInt64> {
      let isEnabled = device.enable(channel: channel)
      #expect(isEnabled)
      for queue in [EngineRegister.commandQueue, EngineRegister.answerQueue] {
        let head = device.get(queue + channel * 8)
        let tail = device.get(queue + channel * 8 + 4)
        #expect(head == tail, "channel \(channel)")
      }
    }
    #expect(read(&device, 0, at: EngineRegister.lock, size: 4) >> 16 != 0xbadf)
  }

  /// A packet, and type and status of its answer.
  typealias Row = (String, [UInt32], UInt32, UInt32)

  private static let packets: [Row] = [
    ("another command of the type", [0xc000_0000, 0x2210_de7e, 2], 0x22, 0xa0),
    ("command 0", [0xc000_0000, 0x2210_de7e, 0], 0x22, 0xa0),
    ("no command at all", [0xc000_0000, 0x2210_de7e], 0x22, 0xa1),
    ("more than the command", [0xc000_0000, 0x2210_de7e, 1, 0], 0x22, 0xa1),
    ("a whole channel", [0xc000_0000, 0x2210_de7e] + [UInt32](repeating: 1, count: 254), 0x22, 0xa1),
    ("chain of trust", [0xc000_0000, 0x1410_de7e] + [UInt32](repeating: 0, count: 200), 0x14, 0xa0),
    ("PRC", [0xc000_0000, 0x1310_de7e, 0x0029_020c], 0x13, 0xa0),
    ("UEFI", [0xc000_0000, 0x1c10_de7e, 4], 0x1c, 0xa0),
    ("an answer", [0xc000_0000, 0x1510_de7e, 0, 0x22, 0], 0x15, 0xa0),
    ("type 0", [0xc000_0000, 0x0010_de7e, 1], 0, 0xa0),
    ("type 255", [0xc000_0000, 0xff10_de7e, 1], 0xff, 0xa0),
    ("another vendor", [0xc000_0000, 0x2210_027e, 1], 0x22, 0xa1),
    ("the vendor with its bytes swapped", [0xc000_0000, 0x22de_107e, 1], 0x22, 0xa1),
    ("another type of message", [0xc000_0000, 0x2210_de7f, 1], 0x22, 0xa1),
    ("control message", [0xc000_0000, 0x2210_de00, 1], 0x22, 0xa1),
    ("a last packet without a first", [0x4000_0000, 0x2210_de7e, 1], 0, 0x9e),
    ("a packet from the middle of nothing", [0x1000_0000, 0x2210_de7e, 1], 0, 0x9e),
    ("zeros", [0, 0], 0, 0x9e),
    ("a first packet of a message that is no NVIDIA message", [0x8000_0000, 0x2210_de00, 1], 0x22, 0xa1),
  ]

  @Test("what is not understood gets an answer that says so", arguments: packets.map(\.0))
  func errors(title: String) throws {
    let (_, words, type, status) = try #require(Self.packets.first { $0.0 == title })
    var device = try device()
    device.send(words)
    let answer = device.receive()
    #expect(answer == [0xc000_0000, 0x1510_de7e, 0, type, status])
    #expect(read(&device, 0, at: EngineRegister.lock, size: 4) >> 16 == 0xbadf)
    let isEnabled = device.enable()
    #expect(isEnabled, "a good command after it")
  }

  @Test(
    "head and tail that are no packet of the channel get an answer, too",
    arguments: [
      (2048, 2047), (2048, 2049), (2049, 2056), (2056, 2048), (2044, 2052), (3068, 3072), (0, 8),
      (0xffff_fffc, 4), (0, 0xffff_fffc), (0x8000_0800, 0x8000_0808),
    ] as [(UInt64, UInt64)])
  func ranges(head: UInt64, tail: UInt64) throws {
    var device = try device()
    device.send([0xc000_0000, 0x2210_de7e, 1])
    _ = device.receive()
    device.set(EngineRegister.commandQueue + 20, tail)
    device.set(EngineRegister.commandQueue + 16, head)
    let answer = device.receive()
    #expect(answer == [0xc000_0000, 0x1510_de7e, 0, 0, 0xa1])
    let isEnabled = device.enable()
    #expect(isEnabled)
  }

  @Test("an answer goes back to where the command came from, with its tag")
  func route() throws {
    var device = try device()
    device.send([0xcd12_3401, 0x2210_de7e, 1])
    let answer = device.receive()
    #expect(answer == [0xc534_1201, 0x1510_de7e, 0, 0x22, 0])
  }

  @Test("a message of several packets is answered once, after the last, and never understood")
  func severalPackets() throws {
    var device = try device()
    for (type, status) in [(0x22, 0xa1), (0x14, 0xa0)] as [(UInt32, UInt32)] {
      device.send([0x8000_0000, type << 24 | 0x10_de7e, 1])
      let isFirstSilent = Self.isSilent(&device)
      #expect(isFirstSilent)
      for sequence in 1...6 as ClosedRange<UInt32> {
        device.send([(sequence & 3) << 28, 1])
        let isSilent = Self.isSilent(&device)
        #expect(isSilent)
      }
      device.send([0x4000_0000 | 3 << 28, 1])
      let answer = device.receive()
      #expect(answer == [0xc000_0000, 0x1510_de7e, 0, type, status])
    }
    #expect(read(&device, 0, at: EngineRegister.lock, size: 4) >> 16 == 0xbadf)
  }

  @Test("a packet out of sequence ends the message, a first packet begins another")
  func sequence() throws {
    var device = try device()
    device.send([0x8000_0000, 0x1410_de7e, 1])
    device.send([0x2000_0000, 1])
    let late = device.receive()
    #expect(late == [0xc000_0000, 0x1510_de7e, 0, 0x14, 0xa1])
    device.send([0x5000_0000, 1])
    let orphan = device.receive()
    #expect(orphan == [0xc000_0000, 0x1510_de7e, 0, 0, 0x9e])
    device.send([0x8000_0000, 0x1410_de7e, 1])
    let isEnabled = device.enable()
    #expect(isEnabled)
    device.send([0x5000_0000, 1])
    let end = device.receive()
    #expect(end?[4] == 0x9e)
  }

  /// Whether the last packet was taken and got no answer.
  private static func isSilent(_ device: inout GraceDevice<RecordingHost>) -> Bool {
    device.receive() == nil
      && device.get(EngineRegister.commandQueue + 16) == device.get(EngineRegister.commandQueue + 20)
  }

  @Test("nothing is answered before the boot is complete; what waits then is")
  func boot() throws {
    var device = try device()
    device.reset(.function)
    #expect(read(&device, 0, at: EngineRegister.firmwareBoot, size: 4) == 0)
    #expect(read(&device, 0, at: EngineRegister.memoryClear, size: 4) == 0)
    device.send([0xc000_0000, 0x2210_de7e, 1])
    let early = device.receive()
    #expect(early == nil)
    device.clock(59_000_000)
    let still = device.receive()
    #expect(still == nil)
    device.clock(60_000_000)
    let answer = device.receive()
    #expect(answer?[4] == 0)
    #expect(read(&device, 0, at: EngineRegister.lock, size: 4) == 0)
  }

  @Test(
    "training that hangs keeps it silent until it is mended",
    arguments: [Fault.trainingStuck, .trainingPartial])
  func training(fault: Fault) throws {
    var device = try device()
    device.setFault(fault)
    device.send([0xc000_0000, 0x2210_de7e, 1])
    let silent = device.receive()
    #expect(silent == nil)
    device.setFault(.none)
    let answer = device.receive()
    #expect(answer?[4] == 0)
  }

  @Test("a command waits until the answer before it was taken", arguments: [true, false])
  func unread(byTail: Bool) throws {
    var device = try device()
    device.send([0xc000_0000, 0x1410_de7e, 0])
    device.send([0xc000_0000, 0x2210_de7e, 1])
    #expect(read(&device, 0, at: EngineRegister.lock, size: 4) >> 16 == 0xbadf)
    #expect(
      read(&device, 0, at: EngineRegister.commandQueue + 16, size: 4)
        != read(&device, 0, at: EngineRegister.commandQueue + 20, size: 4))
    if byTail {
      device.set(EngineRegister.answerQueue + 20, 2048)
    } else {
      device.set(EngineRegister.answerQueue + 16, 2048 + 16)
    }
    let answer = device.receive()
    #expect(answer == [0xc000_0000, 0x1510_de7e, 0, 0x22, 0])
    #expect(read(&device, 0, at: EngineRegister.lock, size: 4) == 0)
  }

  @Test("a driver gets out of whatever another left behind")
  func resettingState() throws {
    var device = try device()
    device.send([0xc000_0000, 0x1410_de7e, 0])
    device.send([0xc000_0000, 0x1410_de7e, 0])
    for queue in [EngineRegister.commandQueue, EngineRegister.answerQueue] {
      device.set(queue + 20, 2048)
      device.set(queue + 16, 2048)
    }
    // The second command is gone: its tail fell to its head before the first answer was taken.
    let left = device.receive()
    #expect(left == nil)
    let isEnabled = device.enable()
    #expect(isEnabled)
  }

  @Test("a head alone, or a tail alone, is not yet a command")
  func order() throws {
    var device = try device()
    device.set(EngineRegister.messagePort + 16, 2048 | 3 << 24)
    for word in [0xc000_0000, 0x2210_de7e, 1] as [UInt64] {
      device.set(EngineRegister.messagePort + 20, word)
    }
    device.set(EngineRegister.commandQueue + 20, 2056)
    let early = device.receive()
    #expect(early == nil)
    // One byte of the head will do: it is a write of it.
    device.writeRegion(0, at: EngineRegister.commandQueue + 17, value: 8, size: 1)
    let answer = device.receive()
    #expect(answer?[4] == 0)
  }
}
