// SPDX-License-Identifier: GPL-2.0-or-later

/// Rules on what AML says of devices: `_DSD` and `_PXM`.
extension Rule {
  static let properties: [Rule] = [
    amlEvaluation, pxmDomain, dsdForm, dsdDuplicate, dsdUnknown, dsdType, dsdBaseZero, dsdSizeZero,
    dsdSizeSmall,
    dsdMissingBase,
    dsdMissingSize, dsdMissing, dsdPageAlignment, dsdBlockAlignment, dsdSizeBlock, dsdWrap, dsdOverlapRAM,
    dsdOverlapDevice,
    dsdPXMPair, dsdPXMDomain, dsdPXMCount, dsdPXMInitiators, dsdPXMShared, dsdEGMPair, dsdEGMDomain,
    dsdRetiredZero, dsdRetiredAlignment, dsdRetiredPlace,
  ]

  private static let driver = "Linux, drivers/vfio/pci/nvgrace-gpu/main.c"
  private static let vendorDriver = "NVIDIA, kernel-open/nvidia/nv-pci.c"
  private static let hotplug = "Linux, mm/memory_hotplug.c"

  static let amlEvaluation = Rule(
    "aml-evaluation", .warning, clause: "ACPI 6.5, 6.2.5 (_DSD) and 6.2 (_PXM)",
    reason: "ACPICA cannot load the tables or evaluate the object, and neither can Linux, which uses ACPICA.",
    fix: "Run acpiexec on DSDT and SSDTs by hand; it prints the name or operation that fails.")

  static let pxmDomain = Rule(
    "pxm-domain", .warning, clause: "ACPI 6.5, 6.2 (_PXM)",
    reason: "A device belongs to a domain that the SRAT does not have.",
    fix: "Name a domain of an enabled SRAT entry, or leave _PXM out.")

  static let dsdForm = Rule(
    "dsd-form", .error, clause: "ACPI 6.5, 6.2.5; UEFI Forum, _DSD Device Properties UUID",
    reason:
      "A _DSD is a package of pairs, UUID and package, and each property is a package of name and value.",
    fix:
      "Return Package () { ToUUID (\"daffd814-...\"), Package () { Package () { \"name\", value }, ... } }.")

  static let dsdDuplicate = Rule(
    "dsd-duplicate", .warning, clause: "UEFI Forum, _DSD Device Properties UUID",
    reason: "A property stands there twice, and which of the two counts is up to the reader.",
    fix: "Write each property once.")

  static let dsdUnknown = Rule(
    "dsd-unknown", .info, clause: driver,
    reason: "No driver of Grace GPUs knows this property of NVIDIA; it may be misspelled.",
    fix: "Compare the name with the eight that exist.")

  static let dsdType = Rule(
    "dsd-type", .error, clause: "\(driver) (device_property_read_u64)",
    reason: "The driver reads integers, and takes any other value for a missing property.",
    fix: "Write an integer, not a string, buffer or package.")

  static let dsdBaseZero = Rule(
    "dsd-base-zero", .error, clause: driver,
    reason: "Address 0 is not where the memory of a device is: the value was not filled in.",
    fix: "Write the physical address of the memory, such as 0x400000000000.")

  static let dsdSizeZero = Rule(
    "dsd-size-zero", .error, clause: driver,
    reason: "The driver takes a size of 0 for a link that failed, and the GPU for an ordinary device.",
    fix: "Write the size in bytes, or leave the property out.")

  static let dsdSizeSmall = Rule(
    "dsd-size-small", .error, clause: "\(driver) (nvgrace_gpu_init_nvdev_struct)",
    reason:
      "The driver divides the memory of a GPU with the MIG bug, and fails where no block of 512 MiB is left beside 1 GiB.",
    fix: "Write the size in bytes; it is at least 1.5 GiB.")

  static let dsdMissingBase = Rule(
    "dsd-missing-base", .error, clause: "\(driver); \(vendorDriver)",
    reason: "Drivers look for the base first and read nothing else without it.",
    fix: "Add nvidia,gpu-mem-base-pa.")

  static let dsdMissingSize = Rule(
    "dsd-missing-size", .info, clause: "\(driver); edk2-nvidia, TH500 (GPUMemoryInfo.c)",
    reason: "Linux treats the GPU as an ordinary device without the size; NVIDIA's driver asks the GPU.",
    fix: "Add nvidia,gpu-mem-size.")

  static let dsdMissing = Rule(
    "dsd-missing", .warning, clause: "\(driver); \(vendorDriver)",
    reason: "A Grace GPU has neither a _DSD nor BAR4, so drivers find its coherent memory nowhere.",
    fix:
      "Give the GPU's node a _DSD with nvidia,gpu-mem-base-pa and -size, or in a virtual machine the GPU a BAR4."
  )

