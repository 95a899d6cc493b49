// SPDX-License-Identifier: GPL-2.0-or-later

/// Tells which devices of a namespace are PCI host bridges.
public enum HostBridge {
  /// `PNP0A08` and `PNP0A03`, the ids of PCI Express and PCI host bridges (PCI Firmware 3.3, 4.1.2), as texts and in
  /// the compressed form (ACPI 6.5, 19.3.4).
  private static let names: Set<String> = ["PNP0A08", "PNP0A03"]
  private static let numbers: Set<UInt64> = [0x080a_d041, 0x030a_d041]

  /// Whether a `_HID` or `_CID` is that of a host bridge. The latter can be a package of ids.
  public static func isIdentifier(_ value: ACPIObject) -> Bool {
    switch value {
    case .integer(let number): numbers.contains(number)
    case .string(let name): names.contains(name)
    case .package(let elements): elements.contains(where: isIdentifier)
    default: false
    }
  }
}
