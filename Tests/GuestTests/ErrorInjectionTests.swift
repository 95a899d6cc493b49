// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// QEMU's own `pcie_aer_inject_error`: the cases themselves are in guest/live-errors.c.
@Suite("Errors that the GPU reports")
struct ErrorInjectionTests {
  /// GH200 is one of the GPUs that Linux keeps from a reset of their bus, GB200 is not.
  @Test(
    "every error that QEMU can inject reaches the kernel with its severity, and the user if it is uncorrectable",
    arguments: [GPUProfile.gh200With480GB, .gb200])
  func injection(profile: GPUProfile) async throws {
    try await LiveGuest.expectPassed(LiveGuest.machine("errors", profile: profile))
  }
}
