// SPDX-License-Identifier: GPL-2.0-or-later

/// The GPU as its host drives it.
///
/// It is neither a class nor copyable: a host keeps one behind a pointer, and an access costs no reference
/// count. Nothing that a guest can do traps: what is out of range reads as ones and is not written.
public struct GraceDevice<Host: DeviceHost>: ~Copyable {
  /// The world around the device.
  public var host: Host
  /// What the user chose.
  public let options: DeviceOptions
  /// What the device answers to, in the order of the BARs.
  public let regions: RegionList
  /// Its configuration space as declared; the bytes are the host's.
  public let layout: ConfigLayout

  /// Size of BAR0 in bytes: a copy, so that an access need not look at the regions.
  var registerBARSize: UInt64
  /// Where in BAR0 no register can be any more: its size, or that of the register file.
  var registerLimit: UInt64
  var registers: RegisterFile
  /// What moves bytes, on chips that have it.
  var transfers = TransferEngine()
  /// What enables that, likewise.
  var processor = SecurityProcessor()
  /// Messages that the doorbell has sent since the last reset.
  var doorbellCount: UInt32 = 0
  /// Where the power state is written in configuration space, or where nobody writes: a copy, too.
  let powerOffset: UInt32
  /// Vectors that the device has, by MSI-X or MSI: a copy, as the size of BAR0 is.
  let vectorCount: UInt32
  var readiness: Readiness
  var memoryMode: RegionMode = .memory
  /// Whether the function is in D3hot, in which it answers configuration requests alone.
  var isAsleep = false
  /// What is wrong with the device.
  public internal(set) var fault: Fault
  /// Whether a function level reset began that does not end.
  var hasHungReset = false
  /// Pages of its memory that are bad, as the host was told.
  public internal(set) var poison = PoisonedPages()
  /// Whether the host was told of those that are bad from the start.
  var hasSaidPoison = false
  /// What the host was last told of the device's presence.
  var wasPresent = true

  /// A device as it is before its first reset, ready at once.
  public init(options: DeviceOptions, host: Host) {
    self.host = host
    self.options = options
    regions = RegionList(
      options.representation, registerBARSize: options.profile.chip.registerBARSize, split: options.split,
      memorySize: options.memorySize, memoryBase: options.memoryBase,
      apertureSize: options.apertureSize, extendedMemory: options.firmware.extendedMemory)
    layout = ConfigLayout(options, regions: regions)
    registerBARSize = options.profile.chip.registerBARSize
    registerLimit = min(registerBARSize, RegisterFile.byteCount)
    powerOffset = layout.powerControlOffset.map { UInt32($0) } ?? .max
    vectorCount = max(options.profile.chip.messageVectors, options.profile.chip.interruptVectors)
    registers = RegisterFile(
      options.profile.chip.registers(options.profile.chip, options.memorySize))
    fault = options.fault
    readiness = Readiness(options.delays)
    readiness.reset(now: 0, isCold: true)
    readiness.advance(to: .max)
    registers.setStatus(link: linkStatus, boot: bootStatus)
  }
}
