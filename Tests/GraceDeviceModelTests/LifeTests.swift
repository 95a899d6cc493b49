// SPDX-License-Identifier: GPL-2.0-or-later

import Testing

@testable import GraceDeviceModel

/// The whole life of a device as a table: what happens, and what a guest and the host see then.
@Suite("Life of a device")
struct LifeTests {
  /// What happens to it.
  enum Event {
    case reset(ResetKind)
    /// The guest's clock is so many milliseconds past the last reset.
    case wait(UInt64)
    case fault(Fault)
  }

  /// What is seen: the link's register, the boot's, the bits of the CXL DVSEC (255 for ones), the memory, presence.
  struct Sight: Equatable {
    var link: UInt64 = 0xff
    var boot: UInt64 = 0xff
    var cxl: UInt32 = 3
    var isMemory = true
    var isPresent = true
  }

  /// A step of a life.
  typealias Step = (Event, Sight)

  private static let settings: KeyValuePairs<String, String> = [
    "profile": "blackwell-next", "c2c-ready-ms": "10", "hbm-ready-ms": "20", "cxl-valid-ms": "30",
    "cxl-active-ms": "40",
  ]
  private static let gone = Sight(link: 0, boot: 0, cxl: 0, isMemory: false)

  private static let lives: [(String, [Step])] = [
    (
      "everything comes up, each after its own delay, and the memory with the last",
      [
        (.reset(.cold), gone), (.wait(9), gone), (.wait(10), Sight(boot: 0, cxl: 0, isMemory: false)),
        (.wait(20), Sight(cxl: 0, isMemory: false)), (.wait(30), Sight(cxl: 1, isMemory: false)),
        (.wait(40), Sight()),
      ]
    ),
    (
      "each kind of reset takes everything down again, also in the middle",
      [
        (.reset(.cold), gone), (.wait(40), Sight()), (.reset(.function), gone),
        (.wait(25), Sight(cxl: 0, isMemory: false)),
        (.reset(.bus), gone), (.wait(15), Sight(boot: 0, cxl: 0, isMemory: false)), (.reset(.cold), gone),
        (.wait(40), Sight()),
      ]
    ),
    (
      "a link that is down keeps the memory away, and is up at once when it is mended late",
      [
        (.reset(.cold), gone), (.fault(.linkDown), gone), (.wait(1000), Sight(link: 0, isMemory: false)),
        (.fault(.none), Sight()), (.fault(.linkDown), Sight(link: 0, isMemory: false)),
      ]
    ),
    (
      "training can hang, or stop half-way",
      [
        (.reset(.cold), gone), (.wait(40), Sight()),
        (.fault(.trainingStuck), Sight(boot: 0, isMemory: false)),
        (.fault(.trainingPartial), Sight(boot: 0x0f, isMemory: false)), (.fault(.none), Sight()),
      ]
    ),
    (
      "CXL's bits can stay away, or read as ones",
      [
        (.reset(.cold), gone), (.wait(40), Sight()),
        (.fault(.informationMissing), Sight(cxl: 2, isMemory: false)),
        (.fault(.activityMissing), Sight(cxl: 1, isMemory: false)),
        (.fault(.readinessOnes), Sight(cxl: 255, isMemory: false)),
        (.reset(.function), Sight(link: 0, boot: 0, cxl: 255, isMemory: false)), (.fault(.none), gone),
        (.wait(40), Sight()),
      ]
    ),
    (
      "a function reset that hangs ends with the fault, or with the machine's restart",
      [
        (.reset(.cold), gone), (.wait(40), Sight()), (.fault(.resetHangs), Sight()),
        (.reset(.function), Sight(link: 0, boot: 0, cxl: 0, isMemory: false, isPresent: false)),
        (.wait(40), Sight(isMemory: false, isPresent: false)), (.fault(.none), Sight()),
        (.fault(.resetHangs), Sight()),
        (.reset(.function), Sight(link: 0, boot: 0, cxl: 0, isMemory: false, isPresent: false)),
        (.reset(.cold), gone),
        (.reset(.bus), gone),
      ]
    ),
    (
      "a function that is removed answers nothing until it is back",
      [
        (.reset(.cold), gone), (.wait(40), Sight()),
        (.fault(.removed), Sight(isMemory: false, isPresent: false)),
        (.reset(.cold), Sight(link: 0, boot: 0, cxl: 0, isMemory: false, isPresent: false)),
        (.fault(.none), gone),
        (.wait(40), Sight()),
      ]
    ),
  ]

  @Test("as the table says", arguments: lives.map(\.0))
  func life(title: String) throws {
    let steps = try #require(Self.lives.first { $0.0 == title }).1
    var device = try device(Self.settings)
    var isPresent = true
    var start: UInt64 = 0
    for (index, (event, expected)) in steps.enumerated() {
      device.host.calls = []
      switch event {
      case .reset(let kind):
        start = device.host.time
        device.reset(kind)
      case .wait(let milliseconds):
        device.host.time = start + milliseconds * 1_000_000
        device.clock(device.host.time)
      case .fault(let fault): device.setFault(fault)
      }
      for case .presence(let now) in device.host.calls { isPresent = now }
      let dword = device.host.dword(0x10c + 0x1c)
      let seen = Sight(
        link: read(&device, 0, at: 0x1498, size: 4), boot: read(&device, 0, at: 0x2_00bc, size: 4),
        cxl: dword == .max ? 255 : dword & 3, isMemory: device.memoryMode == .memory, isPresent: isPresent)
      #expect(seen == expected, "step \(index): \(event)")
    }
  }

  @Test(
    "all is there when the machine starts, and after a reset within the 100 ms that software waits by itself")
  func defaultDelays() throws {
    for profile in ["gh200-480gb", "gb200", "blackwell-next"] {
      var device = try device(["profile": profile])
      #expect(device.memoryMode == .memory)
      device.reset(.function)
      #expect(device.memoryMode == .ones)
      #expect(read(&device, 0, at: 0x1498, size: 4) == 0)
      device.clock(99_000_000)
      #expect(read(&device, 0, at: 0x1498, size: 4) == 0xff)
      #expect(device.memoryMode == .memory)
    }
  }

  @Test("a reset clears the memory only if it is told to")
  func clearing() throws {
    for (setting, expected) in [("off", 0), ("on", 1)] {
      var device = try device(["reset-clears-memory": setting])
      device.reset(.function)
      #expect(device.host.calls.count { $0 == .clear(from: 0, byteCount: 96 << 30) } == expected)
    }
  }

  @Test("the names of faults are unique, and each finds its own")
  func names() throws {
    for fault in Fault.allCases { #expect(Fault.named(fault.name) == fault) }
    let error = #expect(throws: OptionError.self) { try options(["fault": "fire"]) }
    #expect(
      error?.message
        == "there is no fault 'fire'; use one of: none, link-down, training-stuck, training-partial, "
        + "cxl-info-missing, cxl-active-missing, cxl-ones, flr-hangs, removed")
  }

  @Test("a fault and a hung reset go through a snapshot, and the host is told")
  func snapshot() throws {
    var device = try device(["fault": "flr-hangs"])
    device.reset(.function)
    var other = try GraceDeviceModelTests.device()
    try other.restore(device.snapshot())
    #expect(other.fault == .resetHangs)
    #expect(other.host.calls.contains(.presence(false)))
    other.host.calls = []
    other.setFault(.none)
    #expect(other.host.calls.contains(.presence(true)))
  }
}
