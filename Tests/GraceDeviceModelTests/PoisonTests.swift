// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel
import Testing

@Suite("Memory that goes bad")
struct PoisonTests {
  /// The pages that the host was last told are bad.
  private func badPages(_ calls: [RecordingHost.Call]) -> [UInt64] {
    var pages: [UInt64] = []
    for case .poison(let isBad, let offset) in calls {
      if isBad { pages.append(offset) } else { pages.removeAll { $0 == offset } }
    }
    return pages
  }

  @Test("pages that are bad from the start are said once, at the first reset, and no reset mends them")
  func fromTheStart() throws {
    let options = try options(["poison": "0x1234+5G+0x1fff", "representation": "bare-metal"])
    var device = GraceDevice(options: options, host: RecordingHost())
    device.attachConfig()
    #expect(badPages(device.host.calls) == [])
    device.reset(.cold)
    #expect(badPages(device.host.calls) == [0x1000, 5 << 30])
    device.host.calls = []
    for kind in [ResetKind.function, .bus, .cold] { device.reset(kind) }
    #expect(!device.host.calls.contains { if case .poison = $0 { true } else { false } })
  }

  @Test("while it runs, only what changes is said")
  func atRunTime() throws {
    var device = try device(["poison": "0+4096"])
    let pages = try device.options.poison(Setting(name: "poison", value: "4096+8192"))
    device.setPoison(pages)
    #expect(device.host.calls == [.poison(false, at: 0), .poison(true, at: 8192)])
    device.host.calls = []
    let none = try device.options.poison(Setting(name: "poison", value: ""))
    device.setPoison(none)
    #expect(device.host.calls == [.poison(false, at: 4096), .poison(false, at: 8192)])
  }

  @Test("a bad page of extended memory follows those that firmware retired, in their table")
  func retired() throws {
    var device = try device([
      "representation": "bare-metal", "egm-size": "1G", "egm-base": "0x80000000000",
      "egm-retired-pages": "0x80000005000", "poison": "egm:0x7008+0x3000",
    ])
    let table = try #require(
      (0..<device.regions.count).last { device.regions[$0]?.backedSize == 0 && $0 > 0 })
    let entries = (0..<4).map { device.readRegion(table, at: UInt64($0) * 8, size: 8) }
    #expect(entries == [2, 0x800_0000_5000, 0x800_0000_7000, 0])
    // An access that straddles two entries.
    #expect(read(&device, table, at: 12, size: 8) == 0x0000_7000_0000_0800)
    device.setPoison(PoisonedPages())
    #expect(read(&device, table, at: 0, size: 8) == 1)
  }

  @Test("saved state has them, and a device that takes it over tells its host")
  func saved() throws {
    let source = try device(["poison": "0x5000"])
    let state = source.snapshot()
    var target = try device(["poison": "0x9000"])
    try target.restore(state)
    #expect(badPages([.poison(true, at: 0x9000)] + target.host.calls) == [0x5000])
    #expect(target.poison == source.poison)
  }

  @Test(
    "what the memory does not have, and more than a device keeps, is refused",
    arguments: [
      ("96G", "poison has the offset 103079215104, and the memory has 103079215104 bytes; give a lower one"),
      ("egm:0", "poison=egm: is of no use without extended memory; give egm-size= too"),
      ("egm", "poison=egm is not a number; write it in decimal, or in hexadecimal after 0x"),
      ("1++2", "poison= is not a number; write it in decimal, or in hexadecimal after 0x"),
      (
        (0...32).map { "\($0 * 4096)" }.joined(separator: "+"),
        "poison names more than 32 pages, which is the most; give fewer"
      ),
    ])
  func refused(value: String, message: String) throws {
    do throws(OptionError) {
      _ = try DeviceOptions([Setting(name: "poison", value: value)])
      Issue.record("accepted")
    } catch {
      #expect(error.message == message)
    }
  }
}
