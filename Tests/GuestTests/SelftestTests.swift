// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// The kernel's own VFIO selftests (tools/testing/selftests/vfio), which know nothing of this project. docs/selftests.md
/// tells users what there is.
///
/// They wait in real time for transfers that never end, and give each case 30 seconds. With QEMU's instruction counter
/// both are the guest's time: waits pass in a moment, and a busy machine breaks no limit.
@Suite("The kernel's VFIO selftests")
struct SelftestTests {
  /// A machine, and what has its GPU.
  struct Place: CustomTestStringConvertible {
    let profile: GPUProfile
    let representation: Representation
    let driver: Selftests.Driver

    init(_ profile: GPUProfile, _ representation: Representation, _ driver: Selftests.Driver) {
      self.profile = profile
      self.representation = representation
      self.driver = driver
    }

    var testDescription: String { "\(profile.name) \(representation.rawValue), \(driver.rawValue)" }
  }

  private func options(_ place: Place, programs: [String] = []) -> MachineOptions {
    var options = MachineOptions(profile: place.profile, representation: place.representation)
    options.cpuCount = 1
    options.extraArguments = ["-icount", "shift=3,sleep=off"]
    options.add(Selftests(driver: place.driver, programs: programs))
    // The guest's own programs have tests of their own.
    options.kernelWords = ["grace.tests=vfio-selftests"]
    return options
  }

  private func expectNoComplaint(
    _ options: MachineOptions, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let guest = try await GuestLab.guest(options, timeLimit: .seconds(900))
    let judge = SelftestJudge(try guest.program("vfio-selftests"), on: options)
    for complaint in judge.complaints { Issue.record("\(complaint)", sourceLocation: sourceLocation) }
  }

  @Test(
    "every case of every program passes, or is an expected skip",
    arguments: [
      Place(.gh200With480GB, .bareMetal, .nvgrace), Place(.gh200With480GB, .bareMetal, .generic),
      Place(.gb200, .bareMetal, .nvgrace), Place(.blackwellNext, .bareMetal, .nvgrace),
      Place(.gh200With480GB, .vm, .nvgrace), Place(.gb200, .vm, .generic),
    ])
  func allCases(place: Place) async throws {
    try await expectNoComplaint(options(place))
  }

  @Test("two GPUs become ready for user space in parallel")
  func parallel() async throws {
    var options = MachineOptions(representation: .bareMetal, gpuCount: 2)
    options.add(Selftests(driver: .nvgrace, programs: ["vfio_pci_device_init_perf_test"]))
    options.kernelWords = ["grace.tests=vfio-selftests"]
    try await expectNoComplaint(options)
    let program = try await GuestLab.guest(options).program("vfio-selftests").cases.first {
      $0.name == "vfio_pci_device_init_perf_test"
    }
    #expect(program?.subtests?.problems == [])
    #expect(program?.diagnostics.contains { $0.contains("parallel initialization of 2 devices") } == true)
  }

  @Test("with an SMMU that lets the kernel's own drivers through, nothing changes")
  func passthrough() async throws {
    let programs = ["vfio_dma_mapping_mmio_test", "vfio_iommufd_setup_test", "vfio_pci_device_test"]
    var options = options(Place(.gh200With480GB, .bareMetal, .generic), programs: programs)
    options.kernelWords.append("iommu.passthrough=1")
    try await expectNoComplaint(options)
  }

  @Test("memory that the SMMU cannot address fails the cases that map it, and no others")
  func outOfReach() async throws {
    let program = "vfio_dma_mapping_mmio_test"
    var options = options(Place(.gh200With480GB, .bareMetal, .nvgrace), programs: [program])
    // The memory is at 2^46, as on the real machine.
    options.smmuAddressBits = 44
    let guest = try await GuestLab.guest(options)
    let report = try guest.program("vfio-selftests")
    let cases = try #require(report.cases.first { $0.name == program }?.subtests?.cases)
    let failed = cases.filter { $0.result == .failed }
    #expect(failed.count == 6)
    #expect(failed.allSatisfy { $0.name.contains(".vfio_type1") })
    #expect(SelftestJudge(report, on: options).complaints.count == 1 + failed.count)
  }

  @Test("a guest that has no such program, or is to bind an unknown driver, says so")
  func wrongWords() async throws {
    var options = options(Place(.gh200With480GB, .bareMetal, .nvgrace), programs: ["vfio_no_test"])
    options.kernelWords.append("grace.driver=vfio-mdev")
    let report = try await GuestLab.guest(options).program("vfio-selftests")
    #expect(report.cases.map(\.result) == [.passed, .failed, .failed])
    #expect(report.cases[1].diagnostics.contains { $0.contains("not to vfio-mdev") })
    #expect(report.cases[2].diagnostics.contains { $0.contains("no program that grace.selftests asks for") })
  }
}
