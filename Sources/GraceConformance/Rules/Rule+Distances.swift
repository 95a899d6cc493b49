// SPDX-License-Identifier: GPL-2.0-or-later

/// Rules on a SLIT.
extension Rule {
  static let distances: [Rule] = [
    slitLength, slitTooSmall, slitTooLarge, slitDiagonal, slitZero, slitOffDiagonal, slitAsymmetric,
  ]

  static let slitLength = Rule(
    "slit-length", .error, clause: "ACPI 6.5, 5.2.17",
    reason: "The table has 44 bytes and then one for each pair of localities.",
    fix: "Set the number of localities to the side of the square.")

  static let slitTooSmall = Rule(
    "slit-too-small", .error, clause: "ACPI 6.5, 5.2.17; Linux, drivers/acpi/numa/srat.c",
    reason: "Rows and columns are numbered by domain, and a domain of the SRAT lies outside of the square.",
    fix: "Make the side one more than the highest domain.")

  static let slitTooLarge = Rule(
    "slit-too-large", .info, clause: "ACPI 6.5, 5.2.17",
    reason: "The square has rows past the highest domain of the SRAT, which nobody reads.",
    fix: "Make the side one more than the highest domain, unless the rest is there for hotplug.")

  static let slitDiagonal = Rule(
    "slit-diagonal", .error, clause: "ACPI 6.5, 5.2.17; Linux, drivers/acpi/numa/srat.c (slit_valid)",
    reason: "A locality is 10 away from itself; Linux drops the table otherwise.",
    fix: "Write 10 on the diagonal, in rows of absent domains, too.")

  static let slitZero = Rule(
    "slit-zero", .error, clause: "ACPI 6.5, 5.2.17; Linux, drivers/acpi/numa/srat.c (slit_valid)",
    reason: "Distances 0 to 9 mean nothing, and Linux drops a table with a 0: a row was not filled in.",
    fix: "Write 255 where there is no way from one locality to another.")

  static let slitOffDiagonal = Rule(
    "slit-off-diagonal", .error, clause: "Linux, drivers/acpi/numa/srat.c (slit_valid)",
    reason: "Linux drops the table if a locality is as near to another as to itself.",
    fix: "Write 11 or more for two localities, 255 for no way.")

  static let slitAsymmetric = Rule(
    "slit-asymmetric", .warning, clause: "ACPI 6.5, 5.2.17 (allows it); Linux, kernel/sched/topology.c",
    reason: "Two directions have different distances; schedulers and allocators look at one of them.",
    fix:
      "Write the same distance for both directions; only memory that initiates nothing may have 255 in all of its row."
  )
}
