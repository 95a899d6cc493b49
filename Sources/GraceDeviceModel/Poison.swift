// SPDX-License-Identifier: GPL-2.0-or-later

/// Pages of the device's memory whose bits can no longer be trusted: a read of one is an error on the bus, as it is of
/// memory whose ECC finds more wrong than it can mend.
public struct PoisonedPages: Equatable, Sendable {
  /// How many there can be (grace-gpu-abi.h, GRACE_MAX_BAD).
  public static var capacity: Int { 32 }
  /// Size of a page in bytes (grace-gpu-abi.h, GRACE_PAGE_SIZE): that of the EGM retired-page table, in which firmware
  /// names pages of 4 KiB (edk2-nvidia, TH500ResourceConfigPrivate.h).
  public static var pageSize: UInt64 { 4096 }

  /// How many there are.
  public private(set) var count = 0
  private var offsets = InlineArray<32, UInt64>(repeating: .max)

  /// None.
  public init() {}

  /// The offset of page `index` in the memory that the host keeps for the device, or nil.
  public subscript(index: Int) -> UInt64? {
    index >= 0 && index < count ? offsets[index] : nil
  }

  /// Whether the page at `offset`, a multiple of 4 KiB, is among them.
  public func contains(_ offset: UInt64) -> Bool {
    var index = 0
    while index < count {
      if offsets[index] == offset { return true }
      index += 1
    }
    return false
  }

  /// Adds the page that has the byte at `offset`. False if there is no more room.
  mutating func insert(_ offset: UInt64) -> Bool {
    let page = offset & ~(Self.pageSize - 1)
    if contains(page) { return true }
    guard count < Self.capacity else { return false }
    offsets[count] = page
    count += 1
    return true
  }

  /// Whether both have the same pages in the same order.
  public static func == (left: Self, right: Self) -> Bool {
    guard left.count == right.count else { return false }
    var index = 0
    while index < left.count {
      if left.offsets[index] != right.offsets[index] { return false }
      index += 1
    }
    return true
  }
}

extension DeviceOptions {
  /// Reads a list of bad pages.
  ///
  /// - Parameter setting: offsets of a byte in each page, with a `+` between them: into the GPU's memory, or after
  ///   `egm:` into its extended memory; empty for none.
  public func poison(_ setting: Setting) throws(OptionError) -> PoisonedPages {
    var pages = PoisonedPages()
    if setting.value.utf8.isEmpty { return pages }
    for part in setting.value.utf8.split(separator: 0x2b, omittingEmptySubsequences: false) {
      let text = Array(part)
      let isExtended = text.starts(with: "egm:".utf8)
      let digits = String(decoding: isExtended ? Array(text.dropFirst(4)) : text, as: UTF8.self)
      let size = isExtended ? firmware.extendedMemory?.size ?? 0 : memorySize
      let offset = try Setting(name: setting.name, value: digits).byteCount()
      guard size > 0 else { throw .extendedWithoutSize("poison=egm:") }
      guard offset < size else { throw .poisonOutOfRange(offset, size: size, isExtended: isExtended) }
      guard pages.insert(isExtended ? memorySize + offset : offset) else {
        throw .tooManyPoisonedPages(limit: PoisonedPages.capacity)
      }
    }
    return pages
  }
}

extension GraceDevice {
  /// Makes these pages bad and no others. Resets and restarts mend none: it is the memory that is broken.
  public mutating func setPoison(_ new: PoisonedPages) {
    let old = poison
    poison = new
    var index = 0
    while let page = old[index] {
      if !new.contains(page) { host.setPoison(false, at: page) }
      index += 1
    }
    index = 0
    while let page = new[index] {
      if !old.contains(page) { host.setPoison(true, at: page) }
      index += 1
    }
  }

  /// What is bad from the start can only be said once the host is there to hear it.
  mutating func followFirstPoison() {
    guard !hasSaidPoison else { return }
    hasSaidPoison = true
    setPoison(options.poison)
  }

  /// The eight bytes at `index` of the table of retired pages: those that firmware knew of, and then those that went bad.
  mutating func retiredPagesEntry(_ index: UInt64, of memory: borrowing ExtendedMemory) -> UInt64 {
    let known = UInt64(memory.retiredPages.count)
    if index > 0, index <= known { return memory.retiredPages[Int(index) - 1] }
    var found: UInt64 = 0
    var page = 0
    while let offset = poison[page] {
      page += 1
      guard offset >= options.memorySize, known + found < UInt64(ExtendedMemory.largestRetiredPageCount)
      else { continue }
      found += 1
      if index == known + found { return memory.base &+ (offset &- options.memorySize) }
    }
    return index == 0 ? known + found : 0
  }
}
