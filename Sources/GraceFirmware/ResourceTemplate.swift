// SPDX-License-Identifier: GPL-2.0-or-later

/// Resources of a host bridge as `_CRS` returns them: descriptors one after another in a buffer (ACPI 6.5, 6.4).
struct ResourceTemplate {
  private var sink = ByteSink()

  /// Fixed limits, decoded by the bridge and produced for what is behind it: bits 3 (_MAF) and 2 (_MIF) of the general
  /// flags (ACPI 6.5, 6.4.3.5.1).
  private static var fixedLimits: UInt8 { 0x0c }

  /// Bus numbers: a Word Address Space Descriptor (ACPI 6.5, 6.4.3.5.3) of resource type 2.
  mutating func add(buses: ClosedRange<UInt8>) {
    sink.byte(0x88)  // 0: tag
    sink.littleEndian(UInt16(13))  // 1: length of what follows
    sink.byte(2)  // 3: resource type, bus numbers
    sink.byte(Self.fixedLimits)  // 4: general flags
    sink.byte(0)  // 5: type-specific flags, none for buses
    sink.littleEndian(UInt16(0))  // 6: granularity
    sink.littleEndian(UInt16(buses.lowerBound))  // 8: minimum
    sink.littleEndian(UInt16(buses.upperBound))  // 10: maximum
    sink.littleEndian(UInt16(0))  // 12: translation
    sink.littleEndian(UInt16(buses.count))  // 14: length
  }

  /// A window of memory addresses: a QWord Address Space Descriptor (ACPI 6.5, 6.4.3.5.1) of resource type 0,
  /// prefetchable. The firmware's is 1:1, too (edk2-nvidia, PcieControllerDxe.c).
  mutating func add(window: MemoryRange) {
    sink.byte(0x8a)  // 0: tag
    sink.littleEndian(UInt16(43))  // 1: length of what follows
    sink.byte(0)  // 3: resource type, memory
    sink.byte(Self.fixedLimits)  // 4: general flags
    sink.byte(0x07)  // 5: bit 0 read-write, bits 2:1 prefetchable (ACPI 6.5, 6.4.3.5.5)
    sink.littleEndian(UInt64(0))  // 6: granularity
    sink.littleEndian(window.base)  // 14: minimum
    sink.littleEndian(window.base &+ window.size &- 1)  // 22: maximum
    sink.littleEndian(UInt64(0))  // 30: translation
    sink.littleEndian(window.size)  // 38: length
  }

  /// The descriptors and the End Tag (ACPI 6.5, 6.4.2.9). Its checksum of 0 says that there is none.
  var encoded: [UInt8] { sink.bytes + [0x79, 0x00] }
}
