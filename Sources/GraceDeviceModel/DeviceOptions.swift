// SPDX-License-Identifier: GPL-2.0-or-later

/// What a user can choose of a device, checked.
public struct DeviceOptions: Sendable {
  /// The product.
  public private(set) var profile: Profile
  /// PCI device id: the profile's, unless the user wants another.
  public private(set) var deviceID: UInt16 = 0
  /// Whether the chip is free of the MIG bug, so that the memory stays undivided.
  public private(set) var isFreeOfMIGBug = false
  /// Whether there is an ATS capability. Off, since QEMU's SMMU has no ATS.
  public private(set) var hasATS = false
  /// The device's serial number.
  public private(set) var serialNumber: UInt64 = 0
  /// Encoding of the time-out in the CXL device DVSEC.
  public private(set) var activeTimeout: UInt32 = 0
  /// What the guest sees.
  public private(set) var representation: Representation = .virtualMachine
  /// Coherent memory in bytes: a multiple of 1 MiB.
  public private(set) var memorySize: UInt64 = 0
  /// Guest physical address of the memory in the bare-metal representation.
  public private(set) var memoryBase: UInt64 = 0
  /// How many proximity domains firmware gives the GPU.
  public private(set) var domainCount: UInt32 = 8
  /// The first of these domains, or nil to take the next free ones.
  public private(set) var firstDomain: UInt32?
  /// Whether each reset makes the memory zeros.
  public private(set) var resetClearsMemory = false
  /// Pages of its memory that are bad from its start.
  public private(set) var poison = PoisonedPages()
  /// What is wrong with the device from its start.
  public private(set) var fault = Fault.none
  /// How long everything takes to come up after a reset.
  public private(set) var delays = ReadinessDelays()

  /// What firmware says of the GPU.
  public private(set) var firmware = FirmwareOptions()

  /// How the memory is divided in the vm representation.
  public private(set) var split = MemorySplit(undivided: 0)

  /// Bytes of memory that the host has to keep: the GPU's own, and behind it extended memory.
  public var backingSize: UInt64 { memorySize + (firmware.extendedMemory?.size ?? 0) }

  /// The largest memory: 1 TiB, which keeps the default addresses of 64 GPUs apart.
  public static var largestMemory: UInt64 { 1 << 40 }
  /// Memory comes in units of 1 MiB, the smallest that LOCAL_MEMORY_RANGE can state.
  public static var memoryUnit: UInt64 { 1 << 20 }
  /// Bases are multiples of 512 MiB: the memory block of an arm64 kernel with 64 KiB pages, the largest of
  /// those that hot-add this memory.
  public static var baseAlignment: UInt64 { 512 << 20 }
  /// Addresses end at 2^52, the most that an arm64 or x86 CPU has.
  public static var addressLimit: UInt64 { 1 << 52 }
  /// Most proximity domains that a GPU may ask for.
  public static var largestDomainCount: UInt64 { 64 }

