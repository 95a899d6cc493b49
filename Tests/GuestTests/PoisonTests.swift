// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// Memory that goes bad in a running guest: the cases themselves are in guest/live-poison.c.
@Suite("Bad memory")
struct PoisonTests {
  @Test(
    "a program that reads a bad page gets SIGBUS with its address, through a BAR and through the driver's mapping",
    arguments: [Representation.vm, .bareMetal])
  func reads(representation: Representation) async throws {
    try await LiveGuest.expectPassed(LiveGuest.machine("poison", representation: representation))
  }

  @Test(
    "a kernel that firmware tells of a bad page finds who has mapped it, if a driver says where it is",
    arguments: [(.gh200With480GB, .vm), (.gb200, .vm), (.gh200With480GB, .bareMetal)]
      as [(GPUProfile, Representation)])
  func records(profile: GPUProfile, representation: Representation) async throws {
    var machine = LiveGuest.machine("records", profile: profile, representation: representation)
    machine.reportsMemoryErrors = true
    machine.kernelWords[0] = "grace.tests=sysfs-check,live-check"
    let guest = try await GuestLab.guest(machine, answering: LiveGuest.answer)
    let cases = try guest.program("live-check").cases
    #expect(cases.count == (representation == .vm ? 3 : 4))
    #expect(cases.allSatisfy { $0.result == .passed }, "\(cases)")
    let reads = guest.facts.badReads
    #expect(reads.map(\.after) == ["poison", "again", "elsewhere", "next page", "mend"])
    #expect(reads.map(\.signal) == [7, 7, 7, 0, 0])
    // The first of the page, and the address is that of the page: BUS_MCEERR_AR of the driver's range, or SI_KERNEL
    // without an address of a BAR in sysfs, which is nobody's. A record that the kernel has had: BUS_OBJERR.
    let isDriver = representation == .bareMetal
    #expect(reads.map(\.code) == (isDriver ? [4, 3, 4, 0, 0] : [0x80, 3, 0x80, 0, 0]))
    #expect(reads.map(\.hasAddress) == [isDriver, true, false, false, false])
    #expect(reads.map(\.isWhole) == [false, false, false, true, true])
    // Of a GB200, BAR2 shows the memory as well.
    let bar = try #require(guest.facts.bars.first { $0.index == 4 || isDriver })
    let page = String((isDriver ? 1 << 46 : bar.start) + 0x1000, radix: 16)
    let log = guest.facts.kernelLog.map(\.text)
    #expect(
      log.contains { $0.contains("[Hardware Error]:   physical_address: 0x0") && $0.hasSuffix("0\(page)") },
      "\(log)")
    let end = "recovery action for non struct page pfn: \(isDriver ? "Recovered" : "Ignored")"
    #expect(log.contains("Memory failure: 0x\(page.dropLast(3)): \(end)"))
  }

  @Test("a page of extended memory that goes bad is in the table of retired pages as long as it is bad")
  func retiredPages() async throws {
    var machine = LiveGuest.machine("poison")
    machine.deviceProperties = ["egm-size": "1G", "egm-base": "0x80000000000"]
    try await LiveGuest.expectPassed(machine) { request, guest in
      let isBad = request.arguments != ["none"]
      // Bad pages of both kinds go into one list.
      let pages = isBad ? request.arguments.joined() + "+egm:0x5008" : ""
      try await guest.set("poison", to: .string(pages))
      // The table lies behind the memory: a count, then addresses. QEMU's monitor reads what a guest would.
      let table = try await guest.qmp.monitor("xp /2gx 0x80040000000")
      let expected = isBad ? "0x0000000000000001 0x0000080000005000" : "0x0000000000000000 0x0000000000000000"
      #expect(table.contains(expected), "\(table)")
      return "done"
    }
  }

  /// A bug of Linux 7.3: see docs/faults.md.
  @Test("pread of a bad page is an oops in the driver, and whoever closes the device then waits for ever")
  func kernelRead() async throws {
    let guest = try await GuestLab.guest(LiveGuest.machine("bad-read"), answering: LiveGuest.answer)
    let cases = try guest.program("live-check").cases
    #expect(cases.count == 2)
    #expect(cases.allSatisfy { $0.result == .passed }, "\(cases)")
    let program = try #require(guest.results.cases.last)
    #expect(program.diagnostics.contains { $0.hasPrefix("TIMEOUT") })
  }
}

extension Representation: CustomTestStringConvertible {
  /// The representation's name.
  public var testDescription: String { rawValue }
}
