// SPDX-License-Identifier: GPL-2.0-or-later

// Grace Blackwell superchips. Ids: the device table of drivers/vfio/pci/nvgrace-gpu/main.c in Linux 7.3, and the product
// list of NVIDIA's open-gpu-kernel-modules 595.45.04 (g_nv_name_released.h).

extension Profile {
  /// GB200: one of the two GPUs of a superchip, with 186 GiB of its HBM3e usable (NVIDIA's data sheet says 186 GB).
  public static var gb200: Profile {
    Profile(
      name: "gb200", product: "GB200", chip: .gb100, deviceID: 0x2941, subsystemID: 0x2046,
      memorySize: 186 << 30)
  }

  /// GB300: the same with 288 GB of HBM3e (NVIDIA's data sheet).
  public static var gb300: Profile {
    Profile(
      name: "gb300", product: "GB300", chip: .gb110, deviceID: 0x31c2, subsystemID: 0x21f1,
      memorySize: 288 << 30)
  }

  /// A GPU of the next kind, which says in CXL's device DVSEC when its memory is ready.
  ///
  /// Linux 7.3 knows that way and no id of such a product; 0x3341 is the first of those that firmware takes for GB120
  /// (edk2-nvidia, GPUSupport.c). `device-id=` sets another, and the kernel's `driver_override` binds any. Memory and
  /// subsystem are GB300's, for want of better ones.
  public static var blackwellNext: Profile {
    Profile(
      name: "blackwell-next", product: "Blackwell-Next", chip: .blackwellNext, deviceID: 0x3341,
      subsystemID: 0x21f1,
      memorySize: 288 << 30)
  }
}

extension Chip {
  /// The GPU of GB200. Boot values: chip 0x1a/0 (g_hal_archimpl.h in open-gpu-kernel-modules); revision a1 as on GH100, for
  /// want of a published one.
  public static var gb100: Chip {
    blackwell(name: "GB100", boot0: 0x1a00_00a1, boot42: 0x1a0a_1000, saysReadinessInConfig: false)
  }

  /// The GPU of GB300: chip 0x1a/3.
  public static var gb110: Chip {
    blackwell(name: "GB110", boot0: 0x1a30_00a1, boot42: 0x1a3a_1000, saysReadinessInConfig: false)
  }

  /// A GPU with CXL DVSECs. Its chip id is not published; GB110's is taken.
  public static var blackwellNext: Chip {
    blackwell(name: "Blackwell-Next", boot0: 0x1a30_00a1, boot42: 0x1a3a_1000, saysReadinessInConfig: true)
  }

  /// BAR0 and the vectors are as on GH100: GB100's are not published.
  private static func blackwell(name: String, boot0: UInt32, boot42: UInt32, saysReadinessInConfig: Bool)
    -> Chip
  {
    Chip(
      name: name, boot0: boot0, boot42: boot42, revision: 0xa1, hasMIGBug: false, hasAperture: true,
      saysReadinessInConfig: saysReadinessInConfig, registerBARSize: 16 << 20,
      interruptVectors: 0, messageVectors: 9,
      messageTableOffset: 0x00b9_0000, messagePendingOffset: 0x00ba_0000,
      registers: { commonRegisters($0) + blackwellRegisters(memorySize: $1) + ownRegisters() },
      capabilities: { blackwellCapabilities($0) })
  }
}

/// What GB100 has in BAR0 beside the registers of all chips.
///
/// There is no transfer engine: how software reaches one is published for Hopper alone (Linux 7.3, nv_falcon).
private func blackwellRegisters(memorySize: UInt64) -> [RegisterSpec] {
  [
    RegisterSpec(
      "usable framebuffer size", at: 0x11_83a4, reset: UInt32(truncatingIfNeeded: memorySize >> 20),
      meaning: "Memory size in MiB.", source: "open-gpu-kernel-modules 595.45.04, usable FB size scratch"),
    RegisterSpec(
      "NV_PFB_PRI_MMU_LOCAL_MEMORY_RANGE", at: 0x1f_a3e0, reset: localMemoryRange(memorySize),
      meaning: "Memory size: magnitude (bits 27:4) << (scale (bits 3:0) + 20) bytes.",
      source: "edk2-nvidia, Server/TH500/Drivers/TH500GpuDxe/core/GPUSupportMemSize*.c"),
  ]
}

/// The capabilities of GB100 at the offsets of its published headers (dev_pcfg_pf0.h, dev_nv_pcie_config_reg_addendum.h in
/// open-gpu-kernel-modules).
///
/// Left out are those that would have to do something: DOE, IDE, PASID, the BARs of virtual functions, alternate protocols
/// and flit logging. Software walks the lists, so a gap between two offsets means nothing to it.
private func blackwellCapabilities(_ function: FunctionTraits) -> [Capability] {
  let chip = function.chip
  var capabilities: [Capability] = [
    .express(at: 0x40),
    .messageSignalledX(
      at: 0x7c, vectors: chip.messageVectors, table: chip.messageTableOffset,
      pending: chip.messagePendingOffset),
    .powerManagement(at: 0x88),
    // The lengths of these two are not published; 0x14 as on GH100, where it is, and fits.
    .vendorSpecific(at: 0x90, byteCount: 0x14),
    .vendorSpecific(at: 0xa4, byteCount: 0x14),
    .serialNumber(at: 0x100, function.serialNumber),
  ]
  if let memory = function.cxl { capabilities.append(.cxlDevice(at: 0x10c, memory)) }
  capabilities += [.advancedErrorReporting(at: 0x148), .latencyTolerance(at: 0x190)]
  if let size = function.apertureSize { capabilities.append(.resizableBAR(at: 0x198, bar: 2, size: size)) }
  capabilities += [
    .dataLinkFeature(at: 0x1d8), .physicalLayer16(at: 0x1e4, lanes: 16),
    .physicalLayer32(at: 0x214, lanes: 16),
    .secondaryExpress(at: 0x244, lanes: 16), .laneMargining(at: 0x270, lanes: 16),
    .alternativeRouting(at: 0x2f8),
    .rootVirtualization(at: 0x300), .powerSubstates(at: 0x340), .powerBudget(at: 0x368),
  ]
  if function.hasATS { capabilities.append(.addressTranslation(at: 0x3a8)) }
  if function.cxl != nil { capabilities.append(.cxlRegisterLocator(at: 0x3b8)) }
  capabilities += [.firewallStatus(at: 0xaf0), .migFix(at: 0xb0c, isFixed: function.isFreeOfMIGBug)]
  if function.cxl != nil { capabilities += [.cxlFunctionMap(at: 0xb58), .cxlFlexBus(at: 0xb84)] }
  return capabilities
}
