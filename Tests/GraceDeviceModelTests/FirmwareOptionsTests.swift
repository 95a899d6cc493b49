// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel
import Testing

@Suite("Options of firmware's tables")
struct FirmwareOptionsTests {
  @Test("without settings everything is there, and nothing is wrong")
  func defaults() throws {
    let firmware = try options().firmware
    #expect(firmware.hasInitiators && firmware.namesDomains && firmware.hasAttributes)
    #expect(firmware.statedSize == .actual)
    #expect(firmware.hostDomain == nil)
    #expect(firmware.extendedMemory == nil)
    #expect(firmware.quirks.isEmpty)
    #expect(
      [firmware.local, firmware.host, firmware.remote, firmware.peer].map(\.distance) == [11, 80, 120, 120])
    #expect(firmware.host.bandwidthIn == 375)
    #expect(firmware.host.bandwidthOut == 297)
    #expect(firmware.remote.bandwidthIn == nil)
  }

  @Test("each setting reaches its place")
  func settings() throws {
    let firmware = try options([
      "host-node": "3", "initiators": "off", "dsd-pxm": "off", "dsd-size": "off", "hmat": "off",
      "distance-host": "33", "distance-remote": "44", "distance-gpu": "55", "latency-local": "1",
      "latency-host": "2/3", "latency-remote": "4", "latency-gpu": "5/6", "bandwidth-local": "7",
      "bandwidth-host": "8/9", "bandwidth-remote": "10", "bandwidth-gpu": "11/12",
      "firmware-quirk": "slit-zero+gi-missing",
    ]).firmware
    #expect(firmware.hostDomain == 3)
    #expect(!firmware.hasInitiators && !firmware.namesDomains && !firmware.hasAttributes)
    #expect(firmware.statedSize == .nothing)
    let links = [firmware.local, firmware.host, firmware.remote, firmware.peer]
    #expect(links.map(\.distance) == [11, 33, 44, 55])
    #expect(links.map(\.readLatency) == [1, 2, 4, 5])
    #expect(links.map(\.writeLatency) == [1, 3, 4, 6])
    #expect(links.map(\.bandwidthIn) == [7, 8, 10, 11])
    #expect(links.map(\.bandwidthOut) == [7, 9, 10, 12])
    #expect(firmware.quirks == [.distancesZero, .initiatorsMissing])
  }

  @Test(
    "the size that _DSD names is the memory's, none, or what the user says, which may be a lie",
    arguments: [
      ("on", .actual), ("off", .nothing), ("0", .bytes(0)), ("1", .bytes(1)), ("512M", .bytes(512 << 20)),
      ("0x60000000", .bytes(1536 << 20)), ("1T", .bytes(1 << 40)),
      ("18446744073709551615", .bytes(.max)),
    ] as [(String, StatedSize)])
  func statedSize(text: String, expected: StatedSize) throws {
    #expect(try options(["dsd-size": text]).firmware.statedSize == expected)
  }

  @Test("the names of mistakes are unique, and each finds its own")
  func quirkNames() {
    for quirk in FirmwareQuirk.allCases { #expect(FirmwareQuirk.named(quirk.name) == quirk) }
    #expect(FirmwareQuirk.allCases.count == 14)
  }

  @Test("extended memory is given in bytes or binary units, with a table behind it unless it is off")
  func extendedMemory() throws {
    let host = ["representation": "bare-metal", "egm-size": "1G"] as KeyValuePairs
    let memory = try #require(try options(host).firmware.extendedMemory)
    #expect(memory.base == 1 << 43)
    #expect(memory.size == 1 << 30)
    #expect(memory.domain == nil)
    #expect(memory.retiredPagesBase == 1 << 43 + 1 << 30)
    #expect(try options(host).backingSize == 97 << 30)
    let all = try #require(
      try options([
        "representation": "bare-metal", "egm-size": "0x40000000", "egm-base": "2T", "egm-pxm": "5",
        "egm-retired-pages": "0x20000010000+0x20000020000",
      ]).firmware.extendedMemory)
    #expect(all.base == 2 << 40)
    #expect(all.domain == 5)
    #expect(all.retiredPages == [0x200_0001_0000, 0x200_0002_0000])
    let without =
      ["representation": "bare-metal", "egm-size": "512M", "egm-retired-pages": "off"] as KeyValuePairs
    #expect(try options(without).firmware.extendedMemory?.retiredPagesBase == nil)
    #expect(try options(["egm-size": "0"]).firmware.extendedMemory == nil)
  }

  @Test("the default places of 64 GPUs' extended memory do not overlap")
  func extendedBases() throws {
    let bases = try (0..<64).map { instance in
      let settings =
        ["representation": "bare-metal", "egm-size": "512G", "instance": "\(instance)"] as KeyValuePairs
      return try #require(try options(settings).firmware.extendedMemory).base
    }
    for (one, next) in zip(bases.sorted(), bases.sorted().dropFirst()) { #expect(next - one >= 512 << 30) }
  }

  @Test(
    "what cannot be used is refused in one sentence that says what to do",
    arguments: [
      (["initiators": "yes"], "initiators=yes is neither on nor off; write one of them"),
      (
        ["dsd-size": "maybe"],
        "dsd-size=maybe is neither on nor off nor a number of bytes; write one of them, such as 512M"
      ),
      (
        ["dsd-size": "-1"],
        "dsd-size=-1 is neither on nor off nor a number of bytes; write one of them, such as 512M"
      ),
      (["dsd-size": "16777216T"], "dsd-size=16777216T does not fit into 64 bits; use a smaller number"),
      (["distance-host": "10"], "distance-host=10 is too small; use at least 11"),
      (["distance-gpu": "255"], "distance-gpu=255 is too large; use at most 254"),
      (["latency-host": "0"], "latency-host=0 is too small; use at least 1"),
      (["latency-host": "1/2/3"], "latency-host=1/2/3 is not a number or two; write A or A/B"),
      (
        ["bandwidth-gpu": "9/"],
        "bandwidth-gpu= is not a number; write it in decimal, or in hexadecimal after 0x"
      ),
      (["bandwidth-gpu": "65535"], "bandwidth-gpu=65535 is too large; use at most 65534"),
      (
        ["firmware-quirk": "gi"],
        "there is no firmware-quirk 'gi'; use one of: gi-handle-swapped, gi-handle-doubled, gi-shuffled, "
          + "gi-missing, gi-disabled, gi-one-too-few, dsd-missing, dsd-size-zero, dsd-base-unaligned, "
          + "slit-asymmetric, slit-too-small, slit-zero, hmat-unknown-domain, memory-overlaps-ram"
      ),
      (
        ["firmware-quirk": "slit-zero+"],
        "there is no firmware-quirk ''; use one of: gi-handle-swapped, gi-handle-doubled, gi-shuffled, "
          + "gi-missing, gi-disabled, gi-one-too-few, dsd-missing, dsd-size-zero, dsd-base-unaligned, "
          + "slit-asymmetric, slit-too-small, slit-zero, hmat-unknown-domain, memory-overlaps-ram"
      ),
      (["egm-base": "1T"], "egm-base is of no use without extended memory; give egm-size= too"),
      (["egm-pxm": "1"], "egm-pxm is of no use without extended memory; give egm-size= too"),
      (
        ["egm-size": "1G"],
        "egm-size is only for representation=bare-metal, since a guest's extended memory is its RAM; leave it out"
      ),
      (
        ["representation": "bare-metal", "egm-size": "1000M"],
        "egm-size=0x3e800000 is not a multiple of 524288 KiB; use 0x20000000"
      ),
      (
        ["representation": "bare-metal", "egm-size": "1G", "egm-base": "0"],
        "egm-base=0x0 with 1024 MiB is not within 0x20000000 to 2^52; use a lower address such as 0x80000000000"
      ),
      (
        ["representation": "bare-metal", "egm-size": "1X"],
        "egm-size=1X is not a number; write it in decimal, or in hexadecimal after 0x"
      ),
    ] as [(KeyValuePairs<String, String>, String)])
  func refused(settings: KeyValuePairs<String, String>, message: String) throws {
    let error = #expect(throws: OptionError.self) { try options(settings) }
    #expect(error?.message == message)
  }
}
