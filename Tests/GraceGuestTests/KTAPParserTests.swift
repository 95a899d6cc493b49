// SPDX-License-Identifier: GPL-2.0-or-later

import Testing

@testable import GraceGuest

@Suite("KTAP")
struct KTAPParserTests {
  private func parse(_ text: String) throws -> KTAPDocument {
    try KTAPParser.parse(text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
  }

  @Test("results keep number, name and outcome")
  func results() throws {
    let document = try parse(
      """
      firmware says hello
      ok 7 before the document
      KTAP version 1
      1..4
      ok 1 plain name
      not ok 2 - dashed name
      ok 3 no memory # SKIP needs huge pages
      ok 4
      """)
    #expect(document.isComplete)
    #expect(document.cases.map(\.number) == [1, 2, 3, 4])
    #expect(document.cases.map(\.name) == ["plain name", "dashed name", "no memory", ""])
    #expect(
      document.cases.map(\.result) == [.passed, .failed, .skipped(reason: "needs huge pages"), .passed])
  }

  @Test("a skip counts as one whether it is ok or not ok, with a reason or without")
  func skips() throws {
    let document = try parse("KTAP version 1\n1..2\nnot ok 1 a # SKIP b\nok 2 c # SKIP\n")
    #expect(document.cases.map(\.result) == [.skipped(reason: "b"), .skipped(reason: "")])
  }

  @Test("another directive leaves the outcome and is kept as a diagnostic")
  func otherDirectives() throws {
    let document = try parse("KTAP version 1\n1..2\nnot ok 1 a # TIMEOUT 45 seconds\nok 2 b # XFAIL known\n")
    #expect(document.cases.map(\.result) == [.failed, .passed])
    #expect(document.cases.map(\.diagnostics) == [["TIMEOUT 45 seconds"], ["XFAIL known"]])
  }

  @Test("a number sign inside of a word belongs to the name")
  func numberSigns() throws {
    #expect(try parse("KTAP version 1\n1..1\nok 1 region #4 in C#\n").cases[0].name == "region #4 in C#")
  }

  @Test("a nested document belongs to the result that follows it")
  func nesting() throws {
    let document = try parse(
      """
      KTAP version 1
      1..2
        KTAP version 1
        1..2
          KTAP version 1
          1..1
          ok 1 deepest
        ok 1 deep
        not ok 2 deep too
      not ok 1 outer
        TAP version 13
        1..1
        ok 1 other
      ok 2 second
      """)
    #expect(document.isComplete)
    let first = try #require(document.cases[0].subtests)
    #expect(first.cases.map(\.name) == ["deep", "deep too"])
    #expect(first.cases[0].subtests?.cases.map(\.name) == ["deepest"])
    #expect(document.cases[1].subtests?.cases.map(\.name) == ["other"])
    #expect(document.cases.map(\.result) == [.failed, .passed])
  }

  @Test("diagnostics and foreign lines explain the result that follows")
  func diagnostics() throws {
    let document = try parse(
      """
      KTAP version 1
      1..2
      # expected 3
      # found 4
      Segmentation fault
      not ok 1 a
      ok 2 b
      # the end
      reboot: Power down
      """)
    #expect(document.cases[0].diagnostics == ["expected 3", "found 4", "Segmentation fault"])
    #expect(document.cases[1].diagnostics == [])
    #expect(document.diagnostics == ["the end", "reboot: Power down"])
  }

  @Test("a program that stops half-way leaves a plan that is not met, and what had passed")
  func crashHalfWay() throws {
    let document = try parse(
      """
      KTAP version 1
      1..2
        KTAP version 1
        1..3
        ok 1 a
      # killed by SIGSEGV
      not ok 1 program
      ok 2 next program
      """)
    #expect(document.isComplete)
    let nested = try #require(document.cases[0].subtests)
    #expect(nested.problems == [.planMismatch(planned: 3, found: 1)])
    #expect(nested.cases.map(\.name) == ["a"])
  }

  @Test("a guest that stops inside of a program leaves its results as unfinished")
  func crashOfTheGuest() throws {
    let document = try parse("KTAP version 1\n1..2\n  KTAP version 1\n  1..2\n  ok 1 a\n")
    #expect(document.problems == [.noResult, .planMismatch(planned: 2, found: 0)])
    #expect(document.unfinished.map { $0.cases.map(\.name) } == [["a"]])
  }

  @Test("a second nested document without a result between is a breach")
  func forgottenResult() throws {
    let document = try parse(
      "KTAP version 1\n1..1\n  KTAP version 1\n  1..1\n  ok 1 a\n  KTAP version 1\n  1..1\n  ok 1 b\nok 1 c\n"
    )
    #expect(document.problems == [.noResult])
    #expect(document.unfinished.map { $0.cases[0].name } == ["a"])
    #expect(document.cases[0].subtests?.cases.map(\.name) == ["b"])
  }

  @Test("a document without a plan is a breach")
  func noPlan() throws {
    #expect(try parse("KTAP version 1\nok 1 a\n").problems == [.noPlan])
  }

  @Test("more results than planned are a breach")
  func tooMany() throws {
    #expect(
      try parse("KTAP version 1\n1..1\nok 1 a\nok 2 b\n").problems == [.planMismatch(planned: 1, found: 2)])
  }

  @Test("results that are not numbered 1, 2, 3 are a breach")
  func wrongNumbers() throws {
    #expect(
      try parse("KTAP version 1\n1..2\nok 2 a\nok 2 b\n").problems == [.wrongNumber(expected: 1, found: 2)])
  }

  @Test(
    "a line that starts like one of the protocol must go on like one",
    arguments: [
      "ok", "ok a", "not ok -1 a", "not ok 1x a", "ok 99999999999999999999 a", "1..", "1..x", "1..2",
      "KTAP version 2",
      "KTAP version 1", "  ok 1 deeper without a document",
    ])
  func malformed(line: String) throws {
    let document = try parse("KTAP version 1\n1..0\n\(line)\n")
    #expect(document.problems == [.malformedLine(line)])
    #expect(document.cases.isEmpty)
  }

  @Test("a bail-out is a breach with its reason")
  func bailOut() throws {
    #expect(
      try parse("KTAP version 1\n1..1\nBail out! no device\n").problems == [
        .bailOut(reason: "no device"), .planMismatch(planned: 1, found: 0),
      ])
  }

  @Test(
    "a console without a version line has no results", arguments: ["", "1..1\nok 1 a\n", "xKTAP version 1\n"])
  func noDocument(text: String) {
    #expect(throws: KTAPError.noDocument) { try parse(text) }
  }

  @Test("a plan of nothing is whole")
  func emptyPlan() throws {
    #expect(try parse("KTAP version 1\n1..0 # SKIP no device\n").isComplete)
  }
}
