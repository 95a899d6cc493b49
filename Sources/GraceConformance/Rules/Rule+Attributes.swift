// SPDX-License-Identifier: GPL-2.0-or-later

/// Rules on an HMAT.
extension Rule {
  static let attributes: [Rule] = [
    hmatStructureLength, hmatStructureSize, hmatStructureType, hmatReserved, hmatDomain, hmatInitiator,
    hmatMemoryless, hmatDataType, hmatHierarchy, hmatBaseUnit, hmatEntryAbsent, hmatCacheAttributes,
  ]

  static let hmatStructureLength = Rule(
    "hmat-structure-length", .error, clause: "ACPI 6.5, 5.2.28; Linux, lib/fw_table.c",
    reason:
      "A structure is shorter than its own header or leaves the table, so nothing after it can be read.",
    fix: "Write the structure's length, in bytes 4 to 7 of it, after its lists.")

  static let hmatStructureSize = Rule(
    "hmat-structure-size", .error, clause: "ACPI 6.5, 5.2.28.3 to 5.2.28.5; Linux, drivers/acpi/numa/hmat.c",
    reason: "The length is not the one that type and counts make.",
    fix: "40 bytes for type 0; 32 + 4 (I + T) + 2 I T for type 1; 32 + 2 for each handle for type 2.")

  static let hmatStructureType = Rule(
    "hmat-structure-type", .info, clause: "ACPI 6.5, 5.2.28",
    reason: "The type is none that is published, and consumers pass over it.",
    fix: "Check the type, and the length of the structure before.")

  static let hmatReserved = Rule(
    "hmat-reserved", .warning, clause: "ACPI 6.5, 5.2.28",
    reason: "Reserved bytes and flags are zero; later revisions give them a meaning.",
    fix: "Clear the structure before filling it in.")

  static let hmatDomain = Rule(
    "hmat-domain", .error, clause: "ACPI 6.5, 5.2.28; Linux, drivers/acpi/numa/hmat.c",
    reason:
      "The structure speaks of a domain that the SRAT does not have; Linux ignores the values, or the table.",
    fix: "Name domains of enabled SRAT entries alone.")

  static let hmatInitiator = Rule(
    "hmat-initiator", .warning, clause: "ACPI 6.5, 5.2.28.4",
    reason: "An initiator's domain has neither processor nor generic initiator in the SRAT.",
    fix: "List domains of processors and generic initiators.")

  static let hmatMemoryless = Rule(
    "hmat-memoryless", .warning, clause: "ACPI 6.5, 5.2.28.3; edk2-nvidia, TH500 (HmatParser.c)",
    reason: "The structure gives attributes to memory of a domain that has none, or none yet.",
    fix: "Leave out structures of type 0 for such domains, as the firmware of Grace does.")

  static let hmatDataType = Rule(
    "hmat-data-type", .error, clause: "ACPI 6.5, 5.2.28.4",
    reason: "Data types are 0 to 5: latency and bandwidth, of all accesses, reads or writes.",
    fix: "Write 0 to 5.")

  static let hmatHierarchy = Rule(
    "hmat-hierarchy", .warning, clause: "ACPI 6.5, 5.2.28.4",
    reason: "Bits 3:0 of the flags are 0 for memory or 1 to 3 for a level of its cache.",
    fix: "Write 0 unless there is a memory side cache.")

  static let hmatBaseUnit = Rule(
    "hmat-base-unit", .error, clause: "ACPI 6.5, 5.2.28.4",
    reason: "Each value is multiplied by the base unit, which therefore is not 0.",
    fix: "Write picoseconds or MB/s for one step of the values, such as 1000.")

  static let hmatCacheAttributes = Rule(
    "hmat-cache-attributes", .warning, clause: "ACPI 6.5, 5.2.28.5; Linux, drivers/acpi/numa/hmat.c",
    reason: "A cache has 1 to 3 levels of which this is one, and two kinds of associativity and of writing.",
    fix: "Write levels into bits 3:0, the level into bits 7:4, and 0 to 2 into bits 11:8 and 15:12.")

  static let hmatEntryAbsent = Rule(
    "hmat-entry-absent", .info, clause: "ACPI 6.5, 5.2.28.4; Linux, drivers/acpi/numa/hmat.c",
    reason: "0 and 0xffff say that a value is not known or that there is no way; Linux ignores both.",
    fix: "Fill in the value if there is one.")
}
