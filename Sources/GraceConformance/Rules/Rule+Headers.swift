// SPDX-License-Identifier: GPL-2.0-or-later

/// Rules on what all tables begin with.
extension Rule {
  static let headers: [Rule] = [
    headerShort, headerSignature, headerLength, headerChecksum, headerRevision, headerRevisionOld,
    tableDuplicate,
  ]

  static let headerShort = Rule(
    "header-short", .error, clause: "ACPI 6.5, 5.2.6",
    reason: "A table begins with a header of 36 bytes.",
    fix: "Write the whole header; a shorter file is no table, or its copying was cut short.")

  static let headerSignature = Rule(
    "header-signature", .error, clause: "ACPI 6.5, 5.2.6",
    reason: "The first four bytes name the table in printable characters.",
    fix: "Check that the file is a table in binary, not text, source or an archive.")

  static let headerLength = Rule(
    "header-length", .error, clause: "ACPI 6.5, 5.2.6",
    reason: "The header counts the bytes of the whole table, and consumers map that many.",
    fix: "Set the length, in bytes 4 to 7, after the last entry is in place.")

  static let headerChecksum = Rule(
    "header-checksum", .error, clause: "ACPI 6.5, 5.2.6",
    reason: "The sum of all bytes is zero modulo 256; consumers warn of others or refuse them.",
    fix: "Compute the checksum, byte 9, last of all.")

  static let headerRevision = Rule(
    "header-revision", .warning, clause: "ACPI 6.5, 5.2.6",
    reason: "The revision says how the bytes are laid out, and this one is not published for the table.",
    fix: "Write 3 for SRAT, 1 for SLIT, 2 for HMAT, DSDT and SSDT.")

  static let headerRevisionOld = Rule(
    "header-revision-old", .info, clause: "ACPI 6.5, 5.2.16 and 5.2.28",
    reason:
      "The table says that it has an older layout, in which some fields are narrower or mean something else.",
    fix: "Write 3 for SRAT and 2 for HMAT unless an old consumer needs the old layout.")

  static let tableDuplicate = Rule(
    "table-duplicate", .warning, clause: "ACPI 6.5, 5.2.8; Linux, drivers/acpi/tables.c",
    reason: "A machine has one table of this kind, and Linux reads the first alone.",
    fix: "Merge the tables, or check one machine at a time.")
}
