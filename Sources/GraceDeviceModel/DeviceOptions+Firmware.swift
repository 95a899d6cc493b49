// SPDX-License-Identifier: GPL-2.0-or-later

extension FirmwareOptions {
  /// Takes a setting that is about firmware's tables. Returns false for others.
  ///
  /// - Parameter setting: `host-node`, `initiators`, `dsd-pxm`, `dsd-size`, `hmat` (`on`, `off`), `distance-host`,
  ///   `distance-remote`, `distance-gpu` (11 to 254), `latency-local`, `latency-host`, `latency-remote`, `latency-gpu`
  ///   (nanoseconds; `READ` or `READ/WRITE`), `bandwidth-local`, `bandwidth-host`, `bandwidth-remote`, `bandwidth-gpu`
  ///   (GB/s; `BOTH`, or `IN/OUT` as seen from the GPU's memory), `firmware-quirk`
  ///   (names, with a `+` between them).
  mutating func take(_ setting: Setting) throws(OptionError) -> Bool {
    if setting.isNamed("host-node") {
      hostDomain = UInt32(try setting.number(upTo: UInt64(UInt32.max) - 1))
    } else if setting.isNamed("initiators") {
      hasInitiators = try setting.isOn()
    } else if setting.isNamed("dsd-pxm") {
      namesDomains = try setting.isOn()
    } else if setting.isNamed("dsd-size") {
      statedSize = try setting.statedSize()
    } else if setting.isNamed("hmat") {
      hasAttributes = try setting.isOn()
    } else if setting.isNamed("firmware-quirk") {
      quirks = []
      for part in setting.value.utf8.split(separator: 0x2b, omittingEmptySubsequences: false) {
        let name = String(decoding: Array(part), as: UTF8.self)
        guard let named = FirmwareQuirk.named(name) else { throw .unknownQuirk(name) }
        quirks.append(named)
      }
    } else {
      return try takeLink(setting)
    }
    return true
  }

  private mutating func takeLink(_ setting: Setting) throws(OptionError) -> Bool {
    if setting.isNamed("distance-host") {
      host.distance = try setting.distance()
    } else if setting.isNamed("distance-remote") {
      remote.distance = try setting.distance()
    } else if setting.isNamed("distance-gpu") {
      peer.distance = try setting.distance()
    } else if setting.isNamed("latency-local") {
      (local.readLatency, local.writeLatency) = try setting.attributes()
    } else if setting.isNamed("latency-host") {
      (host.readLatency, host.writeLatency) = try setting.attributes()
    } else if setting.isNamed("latency-remote") {
      (remote.readLatency, remote.writeLatency) = try setting.attributes()
    } else if setting.isNamed("latency-gpu") {
      (peer.readLatency, peer.writeLatency) = try setting.attributes()
    } else if setting.isNamed("bandwidth-local") {
      (local.bandwidthIn, local.bandwidthOut) = try setting.attributes()
    } else if setting.isNamed("bandwidth-host") {
      (host.bandwidthIn, host.bandwidthOut) = try setting.attributes()
    } else if setting.isNamed("bandwidth-remote") {
      (remote.bandwidthIn, remote.bandwidthOut) = try setting.attributes()
    } else if setting.isNamed("bandwidth-gpu") {
      (peer.bandwidthIn, peer.bandwidthOut) = try setting.attributes()
    } else {
      return false
    }
    return true
  }
}

extension Setting {
  /// `on` or `off`.
  func isOn() throws(OptionError) -> Bool {
    if value.utf8.elementsEqual("on".utf8) { return true }
    if value.utf8.elementsEqual("off".utf8) { return false }
    throw .notOnOrOff(name, value)
  }

  /// `on`, `off`, or a number of bytes.
  fileprivate func statedSize() throws(OptionError) -> StatedSize {
    if let isStated = try? isOn() { return isStated ? .actual : .nothing }
    do throws(OptionError) {
      return .bytes(try byteCount())
    } catch {
      guard case .notANumber = error else { throw error }
      throw .notOnOffOrBytes(name, value)
    }
  }

  /// A distance of a SLIT to something else: more than the 10 to oneself, less than the 255 of no way.
  fileprivate func distance() throws(OptionError) -> UInt8 {
    let distance = try number(upTo: 254)
    guard distance > 10 else { throw .numberTooSmall(name, value, least: 11) }
    return UInt8(distance)
  }

  /// `A`, which stands for `A/A`, or `A/B`.
  fileprivate func attributes() throws(OptionError) -> (UInt16, UInt16) {
    var halves: [String] = []
    for half in value.utf8.split(separator: 0x2f, omittingEmptySubsequences: false) {
      halves.append(String(decoding: Array(half), as: UTF8.self))
    }
    guard halves.count <= 2 else { throw .notTwoNumbers(name, value) }
    let first = try attribute(halves[0])
    return (first, halves.count == 2 ? try attribute(halves[1]) : first)
  }

  /// Nanoseconds or GB/s. The HMAT has 16 bits for each, of which 0 and 0xffff mean "none" (ACPI 6.5, 5.2.28.4).
  private func attribute(_ text: String) throws(OptionError) -> UInt16 {
    let number = try Setting(name: name, value: text).number(upTo: 0xfffe)
    guard number > 0 else { throw .numberTooSmall(name, text, least: 1) }
    return UInt16(number)
  }
}
