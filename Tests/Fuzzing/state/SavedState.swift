// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel

/// State of one device, damaged or made up, loaded into another.
///
/// Input: options of the two devices in one byte, a form, number of steps before, the steps, then changes of two bytes for the
/// place and one for what is there; what is left are steps after a load.
struct SavedState {
  /// Bit 0: the checksum is mended. Bit 1: so is what says whose state it is. Bits 3:2: the length stays, bytes are cut off, or
  /// some follow. Bit 4: the changes are not bits to flip but bytes.
  private let form: UInt8
  private var bytes: [UInt8]
  private let sound: [UInt8]
  private var isChanged: Bool { bytes != sound }

  static func run(_ input: inout Input) {
    let setup = input.byte()
    let from = options(setups[Int(setup) % setups.count])
    // Mostly into one with the same options.
    let into = setup >> 6 == 3 ? options(setups[Int(setup >> 3) % setups.count]) : from
    var source = started(from)
    let form = input.byte()
    for _ in 0..<input.byte() % 16 { _ = step(&source, &input) }
    var target = started(into)
    var state = SavedState(source.snapshot(), form: form)
    state.change(&input)
    state.mend(for: target.snapshot())
    state.load(into: &target, source: source, isSame: setup >> 6 != 3, &input)
  }

  private init(_ bytes: [UInt8], form: UInt8) {
    self.bytes = bytes
    sound = bytes
    self.form = form
  }

  private mutating func change(_ input: inout Input) {
    for _ in 0..<input.byte() % 32 {
      // Half of the changes go to the header and what follows it; most of the rest is memory.
      let place = input.word()
      let index = place & 0x8000 != 0 ? Int(place & 0x3ff) : Int(place & 0x7fff) % bytes.count
      guard index < bytes.count else { continue }
      bytes[index] = form & 0x10 != 0 ? input.byte() : bytes[index] ^ input.byte()
    }
    switch form >> 2 & 3 {
    case 1: bytes.removeLast(min(bytes.count, Int(input.word())))
    case 2: bytes += input.bytes(Int(input.byte()))
    default: break
    }
  }

  /// Magic, version, identity and size are bytes 0 to 19, and the checksum is the last four: docs/device.md.
  private mutating func mend(for own: [UInt8]) {
    guard bytes.count >= 24 else { return }
    if form & 2 != 0 { bytes.replaceSubrange(0..<20, with: own[..<20]) }
    if form & 1 != 0 {
      let sum = Checksum.of(bytes.dropLast(4))
      for lane in 0..<4 { bytes[bytes.count - 4 + lane] = UInt8(truncatingIfNeeded: sum >> UInt32(8 * lane)) }
    }
  }

  private func load(
    into target: inout FuzzDevice, source: borrowing FuzzDevice, isSame: Bool, _ input: inout Input
  ) {
    // Configuration space comes before the rest, as in QEMU.
    if isSame { target.host.config = source.host.config }
    target.host.time = source.host.time
    target.host.calls = []
    let before = Picture(&target)
    do throws(SnapshotError) {
      try target.restore(bytes)
    } catch {
      demandSentence(error.message)
      demand(
        target.host.calls.isEmpty && target.host.transfers.isEmpty, "a refused load asks nothing of the host")
      demand(Picture(&target) == before, "a refused load changes nothing", error.message)
      demand(isChanged || !isSame, "sound state is taken", error.message)
      return
    }
    demand(!isChanged || form & 1 != 0, "damaged state is refused")
    demand(target.host.transfers.isEmpty, "a load moves no bytes")
    for call in target.host.calls {
      switch call {
      case .timer, .mode, .presence, .poison: break
      default: demand(false, "a load asks for timer, modes, presence and bad pages alone", "\(call)")
      }
    }
    let loaded = target.snapshot()
    demand(isChanged || loaded == bytes, "sound state is the same after a load")
    demandInvisible(&target, loaded, &input)
  }

  /// What was loaded, saved and loaded again is the same device.
  private func demandInvisible(_ device: inout FuzzDevice, _ state: [UInt8], _ input: inout Input) {
    var twin = started(device.options)
    twin.host.config = device.host.config
    twin.host.time = device.host.time
    twin.host.badPages = device.host.badPages
    do throws(SnapshotError) {
      try twin.restore(state)
    } catch {
      demand(false, "a device takes its own state", error.message)
    }
    demand(twin.snapshot() == state, "state that was loaded is the same again")
    (device.host.calls, device.host.transfers) = ([], [])
    (twin.host.calls, twin.host.transfers) = ([], [])
    for _ in 0..<24 where !input.isAtEnd {
      var same = input
      demand(step(&device, &input) == step(&twin, &same), "both read the same after a load")
      demand(device.host.calls == twin.host.calls, "both ask the same of their hosts after a load")
      demand(device.host.transfers == twin.host.transfers, "both move the same after a load")
    }
    demand(device.host.config == twin.host.config, "both have the same configuration space after a load")
    demand(device.snapshot() == twin.snapshot(), "both have the same state after a load")
  }
}

/// All of a device that can be seen.
private struct Picture: Equatable {
  let state: [UInt8]
  let config: [UInt8]
  let fault: Fault
  let poison: PoisonedPages
  let memory: [UInt64]

  init(_ device: inout FuzzDevice) {
    state = device.snapshot()
    config = device.host.config
    fault = device.fault
    poison = device.poison
    memory = stride(from: UInt64(0), to: 0x2000, by: 8).map { device.readRegion(0, at: $0, size: 8) }
  }
}

/// CRC-32 (IEEE 802.3) by a table; not the model's, which the state is checked with.
private enum Checksum {
  private static let table: [UInt32] = (0..<256).map { (index: UInt32) in
    (0..<8).reduce(index) { value, _ in value & 1 == 0 ? value >> 1 : 0xedb8_8320 ^ value >> 1 }
  }

  static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(UInt32.max) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
  }
}
