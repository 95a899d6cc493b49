// SPDX-License-Identifier: GPL-2.0-or-later

import Testing

@testable import GraceDeviceModel

@Suite("What is wrong with a profile's text")
struct ProfileErrorTests {
  private static let names =
    "gh200-120gb, gh200-480gb, gh200-144gb, gb200, gb300, blackwell-next"

  /// Whole texts: the line, and the sentence.
  private static let texts: [(String, Int, String)] = [
    ("", 0, "it has no base; begin with base = and one of: \(names)"),
    ("# base = gb200\nname = mine", 0, "it has no base; begin with base = and one of: \(names)"),
    ("base = gb200\n", 0, "it has no name; give it one with name =, such as my-gb200"),
    ("name = a\nbase = gb400", 2, "there is no profile 'gb400' to start from; use one of: \(names)"),
    ("base = gb200\nname = gb300", 2, "'gb300' is the name of a built-in profile; use another"),
    ("base = gb200\nname = My GPU", 2, "'My GPU' is no name; use up to 32 of a-z, 0-9, -, . and _"),
    (
      "base = gb200\nname = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 2,
      "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' is no name; use up to 32 of a-z, 0-9, -, . and _"
    ),
    ("base = gb200\nname = a\nbase = gb200", 3, "base is in line 1 already; leave out one"),
    ("base = gb200\n\nname = a\n# x\nname = b", 5, "name is in line 3 already; leave out one"),
    ("base = gb200\nname", 2, "'name' is no setting; write NAME = VALUE"),
    ("base = gb200\n= 5", 2, "'= 5' is no setting; write NAME = VALUE"),
    ("base = gb200\nname = # a", 2, "name has no value; write one after the ="),
    ("base = gb200\nname = a\u{7}", 2, "a control character is in the line; take it out"),
    ("base = gb200\rname = a", 1, "a control character is in the line; take it out"),
    ("base = gb200\nname = a\0", 2, "a control character is in the line; take it out"),
  ]

  @Test("a text that is no profile is refused with the line and what to do", arguments: texts)
  func wholeTexts(text: String, line: Int, problem: String) throws {
    let error = #expect(throws: ProfileError.self) { try Profile(text: text) }
    #expect(error?.problem == problem)
    #expect(error?.line == line)
  }

