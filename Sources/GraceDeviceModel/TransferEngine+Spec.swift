// SPDX-License-Identifier: GPL-2.0-or-later

// The falcon of GH100's optical flow accelerator (OFA), as far as it moves bytes. Where its registers lie: Linux 7.3,
// tools/testing/selftests/vfio/lib/drivers/nv_falcon/hw.h. What their bits mean: NVIDIA's open-gpu-kernel-modules,
// tu102/dev_falcon_v4.h and tu102/dev_fbif_v4.h, and drivers/gpu/nova-core/regs.rs in Linux 7.3; where these differ it is
// said.

/// Offsets and bits of the engine's registers.
enum TransferSpec {
  /// Bits 63:47 of addresses, outside of the engine.
  static var topAddress: UInt32 { 0x10_0f04 }
  /// DMACTL.
  static var control: UInt32 { 0x84_410c }
  /// DMATRFBASE: bits 39:8 of the base.
  static var base: UInt32 { 0x84_4110 }
  /// DMATRFMOFFS: where in the data memory.
  static var localOffset: UInt32 { 0x84_4114 }
  /// DMATRFCMD.
  static var command: UInt32 { 0x84_4118 }
  /// DMATRFFBOFFS: what is added to the base.
  static var offset: UInt32 { 0x84_411c }
  /// DMATRFBASE1: bits 46:40 of the base.
  static var highBase: UInt32 { 0x84_4128 }
  /// FBIF_TRANSCFG(i), eight of them.
  static var apertures: UInt32 { 0x84_4400 }
  /// FBIF_CTL.
  static var interfaceControl: UInt32 { 0x84_4424 }

  /// DMACTL: transfers need a context, of which there is none.
  static var requiresContext: UInt32 { 1 }
  /// FBIF_CTL: physical addresses are allowed, and without a context. nv_falcon sets both.
  static var allowsPhysical: UInt32 { 0x90 }
  /// FBIF_TRANSCFG: physical addresses.
  static var isPhysical: UInt32 { 1 << 2 }
  /// DMATRFCMD: what software writes; bits 1:0 (IDLE and FULL) are the engine's.
  static var commandMask: UInt32 { 0x0001_773c }
  /// DMATRFCMD: code memory, and the bits of secure transfers: neither is there.
  static var unsupported: UInt32 { 0x1c }
  /// DMATRFCMD: from the data memory to the other one.
  static var isWrite: UInt32 { 1 << 5 }
  /// DMATRFCMD: IDLE, the transfer is done.
  static var isIdle: UInt32 { 1 << 1 }
  /// The largest encoded size: 4 << 6 bytes.
  static var largestSize: UInt32 { 6 }
  /// What 0x8443c0 reads while the engine may not be used; software looks at the upper half (nv_falcon.c). The value is
  /// that which hw.h has for another falcon that cannot be reached.
  static var locked: UInt32 { 0xbadf_5620 }
  /// Size of the data memory in dwords: 4 KiB, this project's choice. That of GH100's OFA is not published; software reads
  /// it from HWCFG.
  static var memoryWordCount: Int { 1024 }
}