  /// Checks settings. The last of two with the same name wins.
  ///
  /// - Parameters:
  ///   - settings: `profile`, or `profile-text` with a profile of the user's own (`Profile.init(text:)`),
  ///   `representation` (`vm`, `bare-metal`), `memory-size`, `memory-base` (bytes), `numa-nodes`, `pxm-start`, `c2c-ready-ms`, `hbm-ready-ms` (milliseconds), `instance`
  ///   (0 for the machine's first GPU, ...; it picks the default addresses), `egm-size`, `egm-base` (bytes),
  ///   `egm-pxm`, `egm-retired-pages` (`on`, `off`, or addresses with a `+` between them), and those of
  ///   `FirmwareOptions.take`.
  ///   - profile: the product if no setting names it.
  public init(_ settings: [Setting], profile: Profile = .gh200_480GB) throws(OptionError) {
    self.profile = profile
    var isNamed = false
    var isDescribed = false
    var size: UInt64?
    var base: UInt64?
    var instance: UInt64 = 0
    var extended = ExtendedMemoryOptions()
    var migFix: Bool?
    var device: UInt64?
    var serial: UInt64?
    var poisoned: Setting?
    for setting in settings {
      if setting.isNamed("profile") {
        guard let named = Profile.named(setting.value) else {
          throw .unknownProfile(setting.value)
        }
        self.profile = named
        isNamed = true
      } else if setting.isNamed("profile-text") {
        do throws(ProfileError) {
          self.profile = try Profile(text: setting.value)
        } catch let problem {
          throw .badProfile(problem)
        }
        isDescribed = true
      } else if setting.isNamed("representation") {
        representation = try Self.representation(setting.value)
      } else if setting.isNamed("memory-size") {
        size = try setting.number(upTo: .max)
      } else if setting.isNamed("memory-base") {
        base = try setting.number(upTo: .max)
      } else if setting.isNamed("numa-nodes") {
        domainCount = UInt32(try setting.number(upTo: Self.largestDomainCount))
      } else if setting.isNamed("pxm-start") {
        firstDomain = UInt32(try setting.number(upTo: UInt64(UInt32.max) - 1))
      } else if setting.isNamed("c2c-ready-ms") {
        delays.link = ReadinessDelay(try setting.delay())
      } else if setting.isNamed("hbm-ready-ms") {
        delays.boot = ReadinessDelay(try setting.delay())
      } else if setting.isNamed("cxl-valid-ms") {
        delays.information = ReadinessDelay(try setting.delay())
      } else if setting.isNamed("cxl-active-ms") {
        delays.activity = ReadinessDelay(try setting.delay())
      } else if setting.isNamed("reset-clears-memory") {
        resetClearsMemory = try setting.isOn()
      } else if setting.isNamed("fault") {
        fault = try setting.fault()
      } else if setting.isNamed("poison") {
        poisoned = setting
      } else if setting.isNamed("instance") {
        instance = try setting.number(upTo: 63)
      } else if setting.isNamed("mig-fix") {
        migFix = try setting.isOn()
      } else if setting.isNamed("device-id") {
        device = try setting.number(upTo: 0xffff)
      } else if setting.isNamed("serial-number") {
        serial = try setting.number(upTo: .max)
      } else if setting.isNamed("ats") {
        hasATS = try setting.isOn()
      } else if setting.isNamed("cxl-active-timeout") {
        activeTimeout = UInt32(try setting.number(upTo: 7))
      } else if try extended.take(setting) {
        continue
      } else if try !firmware.take(setting) {
        throw .unknownName(setting.name)
      }
    }
    guard !isNamed || !isDescribed else { throw .twoProfiles }
    try finish(migFix: migFix, device: device, serial: serial, instance: instance)
    try setMemory(size: size ?? self.profile.memorySize)
    // The guest would divide memory that is not divided. Only a user's own profile can leave the DVSEC out.
    if isFreeOfMIGBug, !self.profile.chip.capabilities(traits).contains(where: { $0.isMIGFix }) {
      throw .migFixWithoutCapability(profile: self.profile.name)
    }
    try setBase(base, instance: instance)
    firmware.extendedMemory = try extended.memory(representation, instance: instance)
    if let poisoned { poison = try poison(poisoned) }
  }

  /// What follows from the product, where the user did not say otherwise.
  private mutating func finish(migFix: Bool?, device: UInt64?, serial: UInt64?, instance: UInt64)
    throws(OptionError)
  {
    if !profile.chip.saysReadinessInConfig {
      // There is nothing that could be late.
      delays.information = ReadinessDelay(0)
      delays.activity = ReadinessDelay(0)
    }
    isFreeOfMIGBug = migFix ?? !profile.chip.hasMIGBug
    deviceID = UInt16(device ?? UInt64(profile.deviceID))
    serialNumber = serial ?? Self.defaultSerial(instance: instance)
  }

  /// Size of the aperture in BAR2, which covers the memory as a power of two; nil if the chip shows none. The size on
  /// real products is not published; GH100's is such a power for its memory (public lspci: 128 GiB).
  public var apertureSize: UInt64? {
    profile.chip.hasAperture ? roundedUpToPowerOfTwo(memorySize) : nil
  }

  /// Where the PCI Express capability lies (capability id 0x10, PCIe Base 6.0, 7.5.3.1); nil if there is none.
  public var expressOffset: UInt16? {
    profile.chip.capabilities(traits).first { $0.id == 0x10 && !$0.isExtended }?.offset
  }

  /// What configuration space depends on.
  var traits: FunctionTraits {
    let memory = CXLMemory(size: memorySize, activeTimeout: activeTimeout)
    return FunctionTraits(
      chip: profile.chip, isFreeOfMIGBug: isFreeOfMIGBug, apertureSize: apertureSize, hasATS: hasATS,
      serialNumber: serialNumber, cxl: profile.chip.saysReadinessInConfig ? memory : nil)
  }

  /// NVIDIA's OUI 48:b0:2d in the upper bytes, as EUI-64 (PCIe Base 6.0, 7.9.3), and a number of our own below.
  private static func defaultSerial(instance: UInt64) -> UInt64 {
    0x48b0_2d00_0000_0001 + instance
  }

  private static func representation(_ name: String) throws(OptionError) -> Representation {
    if name.utf8.elementsEqual("vm".utf8) { return .virtualMachine }
    if name.utf8.elementsEqual("bare-metal".utf8) { return .bareMetal }
    throw .unknownRepresentation(name)
  }

