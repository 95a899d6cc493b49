// SPDX-License-Identifier: GPL-2.0-or-later

import Testing

@testable import GraceGuest

@Suite("Lines of a serial console")
struct LineSplitterTests {
  private func lines(_ chunks: [String]) -> (lines: [String], rest: String?) {
    var splitter = LineSplitter()
    let lines = chunks.flatMap { splitter.append($0.utf8) }
    return (lines, splitter.finish())
  }

  @Test("lines end at a line feed, wherever the stream was cut")
  func cuts() {
    let result = lines(["on", "e\r\ntwo", "\n", "\nthr", "ee"])
    #expect(result.lines == ["one", "two", ""])
    #expect(result.rest == "three")
  }

  @Test("control sequences are left out, also when cut in two")
  func controlSequences() {
    let result = lines(["\u{1b}[2J\u{1b}[01;0", "1H\u{1b}[=3hKTAP\u{1b}[0m version 1\n\u{1b}cok\u{7}\n"])
    #expect(result.lines == ["KTAP version 1", "ok"])
    #expect(result.rest == nil)
  }

  @Test("an unfinished control sequence does not swallow the next line")
  func unfinishedSequence() {
    #expect(lines(["a\u{1b}[12\nb\n"]).lines == ["a", "b"])
  }

  @Test("bytes that are not UTF-8 are replaced, not fatal")
  func invalidText() {
    var splitter = LineSplitter()
    #expect(splitter.append([0x41, 0xff, 0x42, 0x0a]) == ["A\u{fffd}B"])
  }

  @Test("a line without an end is cut")
  func endless() {
    var splitter = LineSplitter()
    let lines = splitter.append(repeatElement(UInt8(ascii: "x"), count: LineSplitter.longestLine + 1))
    #expect(lines.map(\.utf8.count) == [LineSplitter.longestLine])
    #expect(splitter.finish() == "x")
  }
}
