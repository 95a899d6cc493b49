// SPDX-License-Identifier: GPL-2.0-or-later

import Testing

@testable import GraceDeviceModel

/// Two lines that every profile needs; what a test is about begins in line 3.
private let start = "base = gh200-480gb\nname = mine\n"

/// A device of the user's own profile.
private func device(
  profile text: String, _ settings: KeyValuePairs<String, String> = [:]
) throws -> GraceDevice<RecordingHost> {
  let all =
    [Setting(name: "profile-text", value: text)] + settings.map { Setting(name: $0.key, value: $0.value) }
  var device = GraceDevice(options: try DeviceOptions(all), host: RecordingHost())
  device.attachConfig()
  device.reset(.cold)
  device.host.calls = []
  return device
}

@Suite("Profiles from a text")
struct ProfileTextTests {
  @Test("a text that says nothing more is its base under another name")
  func least() throws {
    let profile = try Profile(text: start)
    #expect(profile.name == "mine")
    #expect(profile.baseName == "gh200-480gb")
    #expect(try device(profile: start).host.config == device(["profile": "gh200-480gb"]).host.config)
  }

  @Test("blanks, comments, tabs, empty lines and the line ends of Windows mean nothing")
  func layout() throws {
    let text =
      "# one\r\n\r\n\tname\t=  mine  # two\r\n   base=gb200\r\n#product = x\r\nproduct = GB 200\r\nboot0 = 0X1A\r"
    let profile = try Profile(text: text)
    #expect(profile.name == "mine")
    #expect(profile.baseName == "gb200")
    #expect(profile.product == "GB 200")
    #expect(profile.chip.boot0 == 26)
  }

  @Test("ids and names are what the text says")
  func identity() throws {
    let text =
      start
        + """
        product = GH200 of ours
        chip = GH100X
        device-id = 0x2350
        subsystem-id = 0xabcd
        revision = 0xb2
        boot0 = 0x180000b2
        boot42 = 0x180b2000
        """
    var device = try device(profile: text)
    #expect(device.options.profile.product == "GH200 of ours")
    #expect(device.options.profile.chip.name == "GH100X")
    #expect(device.host.dword(0) == 0x2350_10de)
    #expect(device.host.dword(0x2c) == 0xabcd_10de)
    #expect(device.host.dword(0x08) == 0x0302_00b2)
    #expect(read(&device, 0, at: 0, size: 4) == 0x1800_00b2)
    #expect(read(&device, 0, at: 0xa00, size: 4) == 0x180b_2000)
  }

  @Test("an option of the device wins over its profile")
  func options() throws {
    let text = start + "device-id = 0x2350\nmemory-size = 2G\nmig-fix = on\nmemory-base = 0x80000000000"
    let device = try device(
      profile: text,
      [
        "representation": "bare-metal", "device-id": "0x2351", "memory-size": "3221225472", "mig-fix": "off",
        "memory-base": "0x90000000000",
      ])
    #expect(device.host.dword(0) == 0x2351_10de)
    #expect(device.options.memorySize == 3 << 30)
    #expect(!device.options.isFreeOfMIGBug)
    #expect(device.options.memoryBase == 9 << 40)
  }

  @Test("the memory has the size and the address of the text, and further GPUs follow as with other profiles")
  func memory() throws {
    let text = start + "memory-size = 144G\nmemory-base = 0x80000000000"
    let guest = try device(profile: text)
    #expect(guest.options.memorySize == 144 << 30)
    let host = try device(profile: text, ["representation": "bare-metal", "instance": "5"])
    #expect(host.regions[1]?.place == .fixed(0x80000000000 + 1 << 44 + 1 << 40))
  }

