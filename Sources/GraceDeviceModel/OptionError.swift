// SPDX-License-Identifier: GPL-2.0-or-later

/// Why the settings of a device cannot be used.
///
/// Not Equatable: comparing strings would pull Unicode tables into the plug-in.
public enum OptionError: Error, Sendable {
  /// No setting has this name.
  case unknownName(String)
  /// No product has this name.
  case unknownProfile(String)
  /// The text of a profile that cannot be used.
  case badProfile(ProfileError)
  /// A built-in profile and a text.
  case twoProfiles
  /// A profile of the user's own without the DVSEC by which a guest learns of the MIG fix.
  case migFixWithoutCapability(profile: String)
  /// Neither `vm` nor `bare-metal`.
  case unknownRepresentation(String)
  /// A setting (name, value) that should be a number.
  case notANumber(String, String)
  /// A setting (name, value) beyond its limit.
  case numberTooLarge(String, String, limit: UInt64)
  /// Less memory (bytes) than the profile can be divided into.
  case memoryTooSmall(UInt64, smallest: UInt64, profile: String)
  /// More memory (bytes) than is supported.
  case memoryTooLarge(UInt64, largest: UInt64)
  /// Memory (bytes) that is no multiple of the unit.
  case memoryUneven(UInt64, unit: UInt64)
  /// A fixed address where memory lies in BARs.
  case baseWithoutBareMetal
  /// A fixed address that is no multiple of the alignment.
  case baseUnaligned(UInt64, alignment: UInt64)
  /// A setting (name) with a value of more bytes than any has.
  case valueTooLong(String, limit: Int)
  /// A setting (name, value) below its least value.
  case numberTooSmall(String, String, least: UInt64)
  /// A setting (name, value) that should be one number, or two with a slash between them.
  case notTwoNumbers(String, String)
  /// A setting (name, value) that is neither `on` nor `off`.
  case notOnOrOff(String, String)
  /// A setting (name, value) that is neither `on` nor `off` nor a number of bytes.
  case notOnOffOrBytes(String, String)
  /// No fault has this name.
  case unknownFault(String)
  /// No mistake has this name.
  case unknownQuirk(String)
  /// A setting of extended memory without extended memory.
  case extendedWithoutSize(String)
  /// Extended memory in a representation other than bare-metal.
  case extendedWithoutBareMetal
  /// A size or base (name, value) that is no multiple of the unit.
  case uneven(String, UInt64, unit: UInt64)
  /// Extended memory that would begin at 0 or end beyond 2^52.
  case extendedOutOfRange(UInt64, size: UInt64)
  /// More retired pages than their table has room for.
  case tooManyRetiredPages(Int)
  /// A bad page that the memory does not have.
  case poisonOutOfRange(UInt64, size: UInt64, isExtended: Bool)
  /// More bad pages than a device keeps.
  case tooManyPoisonedPages(limit: Int)
  /// Memory that would begin at 0 or end beyond 2^52.
  case baseOutOfRange(UInt64, size: UInt64)

  /// One sentence for the user: what is wrong, and what to do.
  public var message: String { printable(sentence) }

