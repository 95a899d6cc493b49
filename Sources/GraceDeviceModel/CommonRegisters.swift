// SPDX-License-Identifier: GPL-2.0-or-later

/// The part of BAR0 that all chips have, as far as it is published and emulated; what is not listed reads zero.
func commonRegisters(_ chip: Chip) -> [RegisterSpec] {
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
      "NV_VIRTUAL_FUNCTION_TIME_0", at: 0x3_0080, behaviour: .timeLow,
      meaning: "The same as NV_PTIMER_TIME_0.",
      source: "open-gpu-kernel-modules 595.45.04, dev_vm.h"),
    RegisterSpec(
      "NV_VIRTUAL_FUNCTION_TIME_1", at: 0x3_0084, behaviour: .timeHigh,
      meaning: "The same as NV_PTIMER_TIME_1.",
      source: "open-gpu-kernel-modules 595.45.04, dev_vm.h"),
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
