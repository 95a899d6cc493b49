// SPDX-License-Identifier: GPL-2.0-or-later

/// A profile while its text is read.
struct ProfileDraft {
  var profile: Profile
  /// Settings that were taken, and their lines.
  private var taken: [(name: String, line: Int)] = []
  var capabilities = CapabilityEdits()
  /// A capability of the user's to which dwords can still be added.
  var open: DeclaredCapability?
  var registers: [RegisterEdit] = []

  /// What can be set once.
  private static var names: [String] {
    [
      "base", "name", "product", "chip", "device-id", "subsystem-id", "revision", "boot0", "boot42",
      "memory-size",
      "memory-base", "mig-fix", "aperture", "readiness", "bar0-size", "msi-vectors", "msix-vectors",
      "msix-table", "msix-pending",
    ]
  }

  /// What can be set as often as is useful.
  private static var repeatedNames: [String] {
    ["capability-remove", "capability-move", "capability", "dvsec", "dword", "register"]
  }

  /// All that the base has.
  init(base: Profile) { profile = base }

  /// The line of a setting that was taken; 0 if none was.
  @inline(never)
  func line(of name: String) -> Int {
    for place in taken where place.name.utf8.elementsEqual(name.utf8) { return place.line }
    return 0
  }

  /// Takes one setting.
  mutating func take(_ line: ProfileLine) throws(ProfileError) {
    let setting = line.setting
    if Setting.isAny(setting.name, of: Self.names) {
      let earlier = self.line(of: setting.name)
      guard earlier == 0 else {
        throw line.error(
          "% is in line % already; leave out one", [setting.name, ProfileText.decimal(earlier)])
      }
      taken.append((setting.name, line.number))
      guard try !takeIdentity(line) else { return }
      try takeChip(line)
    } else if Setting.isAny(setting.name, of: Self.repeatedNames) {
      if setting.isNamed("register") {
        try takeRegister(line)
      } else {
        try takeCapability(line)
      }
    } else {
      throw line.error(
        "a profile has no '%'; it has %, %",
        [setting.name, ProfileText.list(Self.names), ProfileText.list(Self.repeatedNames)])
    }
  }

  /// What a product has beside its chip. Returns false for other settings.
  private mutating func takeIdentity(_ line: ProfileLine) throws(ProfileError) -> Bool {
    let setting = line.setting
    if setting.isNamed("base") {
      // It was looked for before all others.
    } else if setting.isNamed("name") {
      profile.name = try Self.name(line)
    } else if setting.isNamed("product") {
      profile.product = try Self.title(line)
    } else if setting.isNamed("device-id") {
      profile.deviceID = UInt16(truncatingIfNeeded: try line.single(upTo: 0xffff))
    } else if setting.isNamed("subsystem-id") {
      profile.subsystemID = UInt16(truncatingIfNeeded: try line.single(upTo: 0xffff))
    } else if setting.isNamed("memory-size") {
      profile.memorySize = try line.byteCount()
    } else if setting.isNamed("memory-base") {
      profile.memoryBase = try line.byteCount()
    } else {
      return false
    }
    return true
  }

  private mutating func takeChip(_ line: ProfileLine) throws(ProfileError) {
    let setting = line.setting
    if setting.isNamed("chip") {
      profile.chip.name = try Self.title(line)
    } else if setting.isNamed("revision") {
      profile.chip.revision = UInt8(truncatingIfNeeded: try line.single(upTo: 0xff))
    } else if setting.isNamed("boot0") {
      profile.chip.boot0 = try line.dword()
    } else if setting.isNamed("boot42") {
      profile.chip.boot42 = try line.dword()
    } else if setting.isNamed("mig-fix") {
      profile.chip.hasMIGBug = try !line.isOn()
    } else if setting.isNamed("aperture") {
      profile.chip.hasAperture = try line.isOn()
    } else if setting.isNamed("readiness") {
      let isCXL = setting.value.utf8.elementsEqual("cxl".utf8)
      guard isCXL || setting.value.utf8.elementsEqual("registers".utf8) else {
        throw line.error("readiness=% is unknown; use registers or cxl", [setting.value])
      }
      profile.chip.saysReadinessInConfig = isCXL
    } else if setting.isNamed("bar0-size") {
      profile.chip.registerBARSize = try line.byteCount()
    } else if setting.isNamed("msi-vectors") {
      profile.chip.interruptVectors = try messageVectors(line)
    } else if setting.isNamed("msix-vectors") {
      profile.chip.messageVectors = try line.dword()
    } else if setting.isNamed("msix-table") {
      profile.chip.messageTableOffset = try line.dword()
    } else {
      profile.chip.messagePendingOffset = try line.dword()
    }
  }

  /// Vectors of MSI (PCIe Base 6.0, 7.7.1).
  private func messageVectors(_ line: ProfileLine) throws(ProfileError) -> UInt32 {
    let count = try line.single(upTo: 32)
    guard count.nonzeroBitCount == 1 else {
      throw line.error("msi-vectors=% is impossible; use 1, 2, 4, 8, 16 or 32", [ProfileText.decimal(count)])
    }
    guard profile.chip.interruptVectors > 0 else {
      throw line.error("% has no MSI, and MSI-X alone; write msix-vectors =", [profile.baseName])
    }
    return UInt32(count)
  }

  /// A name as it is written on command lines.
  private static func name(_ line: ProfileLine) throws(ProfileError) -> String {
    let name = line.setting.value
    var isPlain = name.utf8.count <= 32
    for byte in name.utf8 where !(byte >= 0x61 && byte <= 0x7a || byte >= 0x30 && byte <= 0x39) {
      isPlain = isPlain && (byte == 0x2d || byte == 0x2e || byte == 0x5f)
    }
    guard isPlain else { throw line.error("'%' is no name; use up to 32 of a-z, 0-9, -, . and _", [name]) }
    guard Profile.named(name) == nil else {
      throw line.error("'%' is the name of a built-in profile; use another", [name])
    }
    return name
  }

  /// A name as it is written in listings.
  private static func title(_ line: ProfileLine) throws(ProfileError) -> String {
    let title = line.setting.value
    var isPlain = title.utf8.count <= 64
    for byte in title.utf8 where byte > 0x7e { isPlain = false }
    guard isPlain else {
      throw line.error("this % cannot be listed; use up to 64 letters of ASCII", [line.setting.name])
    }
    return title
  }
}
