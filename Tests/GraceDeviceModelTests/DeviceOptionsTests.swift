// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel
import Testing

@Suite("Options of a device")
struct DeviceOptionsTests {
  @Test("without settings it is a gh200-480gb in the vm representation")
  func defaults() throws {
    let options = try options()
    #expect(options.profile.deviceID == 0x2345)
    #expect(options.representation == .virtualMachine)
    #expect(options.memorySize == 103_079_215_104)
    #expect(options.domainCount == 8)
    #expect(options.firstDomain == nil)
  }

  @Test(
    "each profile has the ids and the memory of its product",
    arguments: [
      ("gh200-120gb", 0x2342, 0x16eb, 96), ("gh200-480gb", 0x2345, 0x1809, 96),
      ("gh200-144gb", 0x2348, 0x18d2, 144), ("gb200", 0x2941, 0x2046, 186), ("gb300", 0x31c2, 0x21f1, 288),
      ("blackwell-next", 0x3341, 0x21f1, 288),
    ] as [(String, UInt16, UInt16, UInt64)])
  func profiles(name: String, device: UInt16, subsystem: UInt16, gibibytes: UInt64) throws {
    let options = try options(["profile": name])
    #expect(options.profile.deviceID == device)
    #expect(options.profile.subsystemID == subsystem)
    #expect(options.memorySize == gibibytes << 30)
  }

  @Test(
    "memory lies where firmware puts it: 2^46, then 2^44 further for each of four sockets",
    arguments: [
      ("0", 0x4000_0000_0000), ("1", 0x5000_0000_0000), ("2", 0x6000_0000_0000), ("3", 0x7000_0000_0000),
      ("4", 0x4100_0000_0000), ("7", 0x7100_0000_0000), ("63", 0x7f00_0000_0000),
    ] as [(String, UInt64)])
  func bases(instance: String, base: UInt64) throws {
    #expect(try options(["representation": "bare-metal", "instance": instance]).memoryBase == base)
  }

  @Test("numbers are decimal, or hexadecimal after 0x; the last of two settings wins")
  func numbers() throws {
    let base = ["representation": "bare-metal", "memory-base": "0x80000000000"] as KeyValuePairs
    #expect(try options(base).memoryBase == 1 << 43)
    #expect(try options(["memory-size": "1", "memory-size": "1610612736"]).memorySize == 1_610_612_736)
    #expect(try options(["pxm-start": "0", "numa-nodes": "0"]).firstDomain == 0)
  }

  @Test(
    "what cannot be used is refused in one sentence that says what to do",
    arguments: [
      (
        ["profile": "gh300"],
        "there is no profile 'gh300'; use one of: gh200-120gb, gh200-480gb, gh200-144gb, gb200, gb300, "
          + "blackwell-next"
      ),
      (
        ["profile": ""],
        "there is no profile ''; use one of: gh200-120gb, gh200-480gb, gh200-144gb, gb200, gb300, "
          + "blackwell-next"
      ),
      (["representation": "metal"], "there is no representation 'metal'; use vm or bare-metal"),
      (
        ["colour": "red"],
        "grace-gpu has no option 'colour'; use those of docs/device.md and docs/firmware.md"
      ),
      (
        ["numa-nodes": "eight"],
        "numa-nodes=eight is not a number; write it in decimal, or in hexadecimal after 0x"
      ),
      (["numa-nodes": ""], "numa-nodes= is not a number; write it in decimal, or in hexadecimal after 0x"),
      (
        ["numa-nodes": "0x"], "numa-nodes=0x is not a number; write it in decimal, or in hexadecimal after 0x"
      ),
      (
        ["numa-nodes": "-1"], "numa-nodes=-1 is not a number; write it in decimal, or in hexadecimal after 0x"
      ),
      (["numa-nodes": "65"], "numa-nodes=65 is too large; use at most 64"),
      (
        ["memory-size": "18446744073709551616"],
        "memory-size=18446744073709551616 does not fit into 64 bits; use a smaller number"
      ),
      (
        ["memory-size": "1073741824"],
        "memory-size of 1073741824 bytes is too small for gh200-480gb, which reserves 1 GiB and uses the rest "
          + "in blocks of 512 MiB; use at least 1536M"
      ),
      (
        ["memory-size": "1610612735"],
        "memory-size of 1610612735 bytes is too small for gh200-480gb, which reserves 1 GiB and uses the rest "
          + "in blocks of 512 MiB; use at least 1536M"
      ),
      (
        ["memory-size": "2147483649"],
        "memory-size of 2147483649 bytes is not a multiple of 1 MiB; use 2048M or 2049M"
      ),
      (
        ["memory-size": "1099512676352"],
        "memory-size of 1099512676352 bytes is too large; use at most 1024G"
      ),
      (
        ["memory-base": "0x400000000000"],
        "memory-base is only for representation=bare-metal, since in the vm representation the guest's "
          + "firmware places the BARs; leave it out"
      ),
      (
        ["representation": "bare-metal", "memory-base": "0x400000100000"],
        "memory-base=0x400000100000 is not a multiple of 512 MiB; use 0x400000000000"
      ),
      (
        ["representation": "bare-metal", "memory-base": "0xfffffe0000000"],
        "memory-base=0xfffffe0000000 with 98304 MiB is not within 0x20000000 to 2^52; use a lower address "
          + "such as 0x400000000000"
      ),
      (
        ["representation": "bare-metal", "memory-base": "0"],
        "memory-base=0x0 with 98304 MiB is not within 0x20000000 to 2^52; use a lower address such as "
          + "0x400000000000"
      ),
    ] as [(KeyValuePairs<String, String>, String)])
  func refused(settings: KeyValuePairs<String, String>, message: String) throws {
    let error = #expect(throws: OptionError.self) { try options(settings) }
    #expect(error?.message == message)
  }

  @Test("firmware-quirk takes several mistakes, and refuses what is none")
  func quirks() throws {
    let both = try options(["firmware-quirk": "slit-zero+gi-disabled"])
    #expect(both.firmware.quirks == [.distancesZero, .initiatorsDisabled])
    #expect(try options([:]).firmware.quirks.isEmpty)
    for value in ["", "slit-zero+", "slit-zero+none", "slit-zero,gi-disabled"] {
      #expect(throws: OptionError.self) { try options(["firmware-quirk": value]) }
    }
  }
}
