// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// The judge of the selftests meets what it has to find.
@Suite("The judge of the selftests")
struct SelftestJudgeTests {
  /// What the judge says of a report with one program.
  private func complaints(
    _ program: String, outcome: String = "ok", profile: GPUProfile = .gh200With480GB, _ cases: [String]
  ) throws -> [String] {
    var options = MachineOptions(profile: profile, representation: .bareMetal)
    options.add(Selftests(driver: .generic, programs: [program]))
    let plan = "1..\(cases.count { !$0.hasPrefix("#") })"
    let nested = cases.isEmpty ? [] : (["TAP version 13", plan] + cases).map { "    \($0)" }
    // The name comes after the number, and both before a directive.
    let words = outcome.split(separator: " # ", maxSplits: 1, omittingEmptySubsequences: false)
    let result = "\(words[0]) 1 \(program)" + (words.count > 1 ? " # \(words[1])" : "")
    let lines =
      [
        ##"# grace {"fact":"boot","kernel":"7.3.4","uptime_ms":1,"cpus":1,"page_size":4096}"##,
        "KTAP version 1",
        "1..1", "  KTAP version 1", "  1..1",
      ] + nested + [
        "  \(result)", "ok 1 vfio-selftests",
        ##"# grace {"fact":"end","uptime_ms":2}"##,
      ]
    let run = ConsoleRun(
      console: lines.map { ConsoleLine($0, at: .zero) }, messages: [], ending: .exited(0), wallTime: .zero)
    return try SelftestJudge(GuestRun(run, options: options).program("vfio-selftests"), on: options)
      .complaints
  }

  private func passes(_ count: Int) -> [String] { (1...count).map { "ok \($0) vfio_cdev.case\($0)" } }

  @Test("a program with all of its cases passes")
  func allPass() throws {
    #expect(try complaints("vfio_iommufd_setup_test", passes(6)) == [])
    #expect(try complaints("vfio_iommufd_setup_test", passes(7)) == [])
  }

  @Test("a case that is missing, fails or skips itself is a complaint")
  func oneBad() throws {
    let program = "vfio_iommufd_setup_test"
    #expect(try complaints(program, passes(5)) == ["\(program) has 5 cases, and needs 6"])
    #expect(try complaints(program, []) == ["\(program) has 0 cases, and needs 6"])
    #expect(
      try complaints(program, passes(5) + ["# because", "not ok 6 x"]) == ["\(program): x fails: because"])
    #expect(
      try complaints(program, passes(5) + ["ok 6 x # SKIP why"]) == [
        "\(program): x is skipped, which is not expected: why"
      ])
    #expect(
      try complaints(program, outcome: "not ok", passes(6)).count == 1, "the program as a whole has failed")
    #expect(try complaints(program, outcome: "ok # SKIP all", passes(6)).count == 1)
  }

  @Test("an expected skip is none, unless it passes or says another reason")
  func skips() throws {
    let program = "vfio_pci_sriov_uapi_test"
    let reason = "SR-IOV may not be supported by the PF: 0000:01:00.0"
    #expect(try complaints(program, outcome: "ok # SKIP \(reason)", []) == [])
    #expect(try complaints(program, outcome: "ok # SKIP SR-IOV already configured", []).count == 1)
    #expect(
      try complaints(program, passes(45)) == ["\(program) passes, and is on the list of expected skips"])
  }

  @Test("a skip that is expected of one chip is a complaint on another")
  func chips() throws {
    let program = "vfio_pci_device_test"
    let name = "vfio_pci_irq_test.msi.enable_trigger_disable"
    let skipped = passes(4) + ["ok 5 \(name) # SKIP MSI: not supported"]
    #expect(try complaints(program, profile: .gb200, skipped) == [])
    #expect(try complaints(program, skipped).count == 1)
    #expect(
      try complaints(program, profile: .gb200, passes(4) + ["ok 5 \(name)"]) == [
        "\(program): \(name) passes, and is on the list of expected skips"
      ])
  }
}
