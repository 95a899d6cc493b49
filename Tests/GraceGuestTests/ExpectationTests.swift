// SPDX-License-Identifier: GPL-2.0-or-later

import Testing

@testable import GraceGuest

@Suite("What is expected of a guest")
struct ExpectationTests {
  private func failures(_ guest: SampleGuest) throws -> [String] {
    try guest.run().expectations().filter { !$0.held }.map(\.name)
  }

  @Test("a guest in which all is well fails nothing", arguments: Representation.allCases)
  func healthy(representation: Representation) throws {
    let expectations = try SampleGuest(representation).run().expectations()
    #expect(expectations.filter { !$0.held } == [])
    #expect(expectations.count > 35)
    #expect(Set(expectations.map(\.name)).count == expectations.count)
  }

  /// Representation, text on the console, what stands there instead, the expectations that notice.
  private static let faults: [(Representation, String, String, [String])] = [
    (.vm, #""vendor":"10de","device""#, #""vendor":"10df","device""#, ["GPU 0 vendor id"]),
    (.vm, #""device":"2345""#, #""device":"2342""#, ["GPU 0 device id"]),
    (.vm, #""subsystem_vendor":"10de""#, #""subsystem_vendor":"1af4""#, ["GPU 0 subsystem vendor id"]),
    (.vm, #""1809""#, #""1100""#, ["GPU 0 subsystem id"]),
    (.vm, #""030200""#, #""030000""#, ["GPU 0 class"]),
    (.vm, #""a1""#, #""00""#, ["GPU 0 revision"]),
    (.vm, #""flr""#, #""flr bus""#, ["GPU 0 reset methods"]),
    (.bareMetal, #""acpi flr""#, #""flr""#, ["GPU 0 reset methods"]),
    (.vm, #""numa_node":-1"#, #""numa_node":0"#, ["GPU 0 NUMA node"]),
    (.bareMetal, #""numa_node":0"#, #""numa_node":-1"#, ["GPU 0 NUMA node"]),
    (.vm, "[10,80,80,80,80,80,80,80,80]", "[10,80,80,80,80,80,80,80,81]", ["distances of node 0"]),
    (.vm, #"\\_SB_.PCI0.S08_.GPU0"#, #"\\_SB_.PCI0.S10_.GPU0"#, ["GPU 0 ACPI companion"]),
    (.vm, #""driver":null"#, #""driver":"vfio-pci""#, ["GPU 0 driver"]),
    (.bareMetal, #""nvgrace_gpu_vfio_pci""#, "null", ["GPU 0 driver"]),
    (.vm, "402653345", "4294967295", ["GPU 0 register BOOT_0"]),
    (.vm, #""offset":4,"value":0"#, #""offset":4,"value":65536"#, ["GPU 0 register BOOT_1"]),
    (.vm, "403312640", "0", ["GPU 0 register BOOT_42"]),
    (.vm, #""offset":5272,"value":255"#, #""offset":5272,"value":0"#, ["GPU 0 register C2C_STATUS"]),
    (.vm, #""offset":131260,"value":255"#, #""offset":131260,"value":1"#, ["GPU 0 register BOOT_COMPLETE"]),
    (.vm, "36864", "36874", ["GPU 0 register MEMORY_RANGE"]),
    (.vm, "36864", "1073778688", ["GPU 0 register MEMORY_RANGE"]),
    (.vm, #""value":2304"#, #""value":2305"#, ["GPU 0 register FRAMEBUFFER"]),
    (.vm, #""bytes":16777216"#, #""bytes":33554432"#, ["GPU 0 BAR0 size"]),
    (
      .vm, #""index":2,"start":554050781184,"bytes":2147483648"#,
      #""index":2,"start":554050781184,"bytes":1073741824"#, ["GPU 0 BAR2 size"]
    ),
    (
      .vm, #""start":549755813888"#, #""start":550829555712"#,
      ["GPU 0 BAR4 is placed at a multiple of its size"]
    ),
    (.vm, #""start":549755813888"#, #""start":0"#, ["GPU 0 BAR4 is placed at a multiple of its size"]),
    (
      .vm, #"556198264832,"bytes":16777216,"prefetchable":true"#,
      #"556198264832,"bytes":16777216,"prefetchable":false"#, ["GPU 0 BAR0 kind"]
    ),
    (.vm, #""bar":2,"bytes":1342177280"#, #""bar":2,"bytes":2147483648"#, ["GPU 0 real length of region 2"]),
    (.vm, #""bar":4,"bytes":1073741824"#, #""bar":4,"bytes":1342177280"#, ["GPU 0 real length of region 4"]),
    (.bareMetal, "70368744177664", "87960930222080", ["GPU 0 _DSD nvidia,gpu-mem-base-pa"]),
    (.bareMetal, "2415919104", "2147483648", ["GPU 0 _DSD nvidia,gpu-mem-size"]),
    (
      .bareMetal, #"pxm-start","value":1"#, #"pxm-start","value":2"#,
      ["GPU 0 _DSD nvidia,gpu-mem-pxm-start is in SRAT"]
    ),
    (
      .bareMetal, #"pxm-count","value":8"#, #"pxm-count","value":7"#,
      ["GPU 0 _DSD nvidia,gpu-mem-pxm-count is in SRAT"]
    ),
    (
      .bareMetal, #""index":4,"bytes":2147483648"#, #""index":4,"bytes":1073741824"#,
      ["GPU 0 VFIO region 4 size"]
    ),
    (
      .bareMetal, #""mappable":true,"areas":[]"#, #""mappable":false,"areas":[]"#,
      ["GPU 0 VFIO region 0 access"]
    ),
    (
      .bareMetal, #"[{"offset":0,"bytes":1073741824}]"#, #"[{"offset":0,"bytes":2147483648}]"#,
      ["GPU 0 VFIO region 4 can be mapped up to its real length"]
    ),
    (
      .bareMetal, #"[{"offset":0,"bytes":1342177280}]"#, "[]",
      ["GPU 0 VFIO region 2 can be mapped up to its real length"]
    ),
    (
      .vm, #""domain":3,"handle_type":1"#, #""domain":3,"handle_type":0"#,
      ["generic initiators have a PCI handle and flags 3"]
    ),
    (
      .vm, #""domain":8,"base":0,"length":0,"flags":3"#, #""domain":8,"base":0,"length":0,"flags":1"#,
      ["these entries are enabled and hot-pluggable"]
    ),
    (
      .vm, #""bytes":"0520000106"#, #""bytes":"0520000206"#,
      ["generic initiator entries are as ACPI lays them out"]
    ),
    (
      .vm,
      #""id":8,"online":true,"possible":true,"has_cpu":false,"has_memory":false,"has_generic_initiator":true"#,
      #""id":8,"online":true,"possible":true,"has_cpu":false,"has_memory":false,"has_generic_initiator":false"#,
      ["nodes with a generic initiator"]
    ),
    (
      .vm, #""id":8,"online":true,"possible":true"#, #""id":8,"online":true,"possible":false"#,
      ["nodes that are possible"]
    ),
    (
      .vm, #""id":0,"online":true,"possible":true,"has_cpu":true"#,
      #""id":0,"online":true,"possible":true,"has_cpu":false"#, ["nodes with CPUs"]
    ),
    (.vm, #""has_memory":true"#, #""has_memory":false"#, ["nodes with memory"]),
    (
      .vm, #""node":1,"class":0,"initiators":[1]"#, #""node":1,"class":0,"initiators":[1,2]"#,
      ["access0 of node 1"]
    ),
    (
      .vm, #""class":1,"initiators":[0],"read_latency":100"#,
      #""class":1,"initiators":[0],"read_latency":101"#, ["access1 of node 0"]
    ),
    (.vm, #""node":8,"class":1"#, #""node":9,"class":1"#, ["access1 of node 8"]),
    (
      .vm, #""read_bandwidth":486000,"write_bandwidth":486000"#,
      #""read_bandwidth":486000,"write_bandwidth":0"#, ["access0 of node 0", "access1 of node 0"]
    ),
    (.vm, "ok 1 memory is memory", "not ok 1 memory is memory", ["memory-check: memory is memory"]),
    (.vm, "ok 2 interrupts", "not ok 2 interrupts", ["interrupts"]),
    (.vm, "# SKIP none configured", "# SKIP", ["memory-check: huge pages"]),
    (.vm, "  1..2", "  1..3", ["memory-check: results are well-formed"]),
    (.vm, "1..2", "1..3", ["memory-check: results are well-formed", "all tests: results are well-formed"]),
  ]

  @Test("each fault is noticed by its own expectation, and by no other", arguments: faults.indices)
  func faulty(index: Int) throws {
    let (representation, old, new, expected) = ExpectationTests.faults[index]
    let guest = SampleGuest(representation)
    let broken = guest.replacing(old, by: new)
    try #require(broken.lines != guest.lines, "'\(old)' is not on the console")
    #expect(try failures(broken) == expected)
  }

  @Test("a Blackwell guest in which all is well fails nothing", arguments: Representation.allCases)
  func healthyBlackwell(representation: Representation) throws {
    #expect(try failures(SampleGuest(blackwell: representation)) == [])
  }

  /// As above, on a Blackwell guest.
  private static let blackwellFaults: [(Representation, String, String, [String])] = [
    (.vm, "436207777", "402653345", ["GPU 0 register BOOT_0"]),
    (.vm, "436867072", "440012800", ["GPU 0 register BOOT_42"]),
    (.vm, #""2941""#, #""31c2""#, ["GPU 0 device id"]),
    (.vm, #""flr bus""#, #""flr""#, ["GPU 0 reset methods"]),
    (
      .vm, #""start":554050781184,"bytes":4294967296"#, #""start":554050781184,"bytes":1073741824"#,
      ["GPU 0 BAR2 size"]
    ),
    (.vm, #""bar":2,"bytes":2415919104"#, #""bar":2,"bytes":1342177280"#, ["GPU 0 real length of region 2"]),
    (
      .bareMetal, #""start":554050781184,"bytes":4294967296"#, #""start":554050781184,"bytes":1073741824"#,
      ["GPU 0 BAR2 size"]
    ),
    (
      .bareMetal, #""index":2,"bytes":4294967296,"readable""#, #""index":2,"bytes":1073741824,"readable""#,
      ["GPU 0 VFIO region 2 size"]
    ),
    (
      .bareMetal, #""index":2,"bytes":4294967296,"readable":true,"writable":true,"mappable":true,"areas":[]"#,
      #""index":2,"bytes":4294967296,"readable":true,"writable":true,"mappable":true,"#
        + #""areas":[{"offset":0,"bytes":4096}]"#,
      ["GPU 0 VFIO region 2 can be mapped as a whole"]
    ),
    (
      .bareMetal, #""fact":"vfio-region","function":"0000:01:00.0","index":2"#, #""fact":"x""#,
      [
        "GPU 0 VFIO regions", "GPU 0 VFIO region 2 size", "GPU 0 VFIO region 2 access",
        "GPU 0 VFIO region 2 can be mapped as a whole",
      ]
    ),
  ]

  @Test(
    "each fault of a Blackwell guest is noticed by its own expectation", arguments: blackwellFaults.indices)
  func faultyBlackwell(index: Int) throws {
    let (representation, old, new, expected) = ExpectationTests.blackwellFaults[index]
    let guest = SampleGuest(blackwell: representation)
    let broken = guest.replacing(old, by: new)
    try #require(broken.lines != guest.lines, "'\(old)' is not on the console")
    #expect(try failures(broken) == expected)
  }

  @Test(
    "a guest with another memory than the chip's is expected to show that", arguments: Representation.allCases
  )
  func otherDivision(representation: Representation) throws {
    for (guest, value) in [
      (SampleGuest(representation), "on"), (SampleGuest(blackwell: representation), "off"),
    ] {
      var options = guest.options
      options.deviceProperties = ["mig-fix": value]
      let failed = try GuestRun(guest.consoleRun(), options: options).expectations().filter { !$0.held }
      #expect(failed.contains { $0.name == "GPU 0 real length of region 4" })
      #expect(failed.allSatisfy { $0.name.contains("region") || $0.name.contains("BAR") })
    }
  }

  @Test("a missing function is one failure, not one for each of its properties")
  func missingFunction() throws {
    #expect(
      try failures(SampleGuest(.vm).dropping(#""fact":"function""#)) == [
        "the guest has one function for each GPU", "GPU 0 is at 0000:01:00.0",
      ])
  }

  @Test("the vm representation has no _DSD")
  func noDSD() throws {
    var guest = SampleGuest(.vm)
    guest.lines.insert(
      ##"# grace {"fact":"property","function":"0000:01:00.0","name":"nvidia,gpu-mem-size","value":1}"##,
      at: 4)
    #expect(try failures(guest) == ["GPU 0 has no _DSD"])
  }

  @Test("swapped bytes of a PCI handle name another function")
  func swappedHandle() throws {
    let guest = SampleGuest(.vm).replacing(#""bus":1,"device":0"#, by: #""bus":0,"device":0,"x":0"#)
    #expect(
      try failures(guest) == [
        "GPU 0 generic initiators name its function", "generic initiator entries are as ACPI lays them out",
      ])
  }

  @Test("initiators out of order are noticed although the nodes are the same")
  func wrongOrder() throws {
    var guest = SampleGuest(.vm)
    let entries = guest.lines.indices.filter { guest.lines[$0].contains(#""fact":"initiator""#) }
    guest.lines.swapAt(entries[0], entries[1])
    #expect(
      try failures(guest) == [
        "generic initiators are in ascending order", "GPU 0 generic initiators name its function",
      ])
  }

  @Test("a size without a unit of its own shows the bytes that were found")
  func detail() throws {
    let guest = SampleGuest(.vm).replacing(#""bytes":16777216"#, by: #""bytes":33554432"#)
    let failed = try #require(try guest.run().expectations().first { !$0.held })
    #expect(failed.expected == "16 MiB")
    #expect(failed.found == "32 MiB (33554432 bytes)")
  }
}
