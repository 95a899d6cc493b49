// SPDX-License-Identifier: GPL-2.0-or-later

/// Rules on the entries of an SRAT, whatever their type.
extension Rule {
  static let affinity: [Rule] = [
    sratHeaderReserved, sratEntryZeroLength, sratEntryOverrun, sratEntrySize, sratEntryType, sratReserved,
    sratFlags,
    sratDomainWidth,
  ]

  static let sratHeaderReserved = Rule(
    "srat-header-reserved", .warning, clause: "ACPI 6.5, 5.2.16",
    reason: "After the header stand a dword that is 1 and eight bytes that are zero.",
    fix: "Begin the entries at byte 48, with 1 at byte 36 and zeros at bytes 40 to 47.")

  static let sratEntryZeroLength = Rule(
    "srat-entry-zero-length", .error, clause: "ACPI 6.5, 5.2.16; Linux, lib/fw_table.c",
    reason: "An entry without length cannot be walked over, and Linux gives up the table there.",
    fix: "Write the length of the entry's type into its second byte.")

  static let sratEntryOverrun = Rule(
    "srat-entry-overrun", .error, clause: "ACPI 6.5, 5.2.16",
    reason: "An entry leaves the table, so its end is read from somewhere else or not at all.",
    fix: "Make the table's length the sum of 48 and the entries' lengths.")

  static let sratEntrySize = Rule(
    "srat-entry-size", .error, clause: "ACPI 6.5, 5.2.16.1 to 5.2.16.7",
    reason: "Entries of each type have one length, and consumers skip those that are shorter.",
    fix: "Write 16, 40, 24, 18, 12, 32, 32 and 20 bytes for the types 0 to 7.")

  static let sratEntryType = Rule(
    "srat-entry-type", .info, clause: "ACPI 6.6, 5.2.16",
    reason: "The type is none that is published, and consumers pass over it.",
    fix: "Check the type byte, and the length of the entry before.")

  static let sratReserved = Rule(
    "srat-reserved", .warning, clause: "ACPI 6.5, 5.2.16",
    reason: "Reserved bytes are zero; later revisions give them a meaning.",
    fix: "Clear the entry before filling it in.")

  static let sratFlags = Rule(
    "srat-flags", .warning, clause: "ACPI 6.5, 5.2.16",
    reason: "Reserved flags are zero; later revisions give them a meaning.",
    fix: "Set only bits that the entry's type defines.")

  static let sratDomainWidth = Rule(
    "srat-domain-width", .error, clause: "Linux, drivers/acpi/numa/srat.c and arch/x86/mm/srat.c",
    reason: "In revision 1 domains have eight bits, and consumers drop the others.",
    fix: "Write revision 3, or domains up to 255.")
}
