// SPDX-License-Identifier: GPL-2.0-or-later

/// `_RST` of a GPU on the host (ACPI 6.5, 7.3.25): how the firmware of a Grace machine lets an operating system reset it.
///
/// The firmware's own method kicks a register of the SoC and waits until the GPU has booted (edk2-nvidia,
/// SsdtPcieTemplate.asl). There is no such register here; a function level reset through the PCI Express capability does
/// the same to the GPU. Linux prefers this method to its own function level reset.
enum ResetMethod {
  /// PCI Express Base 6.0, 7.5.3.4: Device Control is 8 bytes into the capability, and bit 15 starts the reset.
  private static var deviceControl: UInt64 { 8 }
  private static var initiateReset: UInt64 { 0x8000 }
  /// PCI Express Base 6.0, 6.6.2: software waits so many milliseconds after a function level reset.
  private static var settleTime: UInt64 { 100 }

  /// The region, its field and the method.
  static func terms(expressOffset: UInt16) -> [AML] {
    // GPCE, DCTL
    let region = NameSegment(checked: [0x47, 0x50, 0x43, 0x45])
    let control = NameSegment(checked: [0x44, 0x43, 0x54, 0x4c])
    return [
      .configRegion(region, offset: UInt64(expressOffset) + deviceControl, length: 2),
      .wordFields(region, [control]),
      .method(
        .reset,
        [
          .or(.reference(control), .integer(initiateReset), target: .reference(control)),
          .sleep(settleTime),
        ]),
    ]
  }
}
