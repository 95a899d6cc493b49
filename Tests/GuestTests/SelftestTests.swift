// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// The kernel's own VFIO selftests (tools/testing/selftests/vfio), which know nothing of this project. docs/selftests.md
/// tells users what is here.
@Suite("The kernel's VFIO selftests")
struct SelftestTests {
  private func results(
    _ profile: GPUProfile, _ driver: Selftests.Driver, gpus: Int = 1
  ) async throws -> KTAPDocument {
    var options = MachineOptions(profile: profile, representation: .bareMetal, gpuCount: gpus)
    options.add(Selftests(driver: driver))
    // Other tests boot the guest's own programs.
    options.kernelWords = ["grace.tests=vfio-selftests"]
    return try await GuestLab.guest(options, timeLimit: .seconds(900)).program("vfio-selftests")
  }

  @Test(
    "every case passes, or is an expected skip",
    arguments: [
      (.gh200With480GB, .generic), (.gh200With480GB, .nvgrace), (.gb200, .nvgrace), (.blackwellNext, .nvgrace),
    ] as [(GPUProfile, Selftests.Driver)])
  func allCases(profile: GPUProfile, driver: Selftests.Driver) async throws {
    let skips = ExpectedSkip.all.filter { $0.applies(profile.chip, driver) }
    for complaint in SelftestJudge(results: try await results(profile, driver), skips: skips).complaints {
      Issue.record("\(complaint)")
    }
  }
}

extension Selftests.Driver: CustomTestStringConvertible {
  /// The driver's name.
  public var testDescription: String { rawValue }
}
