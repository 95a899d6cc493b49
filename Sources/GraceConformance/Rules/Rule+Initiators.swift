// SPDX-License-Identifier: GPL-2.0-or-later

/// Rules on the domains of generic initiators.
extension Rule {
  static let initiators: [Rule] = [
    giDisabled, giOrder, giDuplicate, giCount, giMissing, giDomainShared, giNoMemoryEntry,
  ]

  static let giDisabled = Rule(
    "srat-gi-disabled", .error, clause: "Linux, drivers/acpi/numa/srat.c and lib/fw_table.c",
    reason: "Linux answers a disabled initiator with an error and reads no entry after it.",
    fix: "Set bit 0 of the flags, or leave the entry out.")

  static let giOrder = Rule(
    "srat-gi-order", .warning, clause: "Linux, drivers/acpi/numa/srat.c; QEMU 10, hw/acpi/pci.c",
    reason: "Linux numbers nodes in table order, so the nodes of a device no longer ascend with its domains.",
    fix: "Write the initiators of a device in the order of their domains, not in that of a hash table.")

  static let giDuplicate = Rule(
    "srat-gi-duplicate", .warning, clause: "ACPI 6.5, 5.2.16.6",
    reason: "Device and domain stand in two entries; consumers that count entries count one too many.",
    fix: "Write each pair of device and domain once.")

  static let giCount = Rule(
    "srat-gi-count", .warning, clause: "NVIDIA, kernel-open/nvidia/nv-pci.c; edk2-nvidia, TH500",
    reason: "A Grace GPU has eight domains, one for each of its instances (MIG) and one for the rest.",
    fix: "Give the GPU eight initiators with domains of their own.")

  static let giMissing = Rule(
    "srat-gi-missing", .warning, clause: "NVIDIA, kernel-open/nvidia/nv-pci.c",
    reason: "A Grace GPU exists that no initiator names; without domains its memory becomes no node.",
    fix: "Give the GPU eight initiators, or nvidia,gpu-mem-pxm-start and -count in its _DSD.")

  static let giDomainShared = Rule(
    "srat-gi-domain-shared", .warning,
    clause: "NVIDIA, kernel-open/nvidia/nv-pci.c; Linux, drivers/acpi/numa/srat.c",
    reason: "Two devices have one domain, so memory of both would be added to one node.",
    fix: "Give each device domains of its own.")

  static let giNoMemoryEntry = Rule(
    "srat-gi-no-memory-entry", .info, clause: "edk2-nvidia, TH500 (SratParser.c)",
    reason:
      "The domain has no memory entry; firmware of Grace has one without length for each, as a place to add memory.",
    fix: "Add a memory entry with base and length 0 and flags 3 (enabled, hot-pluggable).")
}
