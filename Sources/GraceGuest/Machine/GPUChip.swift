// SPDX-License-Identifier: GPL-2.0-or-later

/// The chip of a product, and what a guest must find in it.
///
/// Like the products, it is written down here a second time on purpose.
public struct GPUChip: Hashable, Sendable {
  /// The name by which the kernel command line tells the guest (`grace.chip=`).
  public let name: String
  /// Registers that have one value on every GPU of the chip that is ready.
  let registers: [Register]
  /// Whether the driver divides the memory, to work around the MIG bug (has_mig_hw_bug in
  /// drivers/vfio/pci/nvgrace-gpu/main.c of Linux 7.3).
  public let dividesMemory: Bool
  /// Whether BAR2 is the chip's own BAR1, through which all of its memory can be reached.
  public let hasAperture: Bool

  /// A register and its value.
  struct Register: Hashable {
    let name: String
    let value: UInt64
  }

  /// Boot values are those of open-gpu-kernel-modules 595.45.04, g_hal_archimpl.h, revision a1; 0xff is what says ready
  /// (STATUS_READY in drivers/vfio/pci/nvgrace-gpu/main.c of Linux 7.3).
  private init(name: String, boot0: UInt64, boot42: UInt64, isHopper: Bool) {
    self.name = name
    registers = [
      Register(name: "BOOT_0", value: boot0), Register(name: "BOOT_1", value: 0),
      Register(name: "BOOT_42", value: boot42), Register(name: "C2C_STATUS", value: 0xff),
      Register(name: "BOOT_COMPLETE", value: 0xff),
    ]
    dividesMemory = isHopper
    hasAperture = !isHopper
  }

  /// The GPU of GH200.
  public static let gh100 = GPUChip(name: "gh100", boot0: 0x1800_00a1, boot42: 0x180a_1000, isHopper: true)
  /// The GPU of GB200.
  public static let gb100 = GPUChip(name: "gb100", boot0: 0x1a00_00a1, boot42: 0x1a0a_1000, isHopper: false)
  /// The GPU of GB300.
  public static let gb110 = GPUChip(name: "gb110", boot0: 0x1a30_00a1, boot42: 0x1a3a_1000, isHopper: false)
  /// A GPU that says in configuration space when its memory is ready; otherwise like GB300's, for want of a published
  /// one.
  public static let blackwellNext = GPUChip(
    name: "blackwell-next", boot0: 0x1a30_00a1, boot42: 0x1a3a_1000, isHopper: false)
}