  static let dsdPageAlignment = Rule(
    "dsd-page-alignment", .error, clause: driver,
    reason: "Memory is mapped in pages, and a base inside of one cannot be mapped.",
    fix: "Align the base to 64 KiB, the largest page of an arm64 kernel.")

  static let dsdBlockAlignment = Rule(
    "dsd-block-alignment", .warning, clause: hotplug,
    reason: "Memory is added in blocks of up to 512 MiB, and the kernel refuses a base inside of one.",
    fix: "Align the base to 512 MiB.")

  static let dsdSizeBlock = Rule(
    "dsd-size-block", .info, clause: hotplug,
    reason: "Memory is added in blocks of up to 512 MiB, and the rest stays unused.",
    fix: "Nothing has to be done.")

  static let dsdWrap = Rule(
    "dsd-wrap", .error, clause: driver,
    reason: "The memory continues past the last 64-bit address.",
    fix: "Check base and size; both are in bytes.")

  static let dsdOverlapRAM = Rule(
    "dsd-overlap-ram", .error, clause: hotplug,
    reason: "Memory of the GPU lies where the SRAT says that RAM is, and cannot be added a second time.",
    fix: "Keep coherent memory out of the SRAT and the memory map, at addresses of its own.")

  static let dsdOverlapDevice = Rule(
    "dsd-overlap-device", .error, clause: driver,
    reason: "Two devices claim the same addresses.",
    fix: "Give each GPU a range of its own; Grace has one socket for each 2^44 bytes.")

  static let dsdPXMPair = Rule(
    "dsd-pxm-pair", .error, clause: vendorDriver,
    reason: "First domain and number of domains mean something only together.",
    fix: "Write both nvidia,gpu-mem-pxm-start and nvidia,gpu-mem-pxm-count, or neither.")

  static let dsdPXMDomain = Rule(
    "dsd-pxm-domain", .error, clause: vendorDriver,
    reason: "A domain of the GPU is not in the SRAT, so it has no node.",
    fix: "Write an entry for each domain: an initiator, and memory without length.")

  static let dsdPXMCount = Rule(
    "dsd-pxm-count", .warning, clause: "\(vendorDriver); edk2-nvidia, TH500",
    reason: "A Grace GPU has eight domains.",
    fix: "Write 8.")

  static let dsdPXMInitiators = Rule(
    "dsd-pxm-initiators", .warning, clause: vendorDriver,
    reason: "The driver believes the SRAT before the _DSD, and the two name different domains.",
    fix: "Make the initiators' domains those of nvidia,gpu-mem-pxm-start and -count, or leave the pair out.")

  static let dsdPXMShared = Rule(
    "dsd-pxm-shared", .error, clause: vendorDriver,
    reason: "Two devices name the same domain as theirs, so memory of both would be added to one node.",
    fix: "Let nvidia,gpu-mem-pxm-start of each GPU begin where the domains of the one before end.")

  static let dsdEGMPair = Rule(
    "dsd-egm-pair", .warning, clause: "edk2-nvidia, TH500 (GPUMemoryInfo.c)",
    reason: "Extended GPU memory has a base, a size and a domain, all three or none.",
    fix: "Write nvidia,egm-base-pa, nvidia,egm-size and nvidia,egm-pxm.")

  static let dsdEGMDomain = Rule(
    "dsd-egm-domain", .error, clause: "edk2-nvidia, TH500 (GPUMemoryInfo.c)",
    reason: "The domain of the extended GPU memory is not in the SRAT.",
    fix: "Write the socket's domain, or in hypervisor mode the one that the SRAT has for this memory.")

  // The driver for extended memory is posted and not yet in Linux; it maps one page at the address and reads a count
  // and that many addresses of pages.
  private static let retired =
    "edk2-nvidia, TH500 (TH500ResourceConfigPrivate.h); NVIDIA, nvgrace-egm as posted"

  static let dsdRetiredZero = Rule(
    "dsd-egm-retired-zero", .info, clause: retired,
    reason:
      "The table of retired pages is at address 0; drivers take it for none, or for a bug of the firmware.",
    fix: "Leave nvidia,egm-retired-pages-data-base out, or point it to a page of zeros.")

  static let dsdRetiredAlignment = Rule(
    "dsd-egm-retired-alignment", .error, clause: retired,
    reason: "The table of retired pages is mapped as a page, and a base inside of one may leave it.",
    fix: "Put the table into pages of its own, aligned to 4 KiB.")

  static let dsdRetiredPlace = Rule(
    "dsd-egm-retired-place", .error, clause: retired,
    reason:
      "The table of retired pages lies in memory that a GPU or a virtual machine owns, which writes over it.",
    fix:
      "Put the table into reserved RAM of the host, outside of what nvidia,egm-base-pa and gpu-mem-base-pa begin."
  )
}
