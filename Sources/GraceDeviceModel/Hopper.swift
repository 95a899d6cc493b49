// SPDX-License-Identifier: GPL-2.0-or-later

// Grace Hopper superchips. Ids: the device table of drivers/vfio/pci/nvgrace-gpu/main.c in Linux 7.3, and the
// product list of NVIDIA's open-gpu-kernel-modules 595.45.04 (g_nv_name_released.h).

extension Profile {
  /// GH200 with 120 GB of LPDDR5X: 96 GiB of HBM3.
  public static var gh200_120GB: Profile {
    Profile(
      name: "gh200-120gb", product: "GH200 120GB", chip: .gh100, deviceID: 0x2342, subsystemID: 0x16eb,
      memorySize: 96 << 30)
  }

  /// GH200 with 480 GB of LPDDR5X: 96 GiB of HBM3.
  ///
  /// 0x2345 stands in Linux' table but not in NVIDIA's product list; the subsystem is that of the released
  /// "GH200 480GB", which has the device id 0x2342.
  public static var gh200_480GB: Profile {
    Profile(
      name: "gh200-480gb", product: "GH200 480GB", chip: .gh100, deviceID: 0x2345, subsystemID: 0x1809,
      memorySize: 96 << 30)
  }

  /// GH200 with 144 GiB of HBM3e.
  public static var gh200_144GB: Profile {
    Profile(
      name: "gh200-144gb", product: "GH200 144G HBM3e", chip: .gh100, deviceID: 0x2348, subsystemID: 0x18d2,
      memorySize: 144 << 30)
  }
}

extension Chip {
  /// The Hopper GPU of Grace Hopper.
  ///
  /// Boot values: chip 0x18/0 in g_hal_archimpl.h (open-gpu-kernel-modules), 0x180000A1 also in the VFIO
  /// selftests' nv_falcon driver (Linux 7.3). BAR0 and nine vectors: a public lspci of the class. The
  /// table's place in BAR0 is that of the A100 (public lspci); GH100's own is not published.
  public static var gh100: Chip {
    Chip(
      name: "GH100", boot0: 0x1800_00a1, boot42: 0x180a_1000, revision: 0xa1, dividesMemory: true,
      registerBARSize: 16 << 20, messageVectors: 9, messageTableOffset: 0x00b9_0000,
      messagePendingOffset: 0x00ba_0000, registers: { hopperRegisters($0, memorySize: $1) },
      capabilities: { hopperCapabilities($0) })
  }
}

/// BAR0 of GH100, as far as it is published and emulated; what is not listed reads zero.
private func hopperRegisters(_ chip: Chip, memorySize: UInt64) -> [RegisterSpec] {
  [
    RegisterSpec(
      "NV_PMC_BOOT_0", at: 0x0, reset: chip.boot0, meaning: "Chip and revision.",
      source: "open-gpu-kernel-modules 595.45.04, NV_PMC_BOOT_0"),
    RegisterSpec(
      "NV_PMC_BOOT_1", at: 0x4,
      meaning: "0: a physical function on real silicon (bits 17:16 mark virtual functions).",
      source: "open-gpu-kernel-modules 595.45.04, NV_PMC_BOOT_1"),
    RegisterSpec(
      "NV_PMC_BOOT_42", at: 0xa00, reset: chip.boot42, meaning: "Chip; drivers choose their code by it.",
      source: "open-gpu-kernel-modules 595.45.04, NV_PMC_BOOT_42"),
    RegisterSpec(
      "NV_PBUS_SW_SCRATCH(0..37)", at: 0x1400, count: 0x26, writable: .max, meaning: "Software's own.",
      source: "open-gpu-kernel-modules 595.45.04, NV_PBUS_SW_SCRATCH"),
    // The 39th scratch register belongs to the GPU's firmware, so a guest cannot write it here.
    RegisterSpec(
      "NV_PBUS_SW_SCRATCH(38)", at: 0x1498, behaviour: .linkStatus,
      meaning: "0xff: the chip-to-chip link is up.",
      source: "Linux 7.3, drivers/vfio/pci/nvgrace-gpu/main.c, C2C_LINK_BAR0_OFFSET"),
    RegisterSpec(
      "NV_PBUS_SW_SCRATCH(39..63)", at: 0x149c, count: 0x19, writable: .max, meaning: "Software's own.",
      source: "open-gpu-kernel-modules 595.45.04, NV_PBUS_SW_SCRATCH"),
    RegisterSpec(
      "NV_PTIMER_TIME_0", at: 0x9400, behaviour: .timeLow,
      meaning: "Nanoseconds of the guest's time, bits 31:5; bits 4:0 read zero.",
      source: "open-gpu-kernel-modules 595.45.04, NV_PTIMER_TIME_0"),
    RegisterSpec(
      "NV_PTIMER_TIME_1", at: 0x9410, behaviour: .timeHigh,
      meaning: "Nanoseconds of the guest's time, bits 63:32.",
      source: "open-gpu-kernel-modules 595.45.04, NV_PTIMER_TIME_1"),
    RegisterSpec(
      "NV_THERM_I2CS_SCRATCH", at: 0x200bc, behaviour: .bootStatus,
      meaning: "0xff: boot is complete and the memory is trained.",
      source: "Linux 7.3, drivers/vfio/pci/nvgrace-gpu/main.c, HBM_TRAINING_BAR0_OFFSET"),
    RegisterSpec(
      "NV_PFB_PRI_MMU_LOCAL_MEMORY_RANGE", at: 0x10_0ce0, reset: localMemoryRange(memorySize),
      meaning: "Memory size: magnitude (bits 27:4) << (scale (bits 3:0) + 20) bytes.",
      source: "edk2-nvidia, Server/TH500/Drivers/TH500GpuDxe/core/GPUSupportMemSize*.c"),
    RegisterSpec(
      "usable framebuffer size", at: 0x11_83a4, reset: UInt32(truncatingIfNeeded: memorySize >> 20),
      meaning: "Memory size in MiB.", source: "open-gpu-kernel-modules 595.45.04, usable FB size scratch"),
  ]
}

/// The value of LOCAL_MEMORY_RANGE for a memory of whole MiB: in GiB where that is exact, else in MiB.
///
/// - Parameter byteCount: a multiple of 1 MiB, at most 16 TiB.
func localMemoryRange(_ byteCount: UInt64) -> UInt32 {
  let isWholeGiB = byteCount & ((1 << 30) - 1) == 0
  let scale: UInt32 = isWholeGiB ? 10 : 0
  let magnitude = UInt32(truncatingIfNeeded: byteCount >> (isWholeGiB ? 30 : 20))
  return (magnitude & 0x00ff_ffff) << 4 | scale
}

/// The capabilities of GH100 at the offsets of its published header (dev_xtl_ep_pcfg_gpu.h in
/// open-gpu-kernel-modules), which public lspci listings confirm.
private func hopperCapabilities(_ chip: Chip) -> [Capability] {
  [
    .powerManagement(at: 0x40),
    .express(at: 0x60),
    .vendorSpecific(at: 0x9c, byteCount: 0x14),
    .messageSignalledX(
      at: 0xb0, vectors: chip.messageVectors, table: chip.messageTableOffset,
      pending: chip.messagePendingOffset),
    // 0x100 is "Null" in listings made through VFIO, which hides this capability; its length of 0x2c for
    // sixteen lanes is exactly the room before the next published capability.
    .secondaryExpress(at: 0x100, lanes: 16),
    .advancedErrorReporting(at: 0x1b8),
  ]
}
