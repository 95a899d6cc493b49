// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// Host, hypervisor and guest: NVIDIA's driver and KVM in an emulated machine, and a guest that has the GPU from them.
@Suite("Nested")
struct NestedTests {
  /// What is reported on: a Hopper and a Blackwell, each by one of the ways to have a device from VFIO.
  private static let reported: [NestedMachine] = [
    NestedLab.machine(gibibytes: 4), NestedLab.machine(.gb300, gibibytes: 2, backend: .iommufd),
  ].map { machine in
    var machine = machine
    machine.hypervisor.kernelWords = NestedMachine.reportWords
    return machine
  }

  @Test(
    "all levels see the GPU as they must, and the second stage maps each BAR in its way", arguments: reported)
  func levels(machine: NestedMachine) async throws {
    let run = try await NestedLab.run(machine)
    for expectation in try run.expectations() where !expectation.held {
      Issue.record("\(expectation.name): expected \(expectation.expected), found \(expectation.found)")
    }
    #expect(run.hypervisor.facts.kvm?.cacheablePfnmap == true)
    let guest = run.guests[0]
    // The driver maps usemem cached; everything else is not cached, and no code runs there.
    #expect(guest.secondStage.map(\.bar) == [0, 2, 4])
    #expect(
      guest.secondStage.map(\.memory) == [
        "Normal Non-cacheable", "Normal Non-cacheable", "Normal Write-Back",
      ])
    #expect(guest.secondStage.map(\.executable) == [false, false, true])
    #expect(guest.secondStage.last?.blockBytes == 2 << 20)
    // Behind BAR4 is the memory, where firmware puts it.
    #expect(guest.secondStage.last?.output == 1 << 46)
    let bars = try guest.expectPassed("bar-check").filter { $0.result == .passed }.map(\.name)
    for name in ["BAR4 does atomic adds (LDADD)", "BAR4 zeroes a block (DC ZVA)"] {
      #expect(bars.contains(name))
    }
    // Of 4 GiB a Hopper has 3 GiB in a BAR of 4 GiB, and a Blackwell's 2 GiB fill the BAR.
    let pastEnd = "BAR4 past its real end reads ones and drops writes"
    #expect(bars.contains(pastEnd) == (machine.hypervisor.profile == .gh200With480GB))
    try guest.expectPassed("passthrough-check")
    try guest.expectPassed("node-check")
    // QEMU 10.0 cannot give iommufd the BARs, as it knows no dma-buf; type 1 takes them.
    let warnings = guest.messages.filter { $0.contains("PCI BAR?") || $0.contains("vfio_container_dma_map") }
    #expect(warnings.isEmpty == (machine.guests[0].backend == .type1), "\(guest.messages)")
  }

  @Test("without FEAT_S2FWB KVM refuses cached memory that it cannot keep coherent, and with it the guest")
  func withoutWriteBack() async throws {
    var machine = NestedLab.machine()
    machine.hypervisor.cpuModel = "neoverse-n1"
    let run = try await NestedLab.run(machine)
    #expect(run.hypervisor.facts.kvm?.cacheablePfnmap == false)
    let messages = run.guests[0].messages
    #expect(
      messages.contains {
        $0.contains("KVM_SET_USER_MEMORY_REGION failed") && $0.contains("Invalid argument")
      })
    let cases = try run.hypervisor.program("nested-check").cases
    #expect(cases.map(\.result) == [.passed, .failed])
  }

  @Test("an SMMU with 44 address bits does not reach the memory, which the VMM then cannot map for DMA")
  func shortAddresses() async throws {
    var machine = NestedLab.machine(words: ["grace.tests=passthrough-check"])
    machine.hypervisor.smmuAddressBits = 44
    let guest = try await NestedLab.run(machine).guests[0]
    try guest.expectPassed("passthrough-check")
    #expect(guest.messages.contains { $0.contains("vfio_container_dma_map") }, "\(guest.messages)")
  }

  @Test("two GPUs are with two guests at once, each its own")
  func twoGuests() async throws {
    let words = ["grace.tests=sysfs-check,passthrough-check"]
    var guests = (0..<2).map { NestedGuest(gpus: [$0], kernelWords: words) }
    // As with --guest-kernel.
    guests[1].kernel = try GuestAssets.load().path(.kernel)
    let run = try await NestedLab.run(NestedMachine(memorySize: 3 << 30, gpuCount: 2, guests: guests))
    for (index, guest) in run.guests.enumerated() {
      try guest.expectPassed("sysfs-check")
      try guest.expectPassed("passthrough-check")
      let memory = run.machine.hypervisor.memoryBase(of: run.machine.hypervisor.places[index])
      #expect(guest.secondStage.first { $0.bar == 4 }?.output == memory)
    }
    // They did not wait for each other.
    let times = run.guests.map {
      (start: $0.console.first?.time ?? .zero, end: $0.console.last?.time ?? .zero)
    }
    #expect(times[0].start < times[1].end && times[1].start < times[0].end)
  }

  @Test("memory keeps its contents over a reboot of the guest, and the driver waits for it anew")
  func reboot() async throws {
    // To type 1 the VMM gives the BARs before the guest can use them, and then that waits.
    var machine = NestedLab.machine(
      backend: .iommufd, words: ["grace.tests=passthrough-check", "grace.live=reboot"])
    // With QEMU's instruction counter the guest's start takes the same time on any machine.
    machine.hypervisor.cpuCount = 1
    machine.hypervisor.extraArguments = ["-icount", "shift=1,sleep=off"]
    machine.hypervisor.deviceProperties = ["c2c-ready-ms": "25000", "hbm-ready-ms": "25000"]
    let run = try await NestedLab.run(machine)
    let guest = run.guests[0]
    try guest.expectPassed("passthrough-check")
    #expect(guest.starts.map(\.again) == [false, true])
    #expect(guest.starts.allSatisfy { $0.firstAccessMs >= 1000 }, "\(guest.starts)")
  }

  /// Bad pages, and pages of which the hypervisor's kernel is told, as the guest asks for them.
  private static let spoil: NestedHost.Answer = { request, host in
    switch (request.request.name, request.request.arguments.first) {
    case ("poison", "none"): try await host.machine.set("poison", to: "")
    case ("poison", let page?): try await host.machine.set("poison", to: .string(page))
    // Where firmware puts the memory.
    case ("offline", "0x2000"): await host.offline(1 << 46 + 0x2000)
    default: throw UnknownRequest(request.request)
    }
    return "done"
  }

  @Test(
    "of a page that goes bad the hypervisor's kernel hears first, then the VMM, then the guest",
    arguments: NestedMachine.VMM.allCases)
  func poison(vmm: NestedMachine.VMM) async throws {
    var machine = NestedLab.machine(words: ["grace.tests=passthrough-check", "grace.live=poison"])
    machine.vmm = vmm
    let run = try await NestedLab.run(machine, answering: NestedTests.spoil)
    try run.guests[0].expectPassed("passthrough-check")
    // The hypervisor has firmware's record. Its kernel finds the driver's range, and sends SIGBUS to the VMM for each
    // read: nobody told it of this page, as of the other one.
    let log = run.hypervisor.facts.kernelLog.map(\.text)
    #expect(log.contains("{1}[Hardware Error]:   physical_address: 0x0000400000001000"))
    let own = log.filter { $0.hasPrefix("Memory failure: 0x400000001: ") }
    #expect(own.count == 4, "\(log)")
    #expect(own.filter { $0.hasSuffix(": recovery action for non struct page pfn: Recovered") }.count == 2)
    let told = try run.hypervisor.program("nested-check").cases.flatMap(\.diagnostics)
    #expect(told == ["offline 0x400000002000: done"])
    // The VMM makes a record of its own, with the address in the guest, and an abort.
    let guest = try run.guests[0].run()
    let guestLog = guest.facts.kernelLog.map(\.text)
    #expect(guestLog.contains("{1}[Hardware Error]:   physical_address: 0x0000008000001000"), "\(guestLog)")
    // To its kernel a BAR is no memory.
    #expect(guestLog.contains("Memory failure: 0x8000001: recovery action for non struct page pfn: Ignored"))
    let reads = guest.facts.badReads
    #expect(reads.map(\.after) == ["offline", "poison", "again", "mend"])
    // SIGBUS with SI_KERNEL, then BUS_OBJERR, as the guest has had that record: the VMM knows only the page. Neither has
    // the address.
    #expect(reads.map(\.signal) == [0, 7, 7, 0])
    #expect(reads.map(\.code) == [0, 0x80, 3, 0])
    #expect(reads.allSatisfy { !$0.hasAddress })
    #expect(reads.map(\.isWhole) == [true, false, false, true])
  }

  @Test("a guest whose kernel has the memory as a node's takes a bad page away from the program")
  func poisonInNode() async throws {
    let machine = NestedLab.machine(words: ["grace.tests=passthrough-check", "grace.live=node"])
    let run = try await NestedLab.run(machine, answering: NestedTests.spoil)
    try run.guests[0].expectPassed("passthrough-check")
    let guest = try run.guests[0].run()
    let reads = guest.facts.badReads
    #expect(reads.map(\.after) == ["node", "taken away", "next page"])
    // BUS_MCEERR_AR with the address, twice.
    #expect(reads.map(\.signal) == [7, 7, 0])
    #expect(reads.map(\.code) == [4, 4, 0])
    #expect(reads.map(\.hasAddress) == [true, true, false])
    #expect(reads.map(\.isWhole) == [false, false, true])
    let log = guest.facts.kernelLog.map(\.text)
    #expect(
      log.contains {
        $0.hasPrefix("Memory failure: 0x8") && $0.hasSuffix(": recovery action for dirty LRU page: Recovered")
      }, "\(log)")
    // Of the second read the hypervisor heard nothing.
    let own = run.hypervisor.facts.kernelLog.filter {
      $0.text.hasSuffix(": recovery action for non struct page pfn: Recovered")
    }
    #expect(own.count == 1)
  }

  @Test("a VMM that cannot tell its guest of bad memory ends")
  func poisonWithoutWords() async throws {
    var machine = NestedLab.machine(words: ["grace.tests=passthrough-check", "grace.live=poison"])
    machine.guests[0].hearsOfMemoryErrors = false
    let run = try await NestedLab.run(machine, answering: NestedTests.spoil)
    #expect(run.guests[0].messages.contains { $0.hasSuffix(": Hardware memory error!") })
    #expect(try run.hypervisor.program("nested-check").cases.map(\.result) == [.passed, .failed])
  }

  /// The hypervisor's kernel does not take that record again, and an SError is all that KVM then has.
  @Test("a guest that reads the same again within ten seconds panics")
  func poisonAgain() async throws {
    var machine = NestedLab.machine(words: ["grace.tests=passthrough-check", "grace.live=same-read"])
    machine.guests[0].extraArguments = ["-no-reboot"]
    let console = try await NestedLab.run(machine, answering: NestedTests.spoil).guests[0].console.map(\.text)
    #expect(console.contains { $0.contains(#""after":"poison""#) })
    #expect(console.contains { $0.hasSuffix("Kernel panic - not syncing: Asynchronous SError Interrupt") })
  }

  @Test("a guest lets the GPU go when its VMM is asked for it")
  func unplug() async throws {
    let machine = NestedLab.machine(words: ["grace.tests=passthrough-check", "grace.live=unplug"])
    let run = try await NestedLab.run(machine) { request, host in
      switch request.request.name {
      case "unplug":
        await host.command(
          #"{"execute":"device_del","arguments":{"id":"gpu0"}}"#, toGuest: request.guest)
      case "gone":
        let said = await host.monitor(ofGuest: request.guest)
        return said.contains { $0.contains("DEVICE_DELETED") && $0.contains("gpu0") } ? "done" : "\(said)"
      default: throw UnknownRequest(request.request)
      }
      return "done"
    }
    try run.guests[0].expectPassed("passthrough-check")
  }

  @Test("a VMM that knows dma-bufs has one of the memory from the driver, for iommufd")
  func buffers() async throws {
    var machine = NestedLab.machine(backend: .iommufd, words: ["grace.tests=passthrough-check"])
    machine.vmm = .backports
    let guest = try await NestedLab.run(machine).guests[0]
    try guest.expectPassed("passthrough-check")
    // Linux 7.3's driver has dma-bufs of registers and usemem, and refuses them of resmem.
    let refused = guest.messages.filter { $0.contains("dma-buf unavailable") }
    #expect(refused.count == 1)
    #expect(
      refused.allSatisfy { $0.contains("BAR 2: ") && $0.hasSuffix("No such device") }, "\(guest.messages)")
  }

  @Test("the GPU's interrupts and DMA arrive in the guest", arguments: [GPUProfile.gh200With480GB, .gb200])
  func engine(profile: GPUProfile) async throws {
    // The guest has no IOMMU: its physical addresses are what the hypervisor's SMMU translates.
    let machine = NestedLab.machine(
      profile, words: ["grace.tests=engine-check", "vfio.enable_unsafe_noiommu_mode=1"])
    let run = try await NestedLab.run(machine)
    let cases = try run.guests[0].run().program("engine-check").cases
    let failed = cases.filter { $0.result == .failed }.map(\.name)
    // docs/nested.md says why.
    #expect(failed == ["a reset forgets pending messages and the count"])
    if profile.chip == .gh100 {
      // To the GPU's own memory as well: the VMM has mapped the BARs in the hypervisor's SMMU.
      let own = cases.first { $0.name == "DMA to the GPU's own memory by its bus address arrives" }
      #expect(own?.result == .passed)
    }
    #expect(cases.filter { $0.result == .passed }.count >= (profile.chip == .gh100 ? 45 : 10))
  }

  @Test(
    "behind an IOMMU of its own a guest's program chooses the addresses of the GPU's DMA, and its messages come",
    arguments: NestedGuest.Backend.allCases)
  func iommu(backend: NestedGuest.Backend) async throws {
    var machine = NestedLab.machine(backend: backend, words: ["grace.tests=engine-check"])
    machine.guests[0].hasIOMMU = true
    let run = try await NestedLab.run(machine)
    let cases = try run.guests[0].run().program("engine-check").cases
    let failed = cases.filter { $0.result == .failed }
    #expect(failed.map(\.name) == ["a reset forgets pending messages and the count"], "\(failed)")
    // All but two of a Hopper's: iommufd maps no BAR.
    #expect(cases.count == 53)
    let passed = cases.filter { $0.result == .passed }.map(\.name)
    for name in [
      "each MSI-X vector comes to its eventfd, and to no other",
      "an address is the mapping's, whatever memory lies there",
      "DMA past the end of a mapping is refused",
    ] {
      #expect(passed.contains(name))
    }
    // What the guest's programs did not map the hypervisor's SMMU refuses: it has the guest's addresses.
    let events = run.hypervisor.facts.kernelLog.map(\.text).compactMap { text in
      text.wholeMatch(of: /.* event: (\w+) client: 0000:01:00\.0 .* iova: (\w+) .*/).map {
        "\($0.output.1) \($0.output.2)"
      }
    }
    #expect(
      events == [
        "F_TRANSLATION 0x7654321300", "F_TRANSLATION 0x765432200c", "F_TRANSLATION 0x10010000",
        "F_PERMISSION 0x10001000", "F_TRANSLATION 0x10000000", "F_TRANSLATION 0x10000000",
      ])
  }
}