  private mutating func setMemory(size: UInt64) throws(OptionError) {
    let smallest = !isFreeOfMIGBug ? MemorySplit.smallestDivided : Self.memoryUnit
    guard size >= smallest else { throw .memoryTooSmall(size, smallest: smallest, profile: profile.name) }
    guard size <= Self.largestMemory else { throw .memoryTooLarge(size, largest: Self.largestMemory) }
    guard size % Self.memoryUnit == 0 else { throw .memoryUneven(size, unit: Self.memoryUnit) }
    memorySize = size
    guard !isFreeOfMIGBug else {
      split = MemorySplit(undivided: size)
      return
    }
    do throws(MemorySplitError) {
      split = try MemorySplit(dividing: size)
    } catch {
      throw .memoryTooSmall(size, smallest: smallest, profile: profile.name)
    }
  }

  private mutating func setBase(_ base: UInt64?, instance: UInt64) throws(OptionError) {
    guard base == nil || representation == .bareMetal else { throw .baseWithoutBareMetal }
    let base = base ?? Self.defaultBase(first: profile.memoryBase, instance: instance)
    guard representation == .bareMetal else {
      memoryBase = base
      return
    }
    guard base % Self.baseAlignment == 0 else { throw .baseUnaligned(base, alignment: Self.baseAlignment) }
    guard base > 0, base < Self.addressLimit, memorySize <= Self.addressLimit - base else {
      throw .baseOutOfRange(base, size: memorySize)
    }
    memoryBase = base
  }

  /// Where firmware puts the memory of GPU `instance`: at the profile's address on the first socket, and 2^44 further on
  /// each of the other three (edk2-nvidia: the socket bits 45:44 of TH500Definitions.h). Machines have no more; further
  /// GPUs go to the next TiB of each socket.
  private static func defaultBase(first: UInt64, instance: UInt64) -> UInt64 {
    first + (instance % 4) << 44 + (instance / 4) << 40
  }
}

/// A user's setting before it is checked.
public struct Setting: Sendable {
  /// Its name.
  public let name: String
  /// Its value as text.
  public let value: String

  /// A setting.
  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }

  /// Out of line: there are many places that ask.
  @inline(never)
  func isNamed(_ other: String) -> Bool { name.utf8.elementsEqual(other.utf8) }

  /// The value as the name of a fault.
  public func fault() throws(OptionError) -> Fault {
    guard let fault = Fault.named(value) else { throw .unknownFault(value) }
    return fault
  }

  /// The value as a number of milliseconds, in nanoseconds. Delays end at an hour: beyond any driver's patience (256 s in
  /// Linux 7.3), and far from overflow.
  func delay() throws(OptionError) -> UInt64 {
    try number(upTo: 3_600_000) * 1_000_000
  }

  /// The value as a number of bytes, which may end in K, M, G or T for powers of 1024.
  func byteCount() throws(OptionError) -> UInt64 {
    var text = Array(value.utf8)
    var unit: UInt64 = 1
    switch text.last.map({ $0 | 0x20 }) {
    case 0x6b: unit = 1 << 10
    case 0x6d: unit = 1 << 20
    case 0x67: unit = 1 << 30
    case 0x74: unit = 1 << 40
    default: break
    }
    if unit > 1 { text.removeLast() }
    let count = try number(text, upTo: .max)
    let (bytes, overflow) = count.multipliedReportingOverflow(by: unit)
    guard !overflow else { throw .numberTooLarge(name, value, limit: .max) }
    return bytes
  }

  /// The value as a number: decimal, or hexadecimal after `0x`.
  func number(upTo limit: UInt64) throws(OptionError) -> UInt64 {
    try number(Array(value.utf8), upTo: limit)
  }

  /// A part of the value as a number; errors name all of it.
  private func number(_ text: [UInt8], upTo limit: UInt64) throws(OptionError) -> UInt64 {
    var digits = text
    var radix: UInt64 = 10
    if digits.count > 2, digits[0] == 0x30, digits[1] | 0x20 == 0x78 {
      digits.removeFirst(2)
      radix = 16
    }
    var result: UInt64 = 0
    for digit in digits {
      guard let number = Self.value(ofDigit: digit), number < radix else { throw .notANumber(name, value) }
      let (product, productOverflow) = result.multipliedReportingOverflow(by: radix)
      let (sum, sumOverflow) = product.addingReportingOverflow(number)
      guard !productOverflow, !sumOverflow else { throw .numberTooLarge(name, value, limit: limit) }
      result = sum
    }
    guard !digits.isEmpty else { throw .notANumber(name, value) }
    guard result <= limit else { throw .numberTooLarge(name, value, limit: limit) }
    return result
  }

  private static func value(ofDigit byte: UInt8) -> UInt64? {
    switch byte {
    case 0x30...0x39: UInt64(byte - 0x30)
    case 0x61...0x66: UInt64(byte - 0x61 + 10)
    case 0x41...0x46: UInt64(byte - 0x41 + 10)
    default: nil
    }
  }
}
