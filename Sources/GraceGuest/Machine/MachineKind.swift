// SPDX-License-Identifier: GPL-2.0-or-later

/// Which of QEMU's machines has the GPUs.
public enum MachineKind: String, CaseIterable, Codable, Sendable {
  /// arm64's `virt`, as real superchips have Arm CPUs.
  case virt
  /// x86_64's `q35`, for those who build tables or read them there. It has no driver for the GPU.
  case q35

  /// QEMU's CPU model unless another is chosen.
  ///
  /// On arm64 quick pointer authentication halves the time of a boot. On x86_64 QEMU's 40 physical address bits would not
  /// reach coherent memory at 2^46.
  public var defaultCPUModel: String {
    switch self {
    case .virt: "max,pauth-impdef=on"
    case .q35: "max,phys-bits=48"
    }
  }

  /// The guest's first serial port, as its kernel calls it.
  var console: String {
    switch self {
    case .virt: "ttyAMA0"
    case .q35: "ttyS0"
    }
  }

  /// Whether its kernel has NVIDIA's driver for the bare-metal representation (drivers/vfio/pci/nvgrace-gpu/Kconfig).
  public var hasDriver: Bool { self == .virt }

  /// Whether QEMU's DSDT describes the functions below the main host bridge, which then have its names (hw/i386/acpi-build.c;
  /// hw/arm/virt-acpi-build.c of QEMU 10.0 describes none).
  var describesFunctions: Bool { self == .q35 }
}
