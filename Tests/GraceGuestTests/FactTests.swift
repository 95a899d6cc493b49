// SPDX-License-Identifier: GPL-2.0-or-later

import Testing

@testable import GraceGuest

@Suite("Facts")
struct FactTests {
  @Test("a fact may stand at any indentation")
  func indentation() throws {
    let fact = try Fact.parse(#"    # grace {"fact":"end","uptime_ms":1234}"#)
    #expect(fact == .end(EndFact(uptimeMs: 1234)))
  }

  @Test("other lines are none", arguments: ["", "# a", "ok 1 # grace {}", "#grace {}", "grace {}"])
  func otherLines(line: String) throws {
    #expect(try Fact.parse(line) == nil)
  }

  @Test("a fact of an unknown kind is kept by its name")
  func unknown() throws {
    #expect(try Fact.parse(#"# grace {"fact":"moon","phase":3}"#) == .unknown("moon"))
  }

  @Test("numbers go up to 2^64-1")
  func largestNumber() throws {
    let line =
      ##"# grace {"fact":"property","function":"0000:01:00.0","name":"n","value":18446744073709551615}"##
    #expect(
      try Fact.parse(line)
        == .property(PropertyFact(function: "0000:01:00.0", name: "n", value: .number(.max))))
  }

  @Test("times are numbers in their order, with or without a baseline")
  func speed() throws {
    let own = ##""case":"c","unit":"ns","count":4,"ns":[3,1,2]"##
    let pair = ##""baseline":"edu","baseline_count":8,"baseline_ns":[6,5,4]"##
    let alone = SpeedFact(case: "c", unit: "ns", count: 4, ns: [3, 1, 2])
    var both = alone
    (both.baseline, both.baselineCount, both.baselineNs) = ("edu", 8, [6, 5, 4])
    let facts = try ["{\"fact\":\"speed\",\(own)}", "{\"fact\":\"speed\",\(own),\(pair)}"].map {
      try #require(try Fact.parse("# grace " + $0))
    }
    #expect(facts == [.speed(alone), .speed(both)])
    #expect(FactSheet(facts).speeds == [alone, both])
  }

  @Test("a device property may be a string")
  func textProperty() throws {
    let line = ##"# grace {"fact":"property","function":"0000:01:00.0","name":"n","value":"v"}"##
    #expect(
      try Fact.parse(line) == .property(PropertyFact(function: "0000:01:00.0", name: "n", value: .text("v"))))
  }

  @Test("of two facts about the same thing the later counts")
  func laterFact() {
    let facts = [1, 2].map { Fact.register(RegisterFact(function: "f", name: "R", offset: 0, value: $0)) }
    let sheet = FactSheet(facts)
    #expect(sheet.registers.count == 1)
    #expect(sheet.register("R", of: "f") == 2)
  }

  @Test("what can be absent may be null")
  func absent() throws {
    let line = """
      # grace {"fact":"function","address":"0000:01:00.0","vendor":"10de","device":"2345",\
      "subsystem_vendor":"10de","subsystem_device":"1809","class":"030200","revision":"a1","numa_node":-1,\
      "companion":null,"driver":null,"reset_methods":null}
      """
    guard case .function(let fact) = try Fact.parse(line) else { throw FactTestError.wrongKind }
    #expect(
      fact.companion == nil && fact.driver == nil && fact.numaNode == -1 && fact.subsystemDevice == "1809")
  }

  @Test(
    "a fact that cannot be read is an error with the reason",
    arguments: [
      (#"# grace"# + " ", "it is no JSON object"),
      (#"# grace {"fact":"end","uptime_ms":12"#, "it is no JSON object"),
      (#"# grace [1]"#, "'' is no "),
      (#"# grace {"uptime_ms":1}"#, "'fact' is missing"),
      (#"# grace {"fact":"end"}"#, "'uptimeMs' is missing"),
      (#"# grace {"fact":"end","uptime_ms":"1"}"#, "'uptimeMs' is no "),
      (#"# grace {"fact":"end","uptime_ms":null}"#, "'uptimeMs' is "),
      (#"# grace {"fact":"end","uptime_ms":-1}"#, "it is no JSON object, or a number"),
    ])
  func malformed(line: String, reason: String) {
    let error = #expect(throws: MalformedFact.self) { try Fact.parse(line) }
    #expect(error?.reason.hasPrefix(reason) == true, "\(error?.reason ?? "")")
  }

  private enum FactTestError: Error { case wrongKind }
}
