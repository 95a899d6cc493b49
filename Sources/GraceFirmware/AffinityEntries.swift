// SPDX-License-Identifier: GPL-2.0-or-later

/// Generic Initiator Affinity Structure (ACPI 6.5, 5.2.16.6) of a PCI function.
public struct GenericInitiatorAffinity: Sendable {
  /// Proximity domain.
  public var domain: UInt32
  /// The initiator.
  public var device: PCIAddress
  /// Whether the entry is to be used.
  public var isEnabled: Bool

  /// How the device handle is written.
  enum HandleForm {
    /// As ACPI says: segment in two bytes, bus, device and function in one.
    case right
    /// Bus and devfn the other way round, as QEMU wrote them before 9.2: a 16-bit number, low byte first.
    case swapped
    /// Two bytes each of segment, bus, device and function, as in cloud-hypervisor before August 2026.
    case doubled
  }

  /// An initiator in a domain.
  public init(domain: UInt32, device: PCIAddress, isEnabled: Bool = true) {
    self.domain = domain
    self.device = device
    self.isEnabled = isEnabled
  }

  /// Appends the 32 bytes of the structure.
  public func encode(to sink: inout ByteSink) { encode(to: &sink, .right) }

  func encode(to sink: inout ByteSink, _ form: HandleForm) {
    sink.byte(5)  // 0: type
    sink.byte(32)  // 1: length
    sink.byte(0)  // 2: reserved
    sink.byte(1)  // 3: device handle type, PCI
    sink.littleEndian(domain)  // 4: proximity domain
    encodeHandle(to: &sink, form)  // 8: device handle
    // 24: flags: enabled, architectural transactions
    sink.littleEndian(UInt32(isEnabled ? 3 : 2))
    sink.zeros(4)  // 28: reserved
  }

  /// Appends sixteen bytes. Bus and devfn are bytes, not a word: with a word's byte order a driver that knows only one of
  /// the two orders finds another device, and most software stacks once shipped that bug.
  private func encodeHandle(to sink: inout ByteSink, _ form: HandleForm) {
    switch form {
    case .right, .swapped:
      sink.littleEndian(device.segment)
      sink.byte(form == .right ? device.bus : device.devfn)
      sink.byte(form == .right ? device.devfn : device.bus)
      // NVIDIA's driver reads bytes 8 to 11 of the entry only, other readers all sixteen of the handle.
      sink.zeros(12)
    case .doubled:
      let segment = UInt8(truncatingIfNeeded: device.segment)
      for field in [segment, device.bus, device.device, device.function] {
        sink.byte(field)
        sink.byte(field)
      }
      sink.zeros(8)
    }
  }
}

/// Memory Affinity Structure (ACPI 6.5, 5.2.16.2) of a domain to which memory may be added.
public struct HotplugMemoryAffinity: Sendable {
  /// Proximity domain.
  public var domain: UInt32
  /// Guest physical address; 0 for a domain without memory so far.
  public var base: UInt64
  /// Bytes; 0 for a domain without memory so far.
  public var length: UInt64

  /// Such a domain, without memory unless a range is given.
  public init(domain: UInt32, base: UInt64 = 0, length: UInt64 = 0) {
    self.domain = domain
    self.base = base
    self.length = length
  }

  /// Appends the 40 bytes of the structure.
  public func encode(to sink: inout ByteSink) {
    sink.byte(1)  // 0: type
    sink.byte(40)  // 1: length
    sink.littleEndian(domain)  // 2: proximity domain
    sink.zeros(2)  // 6: reserved
    sink.littleEndian(base)  // 8: base address
    sink.littleEndian(length)  // 16: length
    sink.zeros(4)  // 24: reserved
    sink.littleEndian(UInt32(3))  // 28: flags: enabled, hot-pluggable
    sink.zeros(8)  // 32: reserved
  }
}