  @Test("an address that leaves no room for a machine's last GPU is refused for that one")
  func lastInstance() throws {
    let text = start + "memory-base = 0xfffc000000000"
    _ = try device(profile: text, ["representation": "bare-metal", "memory-size": "1610612736"])
    let error = #expect(throws: OptionError.self) {
      _ = try device(
        profile: text, ["representation": "bare-metal", "memory-size": "1610612736", "instance": "1"])
    }
    #expect(
      error?.message
        == "memory-base=0x100fc000000000 with 1536 MiB is not within 0x20000000 to 2^52; use a lower address such "
        + "as 0x400000000000")
  }

  @Test("the MIG fix, the aperture and CXL's readiness can be had on any chip")
  func features() throws {
    let hopper = try device(profile: start + "mig-fix = on\naperture = on\nreadiness = cxl\nmemory-size = 3G")
    #expect(hopper.regions.count == 3)
    #expect(hopper.regions[1] == Region(place: .bar(2), size: 4 << 30, backedSize: 3 << 30, memoryOffset: 0))
    #expect(hopper.regions[2]?.backedSize == 3 << 30)
    #expect(hopper.host.dword(0x310 + 8) == 0x0001_0003)
    #expect(hopper.host.dword(0x320 + 4) == 0x03c3_1e98)
    #expect(hopper.host.dword(0x320 + 0x1c) & 3 == 3)
    let blackwell = try device(
      profile: "base = blackwell-next\nname = mine\naperture = off\nreadiness = registers\nmig-fix = off")
    #expect(blackwell.regions.count == 3)
    #expect(blackwell.regions[1]?.size == 1 << 30)
    #expect(blackwell.layout.capabilities.allSatisfy { !$0.isCXLDevice })
    #expect(blackwell.host.dword(0xb0c + 8) == 3)
  }

  @Test("BAR0 and its MSI-X vectors")
  func interrupts() throws {
    let device = try device(
      profile: start
        + "bar0-size = 32M\nmsi-vectors = 4\nmsix-vectors = 2048\nmsix-table = 0x1000000\nmsix-pending = 0x1ff0000"
    )
    #expect(device.regions[0]?.size == 32 << 20)
    #expect(device.options.profile.chip.interruptVectors == 4)
    #expect(device.host.dword(0x48) >> 16 & 0xe == 4)
    #expect(device.host.dword(0xb0) >> 16 == 2047)
    #expect(device.host.dword(0xb4) == 0x100_0000)
    #expect(device.host.dword(0xb8) == 0x1ff_0000)
  }

  @Test("capabilities are left out and moved, and the lists follow")
  func changes() throws {
    let device = try device(
      profile: start
        + "capability-remove = 0x9c\ncapability-move = 0x40 0xf0\ncapability-remove = 0x100\ncapability-move = 0x2f0 0x100\n"
        + "capability-move = 0x1b8 0xf00")
    #expect(device.layout.capabilities.map(\.offset).prefix(4) == [0x48, 0x60, 0xb0, 0xf0])
    #expect(device.host.config[0x34] == 0x48)
    #expect(device.host.dword(0xf0) & 0xffff == 0x0001)
    #expect(device.host.dword(0xf4) == 8)
    #expect(device.host.dword(0x100) == 0x12c1_0003)
    #expect(device.host.dword(0x108) == 0x48b0_2d00)
    #expect(device.host.dword(0xf00) == 0x0002_0001)
    #expect(device.host.dword(0x9c) == 0 && device.host.dword(0x1b8) == 0)
    // What a guest can write moved too.
    #expect(device.host.masks[0xf04].clearedByOne == 0x30)
    #expect(device.host.masks[0x1bc].clearedByOne == 0)
  }

  @Test("a capability of dwords has its header, its values and what a guest can write")
  func declared() throws {
    var device = try device(
      profile: start
        + """
        capability = 0xc0 id=0x09 length=0x10
        dword = 0x4 0x11223344
        dword = 0xc 0xff00ff00 writable=0x0000ffff
        capability = 0x400 id=0x000b version=2 length=12
        dword = 0x4 0x00c30007
        capability = 0xd0 id=0x0d upper=0xbeef length=4
        """)
    #expect(device.host.dword(0xc0) == 0x0010_d009)
    #expect(device.host.dword(0xc4) == 0x1122_3344)
    #expect(device.host.dword(0xd0) == 0xbeef_000d)
    #expect(device.host.dword(0x400) == 0x0002_000b)
    #expect(device.host.dword(0x404) == 0x00c3_0007)
    device.host.guestWrites(0x1234_5678, at: 0xcc)
    #expect(device.host.dword(0xcc) == 0xff00_5678)
    device.host.guestWrites(.max, at: 0xc4)
    #expect(device.host.dword(0xc4) == 0x1122_3344)
    device.reset(.function)
    #expect(device.host.dword(0xcc) == 0xff00_ff00)
  }

  @Test("a DVSEC has vendor, revision, length and id in its headers")
  func designated() throws {
    let device = try device(
      profile: start
        + "dvsec = 0x500 vendor=0x1234 id=0x56 revision=7 length=0x14\ndword = 0x8 0xabcd0000\ndword=0x10 1")
    #expect(device.host.dword(0x500) == 0x0001_0023)
    #expect(device.host.dword(0x504) == 0x0147_1234)
    #expect(device.host.dword(0x508) == 0xabcd_0056)
    #expect(device.host.dword(0x50c) == 0)
    #expect(device.host.dword(0x510) == 1)
  }

  @Test("NVIDIA's DVSEC of the text decides whether the memory is divided, and follows the device's option")
  func ownMIGFix() throws {
    let text = start + "dvsec = 0x600 vendor=0x10de id=3 length=0x10\ndword = 8 0x10000"
    let fixed = try device(profile: text)
    #expect(fixed.regions.count == 2)
    #expect(fixed.host.dword(0x608) == 0x0001_0003)
    // The base's is not there a second time.
    #expect(fixed.host.dword(0x310) == 0)
    let unfixed = try device(profile: text, ["mig-fix": "off"])
    #expect(unfixed.regions.count == 3)
    #expect(unfixed.host.dword(0x608) == 0x0000_0003)
    let blackwell = try device(
      profile: "base = gb200\nname = mine\ndvsec = 0x600 vendor=0x10de id=3 length=0x10\nmemory-size = 3G")
    #expect(blackwell.host.dword(0xb0c) == 0)
    #expect(!blackwell.options.isFreeOfMIGBug)
  }

  @Test("a profile without that DVSEC cannot be asked for what it says")
  func noMIGFix() throws {
    let text = "base = gb200\nname = mine\nmig-fix = off\ncapability-remove = 0xb0c"
    #expect(try device(profile: text).host.dword(0xb0c) == 0)
    let error = #expect(throws: OptionError.self) { _ = try device(profile: text, ["mig-fix": "on"]) }
    #expect(
      error?.message
        == "mig-fix=on is of no use without NVIDIA's DVSEC 3, which mine leaves out; leave out mig-fix=on")
  }

  @Test("registers get another reset value, or are new; those of an array one by one")
  func registers() throws {
    var device = try device(
      profile: start
        + """
        register = 0x4 0x00030000
        register = 0x1404 5
        register = 0x1400 4 writable=0
        register = 0x1494 6
        register = 0x88 0x12345678 writable=0xffff name=NV_OURS
        register = 0xfffffc 9
        """)
    #expect(read(&device, 0, at: 4, size: 4) == 0x0003_0000)
    for (offset, value) in [
      (0x1400, 4), (0x1404, 5), (0x1408, 0), (0x1494, 6), (0x1498, 0xff), (0xff_fffc, 9),
    ]
      as [(UInt64, UInt64)]
    {
      #expect(read(&device, 0, at: offset, size: 4) == value, "\(offset)")
      device.writeRegion(0, at: offset, value: 0xffff_ffff, size: 4)
    }
    device.writeRegion(0, at: 0x88, value: 0, size: 4)
    for (offset, value) in [
      (0x1400, 4), (0x1404, 0xffff_ffff), (0x1408, 0xffff_ffff), (0x1494, 0xffff_ffff), (0x1498, 0xff),
      (0xff_fffc, 9),
      (0x88, 0x1234_0000),
    ] as [(UInt64, UInt64)] {
      #expect(read(&device, 0, at: offset, size: 4) == value, "\(offset)")
    }
    device.reset(.function)
    #expect(read(&device, 0, at: 0x1404, size: 4) == 5)
    let map = device.options.profile.chip.registers(device.options.profile.chip, device.options.memorySize)
    #expect(map.contains { $0.name == "NV_OURS" && $0.offset == 0x88 })
    #expect(map.contains { $0.name == "NV_PBUS_SW_SCRATCH(0..37)" && $0.offset == 0x1408 && $0.count == 35 })
  }

  @Test("the sizes in the registers are those of the memory, whatever else the text says")
  func sizeRegisters() throws {
    var device = try device(
      profile: start + "register = 0x88 1\nmemory-size = 2G", ["memory-size": "3221225472"])
    #expect(read(&device, 0, at: 0x10_0ce0, size: 4) == 3 << 4 | 10)
  }

  @Test("as many registers as there is room for work, and one more is refused")
  func manyRegisters() throws {
    func text(_ count: Int) -> String {
      start + (0..<count).map { "register = \(0x20_0000 + 8 * $0) \($0)\n" }.joined()
    }
    let base = Chip.gh100.registers(.gh100, 96 << 30)
    let room = min(
      RegisterFile.capacity - base.count,
      RegisterFile.valueCapacity - base.reduce(0) { $0 + Int($1.count) })
    var device = try device(profile: text(room))
    for index in 0..<room {
      #expect(read(&device, 0, at: UInt64(0x20_0000 + 8 * index), size: 4) == index)
    }
    let error = #expect(throws: ProfileError.self) { try Profile(text: text(room + 1)) }
    #expect(error?.line == room + 3)
    #expect(
      error?.problem == "there is no room for more than \(room) registers of a profile's own; leave some out")
  }

  @Test("state of a device with another layout or other registers is refused, and a comment is no difference")
  func snapshots() throws {
    let state = try device(profile: start + "register = 0x88 1").snapshot()
    var same = try device(profile: "# A comment\nbase = gh200-480gb\nname = other\nregister = 0x88 1")
    try same.restore(state)
    for text in [
      "register = 0x88 2", "register = 0x8c 1", "register = 0x88 1 writable=1",
      "register = 0x88 1\nrevision = 1",
      "register = 0x88 1\ncapability-move = 0x9c 0xe0",
    ] {
      var other = try device(profile: start + text)
      #expect(throws: SnapshotError.otherDevice, "\(text)") { try other.restore(state) }
    }
  }

  @Test("a built-in profile and a text do not go together")
  func both() throws {
    for names in [["profile", "profile-text"], ["profile-text", "profile"]] {
      let values = ["profile": "gb200", "profile-text": start]
      let error = #expect(throws: OptionError.self) {
        try DeviceOptions(names.map { Setting(name: $0, value: values[$0] ?? "") })
      }
      #expect(error?.message == "profile= and a profile's file both say which product it is; leave out one")
    }
  }

  @Test("an error of a text names the line, and the file where there is none")
  func optionErrors() throws {
    var error = #expect(throws: OptionError.self) { _ = try device(profile: start + "\nfoo = 1") }
    #expect(
      error?.message.hasPrefix("the profile's file, line 4: a profile has no 'foo'; it has base, name, ")
        == true)
    error = #expect(throws: OptionError.self) { _ = try device(profile: "base = gb200") }
    #expect(
      error?.message == "the profile's file: it has no name; give it one with name =, such as my-gb200")
  }
}
