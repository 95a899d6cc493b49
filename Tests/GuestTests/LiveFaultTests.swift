// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// What the unmodified driver of Linux 7.3 gives its user when a GPU breaks that is in use. docs/faults.md tells users the
/// same; the cases themselves are in guest/live-faults.c and guest/live-removal.c.
@Suite("Faults of a running GPU")
struct LiveFaultTests {
  @Test(
    "a link that goes down and training that fails are seen by mappings at once, by the driver after a reset")
  func legacy() async throws {
    try await LiveGuest.expectPassed(LiveGuest.machine("faults"))
  }

  @Test("CXL readiness that is lost is the same, with the DVSEC's time-outs")
  func cxl() async throws {
    var machine = LiveGuest.machine("faults", profile: .blackwellNext)
    // The guest expects the 4 s of this encoding.
    machine.deviceProperties = ["cxl-active-timeout": "1"]
    try await LiveGuest.expectPassed(machine)
  }

  @Test("a reset that hangs takes the function away, until it hangs no longer and another reset came")
  func hang() async throws {
    try await LiveGuest.expectPassed(LiveGuest.machine("hangs"))
  }

  @Test("a GPU that is removed while it is open can be closed, and returns with its memory's contents")
  func removal() async throws {
    try await LiveGuest.expectPassed(LiveGuest.machine("removal"))
  }

  @Test("a guest that the host does not answer says so")
  func noAnswer() async throws {
    let guest = try await GuestLab.guest(LiveGuest.machine("hangs"))
    let failed = try guest.program("live-check").cases.filter { $0.result == .failed }
    let reasons = failed.map { $0.diagnostics.last ?? "" }
    #expect(
      reasons.first?.hasSuffix(": the host did not answer \"fault flr-hangs\" within 30 seconds") == true)
    #expect(
      reasons.last?.hasSuffix("was not asked for \"fault none\", as it had not answered before") == true)
  }
}
