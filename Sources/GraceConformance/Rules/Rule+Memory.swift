// SPDX-License-Identifier: GPL-2.0-or-later

/// Rules on the memory ranges of an SRAT.
extension Rule {
  static let memory: [Rule] = [
    sratMemoryZeroLength, sratMemoryWrap, sratMemoryOverlap, sratMemoryOverlapDomains,
  ]

  static let sratMemoryZeroLength = Rule(
    "srat-memory-zero-length", .warning, clause: "Linux, drivers/acpi/numa/srat.c",
    reason: "A range without bytes means something only as a place for memory that is added later.",
    fix: "Set the hot-pluggable flag (bit 1), clear the enabled flag, or leave the entry out.")

  static let sratMemoryWrap = Rule(
    "srat-memory-wrap", .error, clause: "ACPI 6.5, 5.2.16.2",
    reason: "The range continues past the last 64-bit address.",
    fix: "Check base and length; each is two dwords, the low one first.")

  static let sratMemoryOverlap = Rule(
    "srat-memory-overlap", .warning, clause: "ACPI 6.5, 5.2.16.2",
    reason: "Two enabled ranges of one domain share addresses, so its memory is counted twice.",
    fix: "Cut the ranges so that they touch.")

  static let sratMemoryOverlapDomains = Rule(
    "srat-memory-overlap-domains", .error, clause: "ACPI 6.5, 5.2.16.2; Linux, mm/numa_memblks.c",
    reason: "Two domains claim the same addresses, and Linux drops the NUMA configuration.",
    fix:
      "Give each address one domain; coherent memory of a GPU stays out of the SRAT, or has a range of its own."
  )
}
