// SPDX-License-Identifier: GPL-2.0-or-later

import Testing

@testable import GraceGuest

@Suite("A run's outcome")
struct GuestRunTests {
  private let guest = SampleGuest(.vm)

  private func error(_ guest: SampleGuest, ending: ConsoleRun.Ending = .exited(0), messages: [String] = [])
    -> GuestRunError?
  {
    do throws(GuestRunError) {
      _ = try GuestRun(guest.consoleRun(ending: ending, messages: messages), options: guest.options)
      return nil
    } catch {
      return error
    }
  }

  @Test("stages add up, and the kernel's start is told by its uptime")
  func stages() throws {
    let stages = try guest.run().stages
    // Lines come each millisecond from 1500 on, and the fact boot is the fourth.
    #expect(stages.kernel == .milliseconds(870))
    #expect(stages.firmware == .milliseconds(1503 - 870))
    #expect(stages.firmware + stages.kernel + stages.tests + stages.powerOff == .milliseconds(3000))
    #expect(stages.total == .milliseconds(3000))
  }

  @Test("QEMU's own error is quoted, not its warnings")
  func qemuFailed() {
    var silent = guest
    silent.lines = []
    let messages = ["qemu: warning: old", "qemu: -device grace-gpu: no such profile; use another", ""]
    let error = error(silent, ending: .exited(1), messages: messages)
    #expect(error == .qemuFailed(status: 1, message: messages[1]))
    #expect(error?.description == "QEMU refused: qemu: -device grace-gpu: no such profile; use another")
    #expect(error?.isSetUp == true)
  }

  @Test("a signal is told by its number")
  func killed() {
    #expect(error(guest, ending: .signaled(6)) == .killed(signal: 6, message: nil))
  }

  @Test("a guest that hangs is told with the stage in which it was last seen")
  func timedOut() {
    let error = error(guest.dropping(#""fact":"end""#), ending: .timedOut(limit: .seconds(9)))
    #expect(
      error?.description == "The guest did not finish within 9.0 s; it was last seen running its tests.")
    #expect(error?.lastLines.last == "reboot: Power down")
    #expect(error?.lastLines.count == 20)
  }

  @Test("a guest that powers off too early has not finished")
  func endedEarly() {
    #expect(
      error(guest.dropping(#""fact":"end""#))?.description
        == "The guest powered off before it had finished; it was last seen running its tests.")
  }

  @Test("a panic is told before everything else that follows from it")
  func panic() {
    var panicked = guest.dropping(#""fact":"end""#)
    panicked.lines.append("[  1.2][ T1] Kernel panic - not syncing: no init")
    #expect(
      error(panicked, ending: .timedOut(limit: .seconds(9)))?.description
        == "The guest's kernel panicked: Kernel panic - not syncing: no init")
  }

  @Test("a fact that cannot be read is an error")
  func malformedFact() {
    let cut = guest.replacing(#","ms":123}"#, by: "")
    guard case .malformedFact(let fact) = error(cut) else {
      Issue.record("a cut fact went unnoticed")
      return
    }
    #expect(fact.reason == "it is no JSON object, or a number in it is out of range")
  }

  @Test("a console without results is an error")
  func noResults() {
    #expect(error(guest.dropping("KTAP version 1")) == .malformedResults(.noDocument))
  }

  @Test("tables in hexadecimal do not crowd the results")
  func factsAreNoDiagnostics() throws {
    let results = try guest.run().results
    #expect(results.cases.allSatisfy { $0.diagnostics.isEmpty })
  }
}
