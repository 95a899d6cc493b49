// SPDX-License-Identifier: GPL-2.0-or-later

extension GuestRun {
  /// Everything that had to be so on this machine: what is published of the function, its memory and its
  /// nodes, and every test of the guest.
  public func expectations() throws(MemorySplitError) -> [Expectation] {
    let split = try options.memorySplit()
    var list = ExpectationList()
    list.numbers(
      "the guest has one function for each GPU", [UInt64(facts.functions.count)], [UInt64(options.gpuCount)])
    for place in options.places {
      let isThere = facts.function(at: place.address) != nil
      list.add(
        "GPU \(place.index) is at \(place.address)", isThere, expected: "a function there", found: "nothing")
      // Everything else about it would fail for this one reason.
      guard isThere else { continue }
      FunctionExpectations(options: options, place: place, facts: facts).check(&list)
      MemoryExpectations(options: options, place: place, split: split, facts: facts).check(&list)
    }
    NodeExpectations(options: options, facts: facts).check(&list)
    TestExpectations(results: results).check(&list)
    return list.all
  }
}
