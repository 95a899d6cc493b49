// SPDX-License-Identifier: GPL-2.0-or-later

/// Rules on the sixteen bytes that name the device of a generic initiator.
extension Rule {
  static let handles: [Rule] = [
    giHandleType, giHandleReserved, giHandleOrder, giHandleDoubled, giHandleNoFunction, giHandleBridge,
    giGraceFunction,
  ]

  static let giHandleType = Rule(
    "srat-gi-handle-type", .error, clause: "ACPI 6.5, 5.2.16.6",
    reason: "The handle is of type 0 (ACPI) or 1 (PCI); readers take others for ACPI, or do not look.",
    fix: "Write 1 into byte 3 of the entry for a PCI function.")

  static let giHandleReserved = Rule(
    "srat-gi-handle-reserved", .error, clause: "ACPI 6.5, 5.2.16.6 (Device Handle - PCI)",
    reason: "Bytes 4 to 15 of a PCI handle are zero; drivers that read four bytes do not notice, others do.",
    fix: "Write segment (two bytes), bus, device and function (one byte), then twelve zeros.")

  static let giHandleOrder = Rule(
    "srat-gi-handle-order", .error,
    clause: "ACPI 6.5, 5.2.16.6 (Device Handle - PCI); QEMU before 9.2, hw/acpi/acpi_generic_initiator.c",
    reason:
      "Bus and devfn are swapped: a 16-bit number was written low byte first, where the bus comes first.",
    fix: "Write the bus into byte 2 of the handle, and device << 3 | function into byte 3.")

  static let giHandleDoubled = Rule(
    "srat-gi-handle-doubled", .error,
    clause: "ACPI 6.5, 5.2.16.6 (Device Handle - PCI); cloud-hypervisor before August 2026, vmm/src/acpi.rs",
    reason:
      "Segment, bus, device and function stand there twice each, as if the fields were first and last numbers.",
    fix: "Write segment (two bytes), bus, device << 3 | function, then twelve zeros.")

  static let giHandleNoFunction = Rule(
    "srat-gi-handle-no-function", .error, clause: "ACPI 6.5, 5.2.16.6; NVIDIA, kernel-open/nvidia/nv-pci.c",
    reason: "The handle names a PCI function that does not exist, so no driver finds its domains.",
    fix: "Build the table after bus numbers are assigned, and keep the guest from assigning others.")

  static let giHandleBridge = Rule(
    "srat-gi-handle-bridge", .warning, clause: "ACPI 6.5, 5.2.16.6",
    reason: "The handle names a bridge, which initiates nothing; the device behind it is probably meant.",
    fix: "Name the endpoint by its own bus, not by that of its root port.")

  static let giGraceFunction = Rule(
    "srat-gi-grace-function", .warning, clause: "NVIDIA, kernel-open/nvidia/nv-pci.c",
    reason: "The driver looks for the initiators of a Grace GPU only if the GPU is device 0, function 0.",
    fix: "Put the GPU behind a root port of its own, as device 0, function 0.")
}
