// SPDX-License-Identifier: GPL-2.0-or-later

/// GICC Affinity Structure (ACPI 6.5, 5.2.16.4): the domain of an Arm processor.
struct ProcessorAffinity {
  /// Proximity domain.
  var domain: UInt32
  /// The processor's ACPI UID.
  var uid: UInt32

  /// Appends the 18 bytes of the structure.
  func encode(to sink: inout ByteSink) {
    sink.byte(3)  // 0: type
    sink.byte(18)  // 1: length
    sink.littleEndian(domain)  // 2: proximity domain
    sink.littleEndian(uid)  // 6: ACPI processor UID
    sink.littleEndian(UInt32(1))  // 10: flags: enabled
    sink.littleEndian(UInt32(0))  // 14: clock domain
  }
}

/// Memory Affinity Structure (ACPI 6.5, 5.2.16.2) of RAM that is there from the start. Enabled is its only flag, as
/// in the firmware of Grace (edk2-nvidia, SratParser.c).
struct PresentMemoryAffinity {
  /// Proximity domain.
  var domain: UInt32
  /// The addresses.
  var range: MemoryRange

  /// Appends the 40 bytes of the structure.
  func encode(to sink: inout ByteSink) {
    sink.byte(1)  // 0: type
    sink.byte(40)  // 1: length
    sink.littleEndian(domain)  // 2: proximity domain
    sink.zeros(2)  // 6: reserved
    sink.littleEndian(range.base)  // 8: base address
    sink.littleEndian(range.size)  // 16: length
    sink.zeros(4)  // 24: reserved
    sink.littleEndian(UInt32(1))  // 28: flags: enabled
    sink.zeros(8)  // 32: reserved
  }
}
