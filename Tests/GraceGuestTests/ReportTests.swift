// SPDX-License-Identifier: GPL-2.0-or-later

import FoundationEssentials
import Testing

@testable import GraceGuest

@Suite("Reports")
struct ReportTests {
  private func report(_ guest: SampleGuest) throws -> GuestReport {
    try GuestReport(try guest.run())
  }

  @Test("the report for people reads like this")
  func text() throws {
    let text = try report(SampleGuest(.bareMetal)).text
    #expect(
      text == #"""
        gh200-480gb bare-metal, 2.25 GiB
        ================================
        Linux 7.3.4, 2 CPUs, 4 KiB pages; 2.25 GiB of coherent memory

        GPU 0: PCI function 0000:01:00.0
          ids        10de:2345, subsystem 10de:1809, class 030200, revision a1
          companion  \_SB_.PCI0.S08_.GPU0
          _DSD       nvidia,gpu-mem-base-pa    0x400000000000
                     nvidia,gpu-mem-pxm-start  1
                     nvidia,gpu-mem-pxm-count  8
                     nvidia,gpu-mem-size       0x90000000 (2.25 GiB)
          driver     nvgrace_gpu_vfio_pci
          reset      acpi flr

          BAR  address       size    real length  kind
          0    0x8000000000  16 MiB  registers    64-bit prefetchable

          VFIO region  size    real length  access      can be mapped
          0            16 MiB  registers    read write  all
          2            2 GiB   1.25 GiB     read write  0x0 to 0x50000000
          4            2 GiB   1 GiB        read write  0x0 to 0x40000000

        NUMA
          node  CPUs  memory   generic initiator  distance
          0     yes   1.8 GiB  -                  10 to itself, 80 to others
          1-8   -     -        yes                10 to itself, 11 or 80 to others

          SRAT  generic initiator 0000:01:00.0  domains 1-8  flags 3
          SRAT  memory without length           domains 1-8  flags 3
          HMAT  node 0 from itself         100 ns, 486 GB/s
          HMAT  nodes 1-8 from themselves  100 ns, 3400 GB/s
          HMAT  nodes 1-8 from 0           800 ns, 375 GB/s

        Time
          firmware   0.6 s
          kernel     0.8 s
          tests      0.0 s  memory-check 123 ms
          power-off  1.4 s
          all        3.0 s

        Tests: 2 passed, 0 failed, 1 skipped
          skipped: memory-check: huge pages: none configured
          kernel: something odd

        gh200-480gb bare-metal, 2.25 GiB: 79 of 79 expectations held

        """#)
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test("a failure is listed with what was expected and found, before the verdict")
  func failure() throws {
    let report = try report(SampleGuest(.vm).replacing(#""a1""#, by: #""00""#))
    let count = report.expectations.count
    #expect(!report.held)
    #expect(
      report.text.hasSuffix(
        """

          NOT HELD  GPU 0 revision
                    expected a1
                    found    00
        gh200-480gb vm, 2.25 GiB: \(count - 1) of \(count) expectations held

        """))
  }

  @Test("a guest's reason is told without the test's name, in lines of at most 100 characters")
  func longReason() throws {
    var guest = SampleGuest(.vm).replacing("ok 2 interrupts", by: "not ok 2 interrupts")
    let index = try #require(guest.lines.firstIndex(of: "not ok 2 interrupts"))
    guest.lines.insert(
      "# interrupts: " + Array(repeating: "word", count: 25).joined(separator: " "), at: index)
    let words = Array(repeating: "word", count: 14).joined(separator: " ")
    #expect(
      try report(guest).text.contains(
        """
          NOT HELD  interrupts
                    expected ok
                    found    not ok; \(words)
                             \(Array(repeating: "word", count: 11).joined(separator: " "))

        """))
  }

  @Test("a kernel message that came often is told once")
  func repeatedMessages() throws {
    var guest = SampleGuest(.vm)
    let message = try #require(guest.lines.first { $0.contains("something odd") })
    guest.lines.insert(message, at: 10)
    #expect(try report(guest).text.contains("\n  kernel: something odd (2 times)\n"))
  }

  @Test("a guest that did not finish leaves the reason and the end of its console")
  func unfinished() {
    let error = GuestRunError.kernelPanic(message: "Kernel panic - not syncing: x", lastLines: ["a", "b"])
    let report = GuestReport(options: MachineOptions(representation: .vm), failure: error)
    #expect(!report.held)
    #expect(
      report.text == """
        gh200-480gb vm
        ==============

          | a
          | b
        gh200-480gb vm: The guest's kernel panicked: Kernel panic - not syncing: x

        """)
  }

  @Test("no guest at all is no success")
  func noGuests() {
    #expect(!BootReport([]).held)
  }

  @Test("JSON has a version, keys in snake case and alphabetical order, and whole numbers")
  func json() throws {
    let json = try BootReport([try report(SampleGuest(.bareMetal))]).json()
    #expect(json.hasPrefix("{\n  \"guests\" : [\n    {\n      \"expectations\" : [\n"))
    #expect(json.hasSuffix("  \"held\" : true,\n  \"version\" : 1\n}"))
    for part in [
      #""memory_bytes" : 2415919104"#, #""representation" : "bare-metal""#, #""value" : 70368744177664"#,
      #""total_ms" : 3000"#, #""companion" : "\\_SB_.PCI0.S08_.GPU0""#, #""has_generic_initiator" : true"#,
    ] {
      #expect(json.contains(part), "\(part)")
    }
  }

  @Test("JSON reads back as the same report")
  func roundTrip() throws {
    let report = BootReport([
      try report(SampleGuest(.vm)),
      GuestReport(options: MachineOptions(representation: .vm), failure: .malformedResults(.noDocument)),
    ])
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    #expect(try decoder.decode(BootReport.self, from: Data(try report.json().utf8)) == report)
    #expect(!report.held)
  }

  @Test("nodes that look the same share a row, others do not")
  func nodeGroups() throws {
    let facts = try SampleGuest(.vm).run().facts
    #expect(NodeGroup.grouping(facts.nodes).map(\.ids) == ["0", "1-8"])
    var nodes = facts.nodes
    nodes[4].hasGenericInitiator = false
    #expect(NodeGroup.grouping(nodes).map(\.ids) == ["0", "1-3", "4", "5-8"])
    nodes.remove(at: 2)
    #expect(NodeGroup.grouping(nodes).map(\.ids) == ["0", "1", "3", "4", "5-8"])
  }

  @Test("ways of the same speed share a row, and ways from CPUs to their own memory are not told twice")
  func accessGroups() throws {
    var accesses = try SampleGuest(.vm).run().facts.accesses
    #expect(
      AccessGroup.grouping(accesses).map { "\($0.way): \($0.speed)" } == [
        "node 0 from itself: 100 ns, 486 GB/s", "nodes 1-8 from themselves: 100 ns, 3400 GB/s",
        "nodes 1-8 from 0: 800 ns, 375 GB/s",
      ])
    accesses[2].writeLatency = 150
    #expect(
      AccessGroup.grouping(accesses).map { "\($0.way): \($0.speed)" }.dropFirst().prefix(2) == [
        "node 1 from itself: 100/150 ns, 3400 GB/s", "nodes 2-8 from themselves: 100 ns, 3400 GB/s",
      ])
  }

  @Test(
    "runs of numbers are joined",
    arguments: [
      ([], "none"), ([7], "7"), ([1, 2, 3], "1-3"), ([5, 1, 2, 4], "5 1-2 4"),
      ([.max, 0], "\(UInt64.max) 0"),
    ]
      as [([UInt64], String)])
  func joinedNumbers(numbers: [UInt64], text: String) {
    #expect(ranges(numbers) == text)
  }
}
