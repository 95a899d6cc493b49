// SPDX-License-Identifier: GPL-2.0-or-later

// The last page of BAR0, where nothing of NVIDIA's is published: registers of this project's own, for tests.

/// The registers that no real GPU has.
func ownRegisters() -> [RegisterSpec] {
  [
    RegisterSpec(
      "doorbell", at: 0xff_f000, writable: .max, behaviour: .doorbell,
      meaning: "A write of a vector's number sends its message. Reads: how many were sent since the reset.",
      source: "this project's own; docs/device.md"),
    RegisterSpec(
      "transfer result", at: 0xff_f004, behaviour: .transferResult,
      meaning: "How the last transfer of the DMA engine ended; 0: its bytes were moved.",
      source: "this project's own; docs/device.md"),
  ]
}

extension GraceDevice {
  /// Sends the message of a vector that the device has, by MSI-X or MSI.
  mutating func ringDoorbell(_ vector: UInt32) {
    guard vector < vectorCount else { return }
    doorbellCount &+= 1
    host.interrupt(vector)
  }
}
