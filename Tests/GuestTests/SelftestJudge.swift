// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest

/// A case of the selftests that cannot run on a machine, and why.
struct ExpectedSkip {
  /// The program.
  let program: String
  /// How the names of its cases end; nil if the program runs none at all.
  let cases: String?
  /// How the program itself starts to say why.
  let said: String
  /// Whether it is so on a chip, under a driver.
  let applies: @Sendable (GPUChip, Selftests.Driver) -> Bool

  /// Whether the case is meant, or for a case of nil the program as a whole.
  func covers(_ program: String, _ name: String?) -> Bool {
    guard program == self.program else { return false }
    guard let cases, let name else { return cases == nil && name == nil }
    return name.hasSuffix(cases)
  }
}

extension ExpectedSkip {
  /// All of them, each with the reason in words.
  static let all = [
    // The capability of the real GPUs is left out: NVIDIA's driver for the host's side cannot create virtual functions
    // (nvgrace_gpu_vfio_pci has no sriov_configure), and the selftest would then not skip itself but fail.
    ExpectedSkip(
      program: "vfio_pci_sriov_uapi_test", cases: nil, said: "SR-IOV may not be supported by the PF",
      applies: { _, _ in true }),
    // GB100 and its successors have MSI-X alone (dev_pcfg_pf0.h of the published headers).
    ExpectedSkip(
      program: "vfio_pci_device_test", cases: "vfio_pci_irq_test.msi.enable_trigger_disable",
      said: "MSI: not supported", applies: { chip, _ in chip != .gh100 }),
    // Upstream's driver nv_falcon knows no way to have the GPU send a message.
    ExpectedSkip(
      program: "vfio_pci_driver_test", cases: ".send_msi", said: "Driver does not support send_msi()",
      applies: { chip, _ in chip == .gh100 }),
    // nv_falcon knows the chips up to Hopper and Ada, by BOOT_0.
    ExpectedSkip(
      program: "vfio_pci_driver_test", cases: nil, said: "No driver found for device",
      applies: { chip, _ in chip != .gh100 }),
  ]
}

/// Compares the report of the guest's program vfio-selftests with what has to be.
struct SelftestJudge {
  let results: KTAPDocument
  let skips: [ExpectedSkip]

  /// The programs of Linux 7.3, and how many cases each has at least: a program that loses some must not pass for it.
  static let caseCounts = [
    "vfio_dma_mapping_mmio_test": 15, "vfio_dma_mapping_test": 30, "vfio_iommufd_setup_test": 6,
    "vfio_pci_device_init_perf_test": 5, "vfio_pci_device_test": 5, "vfio_pci_driver_test": 35,
    "vfio_pci_sriov_uapi_test": 45,
  ]

  /// What is wrong, a sentence each.
  var complaints: [String] {
    var complaints = results.problems.map { "vfio-selftests: \($0)" }
    for (program, count) in SelftestJudge.caseCounts.sorted(by: { $0.key < $1.key }) {
      guard let result = results.cases.first(where: { $0.name == program }) else {
        complaints.append("\(program) did not run")
        continue
      }
      let isSkipped = skips.contains { $0.covers(program, nil) }
      let found = result.subtests?.cases.count ?? 0
      if !isSkipped, found < count { complaints.append("\(program) has \(found) cases, and needs \(count)") }
    }
    for result in results.cases {
      complaints += complaint(result, program: result.name, name: nil).map { [$0] } ?? []
      complaints += result.subtests?.problems.map { "\(result.name): \($0)" } ?? []
      for nested in result.subtests?.cases ?? [] {
        complaints += complaint(nested, program: result.name, name: nested.name).map { [$0] } ?? []
      }
    }
    return complaints
  }

  private func complaint(_ result: KTAPCase, program: String, name: String?) -> String? {
    let title = name.map { "\(program): \($0)" } ?? program
    let expected = skips.first { $0.covers(program, name) }
    switch (result.result, expected) {
    case (.passed, nil): return nil
    case (.passed, _?): return "\(title) passes, and is on the list of expected skips"
    case (.failed, _): return "\(title) fails: \(result.diagnostics.suffix(12).joined(separator: "; "))"
    case (.skipped(let said), let expected?) where said.hasPrefix(expected.said): return nil
    case (.skipped(let said), _): return "\(title) is skipped, which is not expected: \(said)"
    }
  }
}
