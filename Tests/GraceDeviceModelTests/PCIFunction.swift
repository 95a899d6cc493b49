// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel

/// A device as a guest reaches it: below a host that does with configuration space what QEMU's PCI core does, and whose clock
/// is turned by hand.
///
/// Sections are those of PCI Express Base Specification 6.0. Where that leaves something open, what is said here is what
/// QEMU 10.0 does, since guests find that.
struct PCIFunction: ~Copyable {
  private(set) var device: GraceDevice<RecordingHost>
  /// Errors that wait until the first one has been cleared.
  var waitingErrors: [ReportedError] = []
  /// When the device wants to be called.
  private var deadline = UInt64.max

  private let power: Int?
  let express: Int
  private let interrupt: Int?
  private let interruptX: Int
  let errors: Int

  /// A function after power-on, at the beginning of the guest's time.
  init(_ settings: [(name: String, value: String)]) throws {
    let options = try DeviceOptions(settings.map { Setting(name: $0.name, value: $0.value) })
    device = GraceDevice(options: options, host: RecordingHost())
    device.attachConfig()
    let capabilities = device.layout.capabilities
    func find(_ id: UInt16, isExtended: Bool) -> Int? {
      capabilities.first { $0.id == id && $0.isExtended == isExtended }.map { Int($0.offset) }
    }
    power = find(0x01, isExtended: false)
    express = find(0x10, isExtended: false) ?? 0
    interrupt = find(0x05, isExtended: false)
    interruptX = find(0x11, isExtended: false) ?? 0
    errors = find(0x01, isExtended: true) ?? 0
    reset(.cold)
  }

  /// Lets so much time pass, with what is due in it.
  mutating func advance(by nanoseconds: UInt64) {
    let end = device.host.time + nanoseconds
    followTimer()
    while deadline <= end {
      device.host.time = max(device.host.time, deadline)
      deadline = .max
      device.clock(device.host.time)
      followTimer()
    }
    device.host.time = end
  }

  /// Takes note of what the device asked last.
  private mutating func followTimer() {
    for case .timer(let time) in device.host.calls { deadline = time }
    device.host.calls = []
  }

  /// Reads up to 8 bytes at any alignment.
  mutating func read(at offset: Int, size: Int) -> UInt64 {
    var value: UInt64 = 0
    for (place, count) in PCIFunction.requests(offset, size) {
      device.configWillRead(at: UInt32(place), size: UInt32(count))
      for lane in 0..<count {
        value |= UInt64(device.host.config[place + lane]) << UInt64((place + lane - offset) * 8)
      }
    }
    return value
  }

  /// Writes up to 8 bytes at any alignment.
  mutating func write(_ value: UInt64, at offset: Int, size: Int) {
    for (place, count) in PCIFunction.requests(offset, size) {
      write(UInt32(truncatingIfNeeded: value >> UInt64((place - offset) * 8)), request: place, size: count)
    }
  }

  /// The configuration requests of an access: each lies in one dword (2.2.7), and QEMU makes them as large as their alignment
  /// allows.
  static func requests(_ offset: Int, _ size: Int) -> [(offset: Int, size: Int)] {
    var requests: [(Int, Int)] = []
    var place = offset
    while place < offset + size {
      var count = 4
      while place % count != 0 || place + count > offset + size { count /= 2 }
      requests.append((place, count))
      place += count
    }
    return requests
  }

  private mutating func write(_ value: UInt32, request offset: Int, size: Int) {
    let state = power.map { device.host.config[$0 + 4] & 3 } ?? 0
    device.host.guestWrites(value, at: offset, size: size)
    if let power, offset <= power + 4, power + 4 < offset + size { keepPowerState(power + 4, state) }
    if let interrupt, offset < interrupt + 0x18, interrupt < offset + size { limitVectors(interrupt) }
    followCleared()
    device.configDidWrite(at: UInt32(offset), size: UInt32(size))
    // Initiate Function Level Reset, bit 15 of Device Control, reads as zero (7.5.3.4).
    if device.host.config[express + 9] & 0x80 != 0 {
      reset(.function)
      device.host.config[express + 9] &= 0x7f
    }
  }

  /// A write of a state that the function has not is finished without a change (7.5.2.2): there are D0 and D3hot.
  private mutating func keepPowerState(_ control: Int, _ old: UInt8) {
    let new = device.host.config[control] & 3
    if new == 1 || new == 2 { device.host.config[control] = device.host.config[control] & ~3 | old }
  }

  /// Once MSI is on, no more vectors are enabled than the function has (7.7.1.2 leaves open what follows otherwise).
  private mutating func limitVectors(_ capability: Int) {
    let control = device.host.config[capability + 2]
    let (capable, enabled) = (control >> 1 & 7, control >> 4 & 7)
    if control & 1 != 0, enabled > capable {
      device.host.config[capability + 2] = control & ~0x70 | capable << 4
    }
  }

  /// Resets the function: the device its own part, and then the host its.
  mutating func reset(_ kind: ResetKind) {
    device.reset(kind)
    for offset in 0..<8 {
      let masks = device.host.masks[offset]
      device.host.config[offset] &= ~(masks.writable | masks.clearedByOne)
    }
    // Cache Line Size, Interrupt Line, and BARs but for their type.
    device.host.config[0x0c] = 0
    device.host.config[0x3c] = 0
    for offset in 0x10..<0x28 { device.host.config[offset] &= ~device.host.masks[offset].writable }
    if let power { device.host.config[power + 4] &= ~3 }
    if let interrupt {
      device.host.config[interrupt + 2] &= ~0x71
      for offset in interrupt + 4..<interrupt + 0x18 where offset / 2 != (interrupt + 0x0e) / 2 {
        device.host.config[offset] = 0
      }
    }
    device.host.config[interruptX + 3] &= ~0xc0
    if kind == .cold { forgetErrors() }
  }
}

extension PCIFunction {
  /// Access to configuration space as the host has it.
  func byte(_ offset: Int) -> UInt8 { device.host.config[offset] }

  func dword(_ offset: Int) -> UInt32 { device.host.dword(offset) }

  mutating func setDword(_ value: UInt32, at offset: Int) {
    for lane in 0..<4 {
      device.host.config[offset + lane] = UInt8(truncatingIfNeeded: value >> UInt32(lane * 8))
    }
  }
}