  @Test("a long line and a long text are refused by their length")
  func lengths() throws {
    let line = String(repeating: "x", count: 201)
    var error = #expect(throws: ProfileError.self) { try Profile(text: "base = gb200\n" + line) }
    #expect(error?.line == 2)
    #expect(error?.problem == "the line has 201 bytes and may have 200; shorten it")
    // Comments may be as long as the text.
    let comment = "base = gb200\nname = a\n#"
    _ = try Profile(text: comment + String(repeating: "x", count: 65536 - comment.utf8.count))
    error = #expect(throws: ProfileError.self) {
      try Profile(text: comment + String(repeating: "x", count: 65537 - comment.utf8.count))
    }
    #expect(error?.line == 0)
    #expect(error?.problem == "it has 65537 bytes and may have 65536; leave something out")
  }

  /// Lines from 3 on below `base = gh200-480gb` and a name: the line that is wrong, and the sentence.
  private static let lines: [(String, Int, String)] = [
    ("product = Gr\u{fc}n", 3, "this product cannot be listed; use up to 64 letters of ASCII"),
    ("device-id = 0x10000", 3, "device-id=0x10000 is too large; use at most 65535"),
    (
      "subsystem-id = abc", 3,
      "subsystem-id=abc is not a number; write it in decimal, or in hexadecimal after 0x"
    ),
    ("revision = 256", 3, "revision=256 is too large; use at most 255"),
    ("boot0 = 0x100000000", 3, "boot0=0x100000000 is too large; use at most 4294967295"),
    (
      "memory-size = 1G", 3,
      "memory-size of 1073741824 bytes is too small for mine, which reserves 1 GiB and uses the rest in blocks of 512 "
        + "MiB; use at least 1536M"
    ),
    ("memory-size = 2T", 3, "memory-size of 2199023255552 bytes is too large; use at most 1024G"),
    (
      "memory-size = 2147483649", 3,
      "memory-size of 2147483649 bytes is not a multiple of 1 MiB; use 2048M or 2049M"
    ),
    (
      "memory-size = 1.5G", 3,
      "memory-size=1.5G is not a number; write it in decimal, or in hexadecimal after 0x"
    ),
    ("memory-base = 0x1", 3, "memory-base=0x1 is not a multiple of 512 MiB; use 0x20000000"),
    (
      "memory-base = 0", 3,
      "memory-base=0x0 with 98304 MiB is not within 0x20000000 to 2^52; use a lower address such as 0x400000000000"
    ),
    ("mig-fix = yes", 3, "mig-fix=yes is neither on nor off; write one of them"),
    ("aperture = 1", 3, "aperture=1 is neither on nor off; write one of them"),
    ("readiness = bar0", 3, "readiness=bar0 is unknown; use registers or cxl"),
    (
      "bar0-size = 3M", 3, "bar0-size of 3145728 bytes is no size of BAR0; use a power of two from 4M to 256M"
    ),
    (
      "bar0-size = 2M", 3, "bar0-size of 2097152 bytes is no size of BAR0; use a power of two from 4M to 256M"
    ),
    (
      "bar0-size = 8M", 3, "msix-table=0xb90000 takes 144 bytes and BAR0 ends at 0x800000; use a lower offset"
    ),
    ("msi-vectors = 3", 3, "msi-vectors=3 is impossible; use 1, 2, 4, 8, 16 or 32"),
    ("msix-vectors = 0", 3, "msix-vectors=0 is impossible; use 1 to 2048"),
    ("msix-vectors = 2049", 3, "msix-vectors=2049 is impossible; use 1 to 2048"),
    ("msix-table = 0xb90004", 3, "msix-table=0xb90004 is not a multiple of 8; use 0xb90000"),
    (
      "msix-table = 0xffff78", 3,
      "msix-table=0xffff78 takes 144 bytes and BAR0 ends at 0x1000000; use a lower offset"
    ),
    (
      "msix-pending = 0xfffffff8", 3,
      "msix-pending=0xfffffff8 takes 8 bytes and BAR0 ends at 0x1000000; use a lower offset"
    ),
    (
      "msix-pending = 0xb90088", 3,
      "the MSI-X table, 0xb90000 to 0xb9008f, overlaps the pending bits, 0xb90088 to 0xb9008f; move one with msix-table = "
        + "or msix-pending ="
    ),
    (
      "msix-table = 0x1480", 3, "the MSI-X table would hide the register at 0x1400; use another offset"
    ),
    (
      "register = 0x00ba0004 1", 3,
      "the MSI-X pending bits would hide the register at 0xba0004; use another offset"
    ),
    ("capability-remove = 0x44", 3, missing("0x44")),
    ("capability-move = 0x44 0x50", 3, missing("0x44")),
    ("capability-remove = 0x9c 0xa0", 3, "write capability-remove = OFFSET"),
    ("capability-move = 0x9c", 3, "write capability-move = FROM TO"),
    ("capability-move = 0x9c 0x9e", 3, place("0x9e")),
    ("capability-move = 0x9c 0x3c", 3, place("0x3c")),
    ("capability-move = 0x100 0x1000", 3, place("0x1000")),
    (
      "capability-move = 0x9c 0x400", 3,
      "a capability stays below or above 0x100, where it is; use another offset"
    ),
    (
      "capability-move = 0x250 0x80", 3,
      "a capability stays below or above 0x100, where it is; use another offset"
    ),
    (
      "capability-remove = 0x9c\ncapability-move = 0x9c 0xe0", 4,
      "line 3 changes the capability at 0x9c already; leave out one"
    ),
    (
      "capability-move = 0x9c 0xf0", 3,
      "the capability at 0xf0 has 20 bytes and its space ends at 0x100; use a lower offset"
    ),
    (
      "capability-move = 0x1b8 0xfc0", 3,
      "the capability at 0xfc0 has 72 bytes and its space ends at 0x1000; use a lower offset"
    ),
    (
      "capability-move = 0x9c 0xac", 3,
      "the capability at 0xb0 overlaps that at 0xac, which has 20 bytes; use another offset, or remove one"
    ),
    (
      "capability-move = 0x9c 0x60", 3,
      "the capability at 0x60 overlaps that at 0x60, which has 60 bytes; use another offset, or remove one"
    ),
    // ATS and the DVSEC are there only with options of the device.
    (
      "capability-move = 0x2f0 0x308", 3,
      "the capability at 0x310 overlaps that at 0x308, which has 12 bytes; use another offset, or remove one"
    ),
    (
      "capability-remove = 0x100", 3,
      "the list of extended capabilities begins at 0x100, and none is there; move or declare one at that offset"
    ),
    (
      "capability-remove = 0x100\ncapability-move = 0x300 0x100", 3,
      "the list of extended capabilities begins at 0x100, and none is there; move or declare one at that offset"
    ),
    ("capability-remove = 0x60", 3, "a PCI Express function has the capability at 0x60; leave it in"),
    (
      "readiness = cxl\ncapability-remove = 0x320", 4,
      "readiness = cxl needs the DVSEC at 0x320; leave it in, or write readiness = registers"
    ),
    (
      "mig-fix = on\ncapability-remove = 0x310", 4,
      "the DVSEC at 0x310 says that the MIG bug is fixed; leave it in, or write mig-fix = off"
    ),
    ("capability = 0x3c id=9 length=8", 3, place("0x3c")),
    ("capability = 0x402 id=9 length=8", 3, place("0x402")),
    (
      "capability = 0x400 length=8", 3,
      "a capability has no id=, or 0; write capability = OFFSET id=ID length=BYTES"
    ),
    (
      "capability = 0x400 id=0 length=8", 3,
      "a capability has no id=, or 0; write capability = OFFSET id=ID length=BYTES"
    ),
    ("capability = 0x400 id=0xffff length=8", 3, "id=0xffff is too large; use at most 65534"),
    ("capability = 0xe0 id=0x100 length=8", 3, "id=0x100 is too large; use at most 255"),
    (
      "capability = 0x400 id=9", 3,
      "capability has no length= that is a multiple of 4 bytes from 8 on; add one"
    ),
    (
      "capability = 0x400 id=9 length=4", 3,
      "capability has no length= that is a multiple of 4 bytes from 8 on; add one"
    ),
    (
      "capability = 0xe0 id=9 length=6", 3,
      "capability has no length= that is a multiple of 4 bytes from 4 on; add one"
    ),
    ("capability = 0x400 id=9 length=8 version=16", 3, "version=16 is too large; use at most 15"),
    (
      "capability = 0xe0 id=9 length=8 version=1", 3,
      "'version=1' is nothing that capability has; it has id=, length=, upper="
    ),
    ("capability = 0x400 id=9 length=8 id=9", 3, "id= is there twice; leave out one"),
    ("capability = 0x400 9", 3, "'9' is nothing that capability has; it has id=, length=, version="),
    ("capability = 0xe0 id=0x11 length=12", 3, active("0x11")),
    ("capability = 0xe0 id=5 length=12", 3, active("0x5")),
    ("capability = 0xe0 id=0x10 length=12", 3, active("0x10")),
    ("capability = 0xe0 id=1 length=8", 3, active("0x1")),
    ("capability = 0x400 id=1 length=0x48", 3, active("0x1")),
    (
      "capability = 0x400 id=0x23 length=0x10", 3,
      "id 0x23 is a designated vendor-specific one; write dvsec = 0x400 vendor= id= length="
    ),
    (
      "capability = 0x400 id=11 length=0x1000", 3,
      "the capability at 0x400 has 4096 bytes and its space ends at 0x1000; use a lower offset"
    ),
    (
      "dvsec = 0xe0 vendor=1 id=1 length=12", 3,
      "a dvsec is an extended capability and 0xe0 is below 0x100; use 0x100 to 0xff4"
    ),
    (
      "dvsec = 0x400 vendor=1 length=12", 3,
      "a dvsec has no vendor= or no id=; write dvsec = OFFSET vendor=ID id=ID length=BYTES"
    ),
    (
      "dvsec = 0x400 vendor=1 id=1 length=8", 3,
      "dvsec has no length= that is a multiple of 4 bytes from 12 on; add one"
    ),
    (
      "dvsec = 0x400 vendor=0x1e98 id=0 length=0x3c", 3,
      "the DVSEC for CXL devices changes while the device runs; write readiness = cxl for the base's"
    ),
    (
      "mig-fix = off\ndvsec = 0x400 vendor=0x10de id=3 length=12\ndword = 8 0x10000", 4,
      "this DVSEC says that the MIG bug is fixed, in bit 16 of its dword at 0x8, and line 3 says the contrary; change one"
    ),
    ("dword = 4 1", 3, "this dword belongs to nothing; write it below a capability or dvsec"),
    (
      "capability = 0x400 id=9 length=8\ncapability-remove = 0x9c\ndword = 4 1", 5,
      "this dword belongs to nothing; write it below a capability or dvsec"
    ),
    (
      "capability = 0x400 id=9 length=8\ndword = 4", 4,
      "write dword = OFFSET VALUE, and writable=BITS if it has some"
    ),
    ("capability = 0x400 id=9 length=16\ndword = 0 1", 4, dword("0xc", "0x0")),
    ("capability = 0x400 id=9 length=16\ndword = 6 1", 4, dword("0xc", "0x6")),
    ("capability = 0x400 id=9 length=16\ndword = 16 1", 4, dword("0xc", "0x10")),
    (
      "capability = 0xe0 id=9 length=4\ndword = 4 1", 4,
      "this capability has no dwords but its header; give it a larger length="
    ),
    (
      "capability = 0x400 id=9 length=16\ndword = 8 1\ndword = 8 1", 5,
      "line 4 has the dword at 0x8 already; leave out one"
    ),
    (
      "capability = 0x400 id=9 length=16\ndword = 8 1 rw", 4,
      "'rw' is nothing that dword has; it has writable="
    ),
    (
      "dvsec = 0x400 vendor=1 id=1 length=16\ndword = 4 1", 4,
      "vendor, revision and length of a dvsec stand in its own line; leave out this dword"
    ),
    (
      "dvsec = 0x400 vendor=1 id=1 length=16\ndword = 8 2", 4,
      "bits 15:0 of the dword at 0x8 are the id of a dvsec, which stands in its own line; use 0 there"
    ),
    ("register = 0x88", 3, "write register = OFFSET VALUE, and writable=BITS if it has some"),
    ("register = 0x8a 1", 3, "a register is at a multiple of 4 and not at 0x8a; use 0x88"),
    ("register = 0x88 1\nregister = 0x88 1", 4, "line 3 has the register at 0x88 already; leave out one"),
    (
      "register = 0x1000000 1", 3,
      "registers of BAR0 end at 0x1000000 and this one is at 0x1000000; use a lower offset"
    ),
    (
      "register = 0xfffffffc 1", 3,
      "registers of BAR0 end at 0x1000000 and this one is at 0xfffffffc; use a lower offset"
    ),
    (
      "register = 0x1498 1", 3,
      "NV_PBUS_SW_SCRATCH(38) at 0x1498 changes while the device runs; leave out this register"
    ),
    (
      "register = 0x9400 1", 3,
      "NV_PTIMER_TIME_0 at 0x9400 changes while the device runs; leave out this register"
    ),
  ]

  private static func missing(_ offset: String) -> String {
    "gh200-480gb has no capability at \(offset); it has some at 0x40, 0x48, 0x60, 0x9c, 0xb0, 0x100, 0x12c, 0x1b8, 0x250, "
      + "0x290, 0x2a4, 0x2b8, 0x2f0, 0x300, 0x310"
  }

  private static func place(_ offset: String) -> String {
    "a capability cannot be at \(offset); use a multiple of 4 from 0x40 to 0xffc"
  }

  private static func active(_ id: String) -> String {
    "QEMU takes part in capabilities of id \(id), so there can only be the base's; move that one"
  }

  private static func dword(_ last: String, _ offset: String) -> String {
    "a dword of this capability is at a multiple of 4 from 0x4 to \(last), counted from its start, and not at \(offset); "
      + "use one of them"
  }

  @Test("a setting that cannot be is refused with its line and what to do", arguments: lines.indices)
  func line(index: Int) throws {
    let (text, line, problem) = Self.lines[index]
    let error = #expect(throws: ProfileError.self, "\(text)") {
      try Profile(text: "base = gh200-480gb\nname = mine\n" + text)
    }
    #expect(error?.problem == problem, "\(text)")
    #expect(error?.line == line, "\(text)")
    #expect(problem.contains("; ") || problem.contains("write "), "\(problem) does not say what to do")
    // As QEMU's user sees it, it has to fit the room that the ABI has for a message.
    if let error { #expect(OptionError.badProfile(error).message.utf8.count < 504) }
  }

  @Test("the sentence about an unknown name lists all names, and each of them is known")
  func unknownName() throws {
    let error = #expect(throws: ProfileError.self) {
      try Profile(text: "base = gb200\nname = a\ncolour = red")
    }
    let problem = try #require(error?.problem)
    #expect(problem.hasPrefix("a profile has no 'colour'; it has base, name, "))
    for name in problem.split(separator: "; it has ")[1].split(separator: ", ") {
      let text = "base = gb200\nname = a\n\(name) = \u{7f}"
      #expect(throws: ProfileError.self) { try Profile(text: text) }
      // Whatever is wrong with the value, it is not the name.
      do throws(ProfileError) {
        _ = try Profile(text: "base = gb200\nname = a\n\(name) = ?")
      } catch {
        #expect(!error.problem.contains("a profile has no"), "\(name)")
      }
    }
    #expect(OptionError.badProfile(try #require(error)).message.utf8.count < 504)
  }

  @Test("msi-vectors is for chips that have MSI")
  func noMSI() throws {
    let error = #expect(throws: ProfileError.self) {
      try Profile(text: "base = gb200\nname = a\nmsi-vectors = 1")
    }
    #expect(error?.problem == "gb200 has no MSI, and MSI-X alone; write msix-vectors =")
  }
}