  private var sentence: String {
    switch self {
    case .unknownName(let name):
      return "grace-gpu has no option '\(name)'; use those of docs/device.md and docs/firmware.md"
    case .unknownProfile(let name):
      return "there is no profile '\(name)'; use one of: \(Profile.allNames)"
    case .badProfile(let problem):
      return problem.message(in: "the profile's file")
    case .twoProfiles:
      return "profile= and a profile's file both say which product it is; leave out one"
    case .migFixWithoutCapability(let profile):
      return
        "mig-fix=on is of no use without NVIDIA's DVSEC 3, which \(profile) leaves out; leave out mig-fix=on"
    case .unknownRepresentation(let name):
      return "there is no representation '\(name)'; use vm or bare-metal"
    case .notANumber(let name, let value):
      return "\(name)=\(value) is not a number; write it in decimal, or in hexadecimal after 0x"
    case .numberTooLarge(let name, let value, let limit):
      return limit == .max
        ? "\(name)=\(value) does not fit into 64 bits; use a smaller number"
        : "\(name)=\(value) is too large; use at most \(limit)"
    case .valueTooLong(let name, let limit):
      return "\(name) has a value of more than \(limit >> 10) KiB; give a shorter one"
    case .numberTooSmall(let name, let value, let least):
      return "\(name)=\(value) is too small; use at least \(least)"
    case .notTwoNumbers(let name, let value):
      return "\(name)=\(value) is not a number or two; write A or A/B"
    case .notOnOrOff(let name, let value):
      return "\(name)=\(value) is neither on nor off; write one of them"
    case .notOnOffOrBytes(let name, let value):
      return "\(name)=\(value) is neither on nor off nor a number of bytes; write one of them, such as 512M"
    case .unknownFault(let name):
      return "there is no fault '\(name)'; use one of: \(Fault.allNames)"
    case .unknownQuirk(let name):
      return "there is no firmware-quirk '\(name)'; use one of: \(FirmwareQuirk.allNames)"
    case .extendedWithoutSize(let name):
      return "\(name) is of no use without extended memory; give egm-size= too"
    case .extendedWithoutBareMetal:
      return
        "egm-size is only for representation=bare-metal, since a guest's extended memory is its RAM; leave it out"
    case .uneven(let name, let value, let unit):
      return "\(name)=0x\(hexadecimal(value)) is not a multiple of \(unit >> 10) KiB; use "
        + "0x\(hexadecimal(max(value / unit, 1) * unit))"
    case .extendedOutOfRange(let base, let size):
      return
        "egm-base=0x\(hexadecimal(base)) with \(size >> 20) MiB is not within 0x20000000 to 2^52; use a lower address "
        + "such as 0x80000000000"
    case .tooManyRetiredPages(let count):
      return "egm-retired-pages has \(count) addresses and its table has room for "
        + "\(ExtendedMemory.largestRetiredPageCount); give fewer"
    case .poisonOutOfRange(let offset, let size, let isExtended):
      return
        "poison has the offset \(offset), and the \(isExtended ? "extended memory" : "memory") has \(size) bytes; "
        + "give a lower one"
    case .tooManyPoisonedPages(let limit):
      return "poison names more than \(limit) pages, which is the most; give fewer"
    case .memoryTooSmall(let size, let smallest, let profile):
      return
        "memory-size of \(size) bytes is too small for \(profile), which reserves 1 GiB and uses the rest "
        + "in blocks of 512 MiB; use at least \(smallest >> 20)M"
    case .memoryTooLarge(let size, let largest):
      return "memory-size of \(size) bytes is too large; use at most \(largest >> 30)G"
    case .memoryUneven(let size, let unit):
      return "memory-size of \(size) bytes is not a multiple of \(unit >> 20) MiB; use \(size >> 20)M or "
        + "\((size >> 20) + 1)M"
    case .baseWithoutBareMetal:
      return "memory-base is only for representation=bare-metal, since in the vm representation the guest's "
        + "firmware places the BARs; leave it out"
    case .baseUnaligned(let base, let alignment):
      return "memory-base=0x\(hexadecimal(base)) is not a multiple of \(alignment >> 20) MiB; use "
        + "0x\(hexadecimal(max(base / alignment, 1) * alignment))"
    case .baseOutOfRange(let base, let size):
      return
        "memory-base=0x\(hexadecimal(base)) with \(size >> 20) MiB is not within 0x20000000 to 2^52; use "
        + "a lower address such as 0x400000000000"
    }
  }
}

/// `text` on one line: a `?` stands for each control character. Messages quote what users wrote, and a name or value can
/// have anything in it, and any length. Of a text of more than `limit` bytes the middle is left out, as what to do stands at
/// the end; the ABI has room for 503 bytes.
public func printable(_ text: String, limit: Int = 440) -> String {
  var bytes: [UInt8] = []
  for byte in text.utf8 {
    // C1: U+0080 to U+009F are 0xc2 and this byte, and 0xc2 only ever begins a character.
    if byte >= 0x80, byte <= 0x9f, bytes.last == 0xc2 {
      bytes[bytes.count - 1] = 0x3f
    } else {
      bytes.append(byte < 0x20 || byte == 0x7f ? 0x3f : byte)
    }
  }
  guard bytes.count > limit else { return String(decoding: bytes, as: UTF8.self) }
  // Both cuts are at a character's border: before a byte that continues none.
  var head = limit / 3
  var tail = bytes.count - (limit - head - 3)
  while head > 0, bytes[head] & 0xc0 == 0x80 { head -= 1 }
  while tail < bytes.count, bytes[tail] & 0xc0 == 0x80 { tail += 1 }
  return String(decoding: bytes[..<head] + Array("...".utf8) + bytes[tail...], as: UTF8.self)
}

/// `value` in lower-case hexadecimal, without a prefix.
public func hexadecimal(_ value: UInt64) -> String {
  String(value, radix: 16)
}