/// The registers of the engine.
func transferRegisters() -> [RegisterSpec] {
  [
    RegisterSpec(
      "OFA FALCON_HWCFG", at: 0x84_4108, reset: UInt32(TransferSpec.memoryWordCount / 64) << 9,
      meaning: "Size of the data memory: bits 17:9, in 256 bytes; there is no code memory (bits 8:0).",
      source: "Linux 7.3, drivers/gpu/drm/nouveau/nvkm/falcon/base.c; the size is a choice"),
    RegisterSpec(
      "OFA FALCON_DMACTL", at: TransferSpec.control, reset: TransferSpec.requiresContext,
      writable: TransferSpec.requiresContext,
      meaning: "Bit 0 (REQUIRE_CTX): transfers need a context, so none succeeds; 2:1: scrubbing is done.",
      source: "open-gpu-kernel-modules, tu102/dev_falcon_v4.h; the reset value is a choice"),
    RegisterSpec(
      "OFA FALCON_DMATRFBASE", at: TransferSpec.base, writable: .max,
      meaning: "Bits 39:8 of the base address.",
      source: "open-gpu-kernel-modules, tu102/dev_falcon_v4.h, NV_PFALCON_FALCON_DMATRFBASE"),
    RegisterSpec(
      "OFA FALCON_DMATRFMOFFS", at: TransferSpec.localOffset, writable: 0x00ff_ffff,
      meaning: "Offset in the data memory.",
      source: "open-gpu-kernel-modules, ls10/dev_falcon_v4.h, NV_PFALCON_FALCON_DMATRFMOFFS"),
    RegisterSpec(
      "OFA FALCON_DMATRFCMD", at: TransferSpec.command, writable: TransferSpec.commandMask,
      behaviour: .transferCommand,
      meaning: "Moves 4 << (10:8) bytes by aperture 14:12; bit 5: from the data memory; bit 1: done.",
      source: "open-gpu-kernel-modules, tu102/dev_falcon_v4.h, NV_PFALCON_FALCON_DMATRFCMD"),
    RegisterSpec(
      "OFA FALCON_DMATRFFBOFFS", at: TransferSpec.offset, writable: .max,
      meaning: "Added to the base address.",
      source: "open-gpu-kernel-modules, tu102/dev_falcon_v4.h, NV_PFALCON_FALCON_DMATRFFBOFFS"),
    // Turing's has nine bits; on Hopper the bits from 47 on have a register of their own.
    RegisterSpec(
      "OFA FALCON_DMATRFBASE1", at: TransferSpec.highBase, writable: 0x7f,
      meaning: "Bits 46:40 of the base address.",
      source: "Linux 7.3, nv_falcon.c, NV_FALCON_DMA_ADDR_HIGH_OFFSET"),
    RegisterSpec(
      "OFA FALCON_DMEMC(i), DMEMD(i), i < 4", at: 0x84_41c0, count: 8, writable: .max, behaviour: .dataPort,
      meaning: "Address (15:2; 24, 25: it goes on after writes, reads) and dword of the data memory.",
      source: "open-gpu-kernel-modules, ls10/dev_falcon_v4.h, NV_PFALCON_FALCON_DMEMC, _DMEMD"),
    RegisterSpec(
      "OFA FALCON_ENGINE", at: 0x84_43c0, behaviour: .transferAccess,
      meaning: "0xbadf in the upper half: the security processor has not enabled transfers.",
      source: "Linux 7.3, nv_falcon/hw.h, NV_OFA_DMA_SUPPORT_CHECK_REG"),
    RegisterSpec(
      "OFA FBIF_TRANSCFG(i), i < 8", at: TransferSpec.apertures, count: 8, writable: 0x7,
      meaning: "Apertures. Bits 1:0: 0 this GPU's memory, 1 and 2 system memory; bit 2: physical addresses.",
      source: "open-gpu-kernel-modules, tu102/dev_fbif_v4.h; Linux 7.3, nova-core/falcon.rs, FalconFbifTarget"
    ),
    RegisterSpec(
      "OFA FBIF_CTL", at: TransferSpec.interfaceControl, writable: TransferSpec.allowsPhysical,
      meaning: "Bits 4 and 7: physical addresses are allowed, and without a context.",
      source: "Linux 7.3, nv_falcon/hw.h; bit 7 also tu102/dev_fbif_v4.h, ALLOW_PHYS_NO_CTX"),
    RegisterSpec(
      "OFA FBIF_CTL2", at: 0x84_4484, writable: .max, meaning: "Stored; its meaning is not published.",
      source: "Linux 7.3, nv_falcon/hw.h, NV_FBIF_CTL2_OFFSET"),
  ]
}
