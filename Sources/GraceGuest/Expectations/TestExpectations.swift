// SPDX-License-Identifier: GPL-2.0-or-later

/// Every test of the guest must pass, and every document must be whole.
struct TestExpectations {
  let results: KTAPDocument

  func check(_ list: inout ExpectationList) {
    check(&list, results, path: [])
  }

  /// Returns whether all in the document was well.
  @discardableResult
  private func check(_ list: inout ExpectationList, _ document: KTAPDocument, path: [String]) -> Bool {
    var isWell = true
    for result in document.cases {
      let casePath = path + [result.name]
      let subtestsAreWell = result.subtests.map { check(&list, $0, path: casePath) }
      // A result that sums others up says nothing new if one of them failed.
      if subtestsAreWell == false && result.result == .failed { isWell = false; continue }
      isWell = add(&list, result, casePath) && isWell && subtestsAreWell ?? true
    }
    for nested in document.unfinished {
      check(&list, nested, path: path + ["a test that did not finish"])
      isWell = false
    }
    let title = path.isEmpty ? "all tests" : path.joined(separator: ": ")
    for problem in document.problems {
      list.add("\(title): results are well-formed", false, expected: "KTAP version 1", found: "\(problem)")
      isWell = false
    }
    return isWell
  }

  private func add(_ list: inout ExpectationList, _ result: KTAPCase, _ path: [String]) -> Bool {
    let name = path.joined(separator: ": ")
    switch result.result {
    case .passed:
      list.equal(name, "ok", "ok")
      return true
    case .failed:
      // The guest puts the test's name before its reasons, as such lines may come far from the result.
      let reasons = result.diagnostics.map { line in
        line.hasPrefix("\(result.name): ") ? String(line.dropFirst(result.name.count + 2)) : line
      }
      list.equal(name, (["not ok"] + reasons).joined(separator: "; "), "ok")
      return false
    case .skipped(let reason):
      // A skip with its reason neither held nor failed.
      guard reason.isEmpty else { return true }
      list.equal(name, "skipped without a reason", "ok")
      return false
    }
  }
}
