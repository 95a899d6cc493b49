// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest

/// Compares the report of the guest's program vfio-selftests with what has to be.
struct SelftestJudge {
  private let report: KTAPDocument
  private let skips: [ExpectedSkip]
  /// The programs that must have run.
  private let programs: [String]

  /// Programs of Linux 7.3, and how many cases each has at least: one that loses some must not pass for it.
  private static let caseCounts = [
    "vfio_dma_mapping_mmio_test": 15, "vfio_dma_mapping_test": 30, "vfio_iommufd_setup_test": 6,
    "vfio_pci_device_init_perf_test": 5, "vfio_pci_device_test": 5, "vfio_pci_driver_test": 35,
    "vfio_pci_sriov_uapi_test": 45,
  ]

  /// The report of a guest on that machine.
  init(_ report: KTAPDocument, on options: MachineOptions) {
    self.report = report
    skips = ExpectedSkip.all.filter { $0.applies(options.profile.chip) }
    let asked = options.selftests?.programs ?? []
    programs = asked.isEmpty ? SelftestJudge.caseCounts.keys.sorted() : asked
  }

  /// What is wrong, a sentence each.
  var complaints: [String] {
    var complaints = report.problems.map { "vfio-selftests: \($0)" }
    complaints += programs.compactMap(incompleteness(of:))
    for result in report.cases {
      complaints += complaint(result, program: result.name, name: nil)
      complaints += result.subtests?.problems.map { "\(result.name): \($0)" } ?? []
      for nested in result.subtests?.cases ?? [] {
        complaints += complaint(nested, program: result.name, name: nested.name)
      }
    }
    return complaints
  }

  private func incompleteness(of program: String) -> String? {
    guard let result = report.cases.first(where: { $0.name == program }) else {
      return "\(program) did not run"
    }
    let (found, due) = (result.subtests?.cases.count ?? 0, SelftestJudge.caseCounts[program] ?? 1)
    let isSkipped = skips.contains { $0.covers(program, nil) }
    return found < due && !isSkipped ? "\(program) has \(found) cases, and needs \(due)" : nil
  }

  private func complaint(_ result: KTAPCase, program: String, name: String?) -> [String] {
    let title = name.map { "\(program): \($0)" } ?? program
    let expected = skips.first { $0.covers(program, name) }
    switch (result.result, expected) {
    case (.passed, nil): return []
    case (.passed, _?): return ["\(title) passes, and is on the list of expected skips"]
    case (.failed, _): return ["\(title) fails: \(result.diagnostics.suffix(12).joined(separator: "; "))"]
    case (.skipped(let said), let expected?) where said.hasPrefix(expected.said): return []
    case (.skipped(let said), _): return ["\(title) is skipped, which is not expected: \(said)"]
    }
  }
}
