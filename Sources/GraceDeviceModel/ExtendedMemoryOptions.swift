// SPDX-License-Identifier: GPL-2.0-or-later

/// What a user says of extended memory, before it is known whether there is any.
struct ExtendedMemoryOptions {
  private var size: Setting?
  private var base: Setting?
  private var domain: Setting?
  private var retiredPages: Setting?

  /// Takes a setting that is about extended memory. Returns false for others.
  mutating func take(_ setting: Setting) throws(OptionError) -> Bool {
    if setting.isNamed("egm-size") {
      size = setting
    } else if setting.isNamed("egm-base") {
      base = setting
    } else if setting.isNamed("egm-pxm") {
      domain = setting
    } else if setting.isNamed("egm-retired-pages") {
      retiredPages = setting
    } else {
      return false
    }
    return true
  }

  /// The memory, or nil if the user wants none.
  ///
  /// - Parameter instance: picks the default address.
  func memory(_ representation: Representation, instance: UInt64) throws(OptionError) -> ExtendedMemory? {
    guard let size, try size.byteCount() > 0 else {
      if let setting = base ?? domain ?? retiredPages { throw .extendedWithoutSize(setting.name) }
      return nil
    }
    guard representation == .bareMetal else { throw .extendedWithoutBareMetal }
    let bytes = try aligned(size)
    var memory = ExtendedMemory(base: Self.defaultBase(instance: instance), size: bytes)
    if let base { memory = ExtendedMemory(base: try aligned(base), size: bytes) }
    let (end, overflow) = memory.base.addingReportingOverflow(bytes)
    guard memory.base > 0, !overflow, end < DeviceOptions.addressLimit else {
      throw .extendedOutOfRange(memory.base, size: bytes)
    }
    if let domain { memory.domain = UInt32(try domain.number(upTo: UInt64(UInt32.max) - 1)) }
    if let retiredPages { try Self.apply(retiredPages, to: &memory) }
    return memory
  }

  /// Far above the RAM of the machine on the same socket: 2^43, and as with the GPU's own memory 2^44 further on each
  /// of four sockets (edk2-nvidia, TH500Definitions.h: PA bits 45:44 are the socket), then 512 GiB further.
  private static func defaultBase(instance: UInt64) -> UInt64 {
    (1 << 43) + (instance % 4) << 44 + (instance / 4) << 39
  }

  private func aligned(_ setting: Setting) throws(OptionError) -> UInt64 {
    let value = try setting.byteCount()
    guard value % DeviceOptions.baseAlignment == 0 else {
      throw .uneven(setting.name, value, unit: DeviceOptions.baseAlignment)
    }
    return value
  }

  private static func apply(_ setting: Setting, to memory: inout ExtendedMemory) throws(OptionError) {
    if setting.value.utf8.elementsEqual("on".utf8) { return }
    if setting.value.utf8.elementsEqual("off".utf8) {
      memory.retiredPagesBase = nil
      return
    }
    let addresses = setting.value.utf8.split(separator: 0x2b, omittingEmptySubsequences: false)
    guard addresses.count <= ExtendedMemory.largestRetiredPageCount else {
      throw .tooManyRetiredPages(addresses.count)
    }
    for address in addresses {
      let text = String(decoding: Array(address), as: UTF8.self)
      memory.retiredPages.append(try Setting(name: setting.name, value: text).number(upTo: .max))
    }
  }
}
