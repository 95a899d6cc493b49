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
      name: "GH100", boot0: 0x1800_00a1, boot42: 0x180a_1000, revision: 0xa1, hasMIGBug: true,
      hasAperture: false, saysReadinessInConfig: false, registerBARSize: 16 << 20, interruptVectors: 16,
      messageVectors: 9,
      messageTableOffset: 0x00b9_0000, messagePendingOffset: 0x00ba_0000,
      registers: { commonRegisters($0) + hopperRegisters(memorySize: $1) + ownRegisters() },
      capabilities: { hopperCapabilities($0) })
  }
}

/// What GH100 has in BAR0 beside the registers of all chips.
private func hopperRegisters(memorySize: UInt64) -> [RegisterSpec] {
  [
    RegisterSpec(
      "memory clear", at: 0x10_0b20, behaviour: .memoryClear,
      meaning: "1: the memory has been cleared, which is part of its training.",
      source: "Linux 7.3, tools/testing/selftests/vfio/lib/drivers/nv_falcon/hw.h, NV_MEM_CLEAR_OFFSET"),
    RegisterSpec(
      "NV_PFB_PRI_MMU_LOCAL_MEMORY_RANGE", at: 0x10_0ce0, reset: localMemoryRange(memorySize),
      meaning: "Memory size: magnitude (bits 27:4) << (scale (bits 3:0) + 20) bytes.",
      source: "edk2-nvidia, Server/TH500/Drivers/TH500GpuDxe/core/GPUSupportMemSize*.c"),
    RegisterSpec(
      "DMA address, top bits", at: TransferSpec.topAddress, writable: 0x0001_ffff,
      meaning: "Bits 63:47 of the addresses of transfers.",
      source: "Linux 7.3, nv_falcon/hw.h, NV_GPU_DMA_ADDR_TOP_BITS_REG"),
    RegisterSpec(
      "NV_PGC6_AON_SECURE_SCRATCH_GROUP_05(0)", at: 0x11_8234, behaviour: .firmwareBoot,
      meaning: "0x3ff: boot is complete; on Hopper 0x200bc says the same.",
      source: "Linux 7.3, nv_falcon/hw.h, NV_BOOT_COMPLETE_OFFSET, and drivers/gpu/nova-core/regs.rs"),
    RegisterSpec(
      "usable framebuffer size", at: 0x11_83a4, reset: UInt32(truncatingIfNeeded: memorySize >> 20),
      meaning: "Memory size in MiB.", source: "open-gpu-kernel-modules 595.45.04, usable FB size scratch"),
  ] + transferRegisters() + securityProcessorRegisters()
}

/// The capabilities of GH100 at the offsets of its published header (dev_xtl_ep_pcfg_gpu.h in
/// open-gpu-kernel-modules), which public lspci listings confirm.
private func hopperCapabilities(_ function: FunctionTraits) -> [Capability] {
  let chip = function.chip
  var capabilities: [Capability] = [
    .powerManagement(at: 0x40),
    .messageSignalled(at: 0x48, vectors: chip.interruptVectors),
    .express(at: 0x60),
    .vendorSpecific(at: 0x9c, byteCount: 0x14),
    .messageSignalledX(
      at: 0xb0, vectors: chip.messageVectors, table: chip.messageTableOffset,
      pending: chip.messagePendingOffset),
    // 0x100 is "Null" in listings made through VFIO, which hides this capability; its length of 0x2c for
    // sixteen lanes is exactly the room before the next published capability.
    .secondaryExpress(at: 0x100, lanes: 16),
    .latencyTolerance(at: 0x12c),
    .advancedErrorReporting(at: 0x1b8),
    .rootVirtualization(at: 0x250),
    .powerSubstates(at: 0x290),
    .vendorSpecificExtended(at: 0x2a4, id: 1, revision: 1, byteCount: 0x14),
    .powerBudget(at: 0x2b8),
    .serialNumber(at: 0x2f0, function.serialNumber),
  ]
  // The published header has none of these; they come last, where nothing else is. No product has the third, which a
  // user's own profile can ask for.
  if function.hasATS { capabilities.append(.addressTranslation(at: 0x300)) }
  if function.isFreeOfMIGBug { capabilities.append(.migFix(at: 0x310, isFixed: true)) }
  if let memory = function.cxl { capabilities.append(.cxlDevice(at: 0x320, memory)) }
  return capabilities
}
