// SPDX-License-Identifier: GPL-2.0-or-later

extension NestedRun {
  /// Everything that had to be so: on the hypervisor as on any Grace host, of KVM, and in each guest.
  public func expectations() throws -> [Expectation] {
    var kvm = ExpectationList()
    kvm.equal(
      "KVM lets guests have the memory cached",
      hypervisor.facts.kvm.map { $0.cacheablePfnmap ? "yes" : "no" },
      "yes")
    var all = (try hypervisor.expectations() + kvm.all).map { $0.prefixed("hypervisor") }
    for (index, guest) in guests.enumerated() {
      var list = ExpectationList()
      try NestedGuestExpectations(guest: guest, run: try guest.run()).check(&list)
      all += list.all.map { $0.prefixed("guest \(index)") }
    }
    return all
  }
}

extension Expectation {
  /// The same about one of several systems.
  fileprivate func prefixed(_ system: String) -> Expectation {
    Expectation(name: "\(system): \(name)", held: held, expected: expected, found: found)
  }
}

/// What a guest of a hypervisor must see. Its VMM made the tables, so they are judged by what matters to a kernel.
struct NestedGuestExpectations {
  let guest: NestedRun.Guest
  let run: GuestRun

  private var options: MachineOptions { guest.options }
  private var facts: FactSheet { run.facts }

  func check(_ list: inout ExpectationList) throws(MemorySplitError) {
    let split = try options.memorySplit()
    list.numbers(
      "the guest has one function for each GPU", [UInt64(facts.functions.count)], [UInt64(options.gpuCount)])
    for place in options.places {
      let name = "GPU \(place.index)"
      let function = facts.function(at: place.address)
      list.equal("\(name) vendor id", function?.vendor, "10de")
      list.equal("\(name) device id", function?.device, options.deviceID(of: place))
      list.equal("\(name) class", function?.class, "030200")
      MemoryExpectations(options: options, place: place, split: split, facts: facts).check(&list)
      let domains = (0..<8).map { UInt64(1 + 8 * place.index + $0) }
      list.numbers(
        "\(name) generic initiators name its function", facts.initiators(of: place).map(\.domain).sorted(),
        domains)
    }
    list.numbers(
      "nodes with generic initiators",
      facts.nodes.filter(\.hasGenericInitiator).map { UInt64(clamping: $0.id) },
      (1...UInt64(8 * options.gpuCount)).map { $0 })
    checkSecondStage(&list)
    TestExpectations(results: run.results).check(&list)
  }

  /// KVM of Linux 7.3 maps memory for which it has no `struct page` as its VMM does if that is cached
  /// (kvm_s2_handle_perm_fault() and user_mem_abort() in arch/arm64/kvm/mmu.c), and what VFIO allows to be written in any
  /// order as Normal memory that is not cached.
  private func checkSecondStage(_ list: inout ExpectationList) {
    for entry in guest.secondStage {
      let isCached = entry.bar == 4
      list.equal(
        "BAR\(entry.bar) in the second stage", entry.described,
        isCached ? "Normal Write-Back, executable" : "Normal Non-cacheable, not executable")
    }
  }
}

extension SecondStageFact {
  /// The kind of memory, and whether code may run there.
  var described: String { "\(memory), \(executable ? "executable" : "not executable")" }
}
