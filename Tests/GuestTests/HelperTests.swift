// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// The other tests are worth as much as their helpers: here each of these meets what it has to reject.
@Suite("Helpers of the guest tests")
struct HelperTests {
  private func run(_ messages: [String], ending: ConsoleRun.Ending = .exited(1), console: [String] = [])
    -> ConsoleRun
  {
    ConsoleRun(
      console: console.map { ConsoleLine($0, at: .zero) }, messages: messages, ending: ending, wallTime: .zero
    )
  }

  @Test("one line with the words is a refusal")
  func refusal() throws {
    try expectRefusal(run(["qemu: no such thing; use another"]), naming: ["no such thing", "use another"])
  }

  @Test("a signal, success, two lines, an assertion, another reason or a running guest are none")
  func noRefusal() {
    for run in [
      run(["no such thing"], ending: .signaled(6)), run(["no such thing"], ending: .exited(0)),
      run(["no such thing", "and more"]), run(["Assertion failed: no such thing"]), run(["another reason"]),
      run(["no such thing"], console: ["UEFI firmware"]), run([]),
    ] {
      withKnownIssue { try expectRefusal(run, naming: ["no such thing"]) }
    }
  }

  /// An SRAT with one generic initiator, written by hand: domain 0x12, bus 0x34, device 2, function 3.
  private let table =
    "5352415450000000034f" + "475241434520" + "4752414345202020" + "01000000" + "47524143" + "01000000"
    + "01000000" + "0000000000000000"
    + "05200001" + "12000000" + "00003413" + "000000000000000000000000" + "03000000" + "00000000"

  @Test("a table is read by iasl, field by field")
  func disassembly() throws {
    let subtables = try Disassembly(TableFact(signature: "SRAT", file: "SRAT", hex: table)).subtables
    try #require(subtables.count == 1)
    #expect(subtables[0]["Subtable Type"] == "05 [Generic Initiator Affinity]")
    #expect(subtables[0]["Proximity Domain"] == "00000012")
    #expect(subtables[0]["Device Handle"] == "00 00 34 13" + String(repeating: " 00", count: 12))
    #expect(subtables[0]["Flags (decoded below)"] == "00000003")
  }

  @Test("what is no table is an error")
  func noTable() {
    for hex in ["", "53", "5", "zz", String(table.prefix(40))] {
      withKnownIssue {
        let text = try Disassembly(TableFact(signature: "SRAT", file: "SRAT", hex: hex)).text
        try #require(text.contains("Generic Initiator"))
      }
    }
  }
}
