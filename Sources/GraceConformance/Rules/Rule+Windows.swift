// SPDX-License-Identifier: GPL-2.0-or-later

/// Rules on what PCI host bridges and functions occupy.
extension Rule {
  static let windows: [Rule] = [
    crsForm, crsWindow, sratMemoryOverlapWindow, sratMemoryOverlapBAR, dsdOverlapWindow, dsdOverlapBAR,
  ]

  static let crsForm = Rule(
    "crs-form", .warning, clause: "ACPI 6.5, 6.2.2 (_CRS) and 6.4",
    reason: "The host bridge's resources end before their end tag, and windows behind that place are lost.",
    fix: "Write descriptors with their whole length, and 0x79 and a checksum, or zero, at the end.")

  static let crsWindow = Rule(
    "crs-window", .info, clause: "ACPI 6.5, 6.4.3.5; Linux, drivers/acpi/resource.c",
    reason:
      "A window's length is not that from its minimum to its maximum, or it ends before it begins; Linux takes the two ends.",
    fix: "Write a length of maximum - minimum + 1, or 0 for a window that is not there.")

  static let sratMemoryOverlapWindow = Rule(
    "srat-memory-overlap-window", .error,
    clause: "ACPI 6.5, 5.2.16.2 and 6.4.3.5; Linux, drivers/acpi/pci_root.c",
    reason: "RAM lies in a window of a PCI host bridge, and Linux ignores a window that conflicts with RAM.",
    fix: "Move the window, or end the memory range where the window begins.")

  static let sratMemoryOverlapBAR = Rule(
    "srat-memory-overlap-bar", .error, clause: "ACPI 6.5, 5.2.16.2; Linux, drivers/pci/setup-res.c",
    reason: "A PCI function decodes addresses that the SRAT calls RAM, and its resource cannot be claimed.",
    fix: "Keep memory behind BARs out of the SRAT; a domain for it has an entry without length.")

  static let dsdOverlapWindow = Rule(
    "dsd-overlap-window", .error, clause: "ACPI 6.5, 6.4.3.5; Linux, mm/memory_hotplug.c",
    reason: "Memory of the GPU lies in a window where the kernel may place BARs, and cannot be added there.",
    fix: "Keep coherent memory outside of all windows; in a virtual machine it is BAR4 and in no _DSD.")

  static let dsdOverlapBAR = Rule(
    "dsd-overlap-bar", .error,
    clause: "NVIDIA, kernel-open/nvidia/nv-pci.c; Linux, drivers/vfio/pci/nvgrace-gpu/main.c",
    reason: "A PCI function decodes addresses that the _DSD says are memory of the GPU.",
    fix: "Describe the memory once: by a _DSD on the host, by BAR4 in a virtual machine.")
}
