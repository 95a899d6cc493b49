// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest

/// Selftests that cannot run on some machines. docs/selftests.md has the same list.
struct ExpectedSkip {
  /// The program.
  let program: String
  /// How the names of the cases end; nil if the program runs none at all.
  let cases: String?
  /// How the program itself begins to say why.
  let said: String
  /// Whether it is so on a chip.
  let applies: @Sendable (GPUChip) -> Bool

  /// All of them, each with the reason in words.
  static let all = [
    // The device has no virtual functions. Under vfio-pci it could; nvgrace_gpu_vfio_pci cannot create any (it has
    // no sriov_configure), so with some the program would not skip itself there but fail.
    ExpectedSkip(
      program: "vfio_pci_sriov_uapi_test", cases: nil, said: "SR-IOV may not be supported by the PF",
      applies: { _ in true }),
    // Upstream's driver nv_falcon knows no way to have the GPU send a message, so it has no send_msi.
    ExpectedSkip(
      program: "vfio_pci_driver_test", cases: ".send_msi", said: "Driver does not support send_msi()",
      applies: { $0 == .gh100 }),
    // nv_falcon tells chips by BOOT_0, and knows none after Hopper.
    ExpectedSkip(
      program: "vfio_pci_driver_test", cases: nil, said: "No driver found for device",
      applies: { $0 != .gh100 }),
    // The published registers of GB100 have MSI-X and no MSI (open-gpu-doc, dev_pcfg_pf0.h).
    ExpectedSkip(
      program: "vfio_pci_device_test", cases: "vfio_pci_irq_test.msi.enable_trigger_disable",
      said: "MSI: not supported", applies: { $0 != .gh100 }),
  ]

  /// Whether it is about the case, or, without a name, about the program as a whole.
  func covers(_ program: String, _ name: String?) -> Bool {
    guard program == self.program else { return false }
    guard let cases, let name else { return cases == nil && name == nil }
    return name.hasSuffix(cases)
  }
}
