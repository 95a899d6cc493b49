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
      "base", "name", "product", "chip", "device-id", "subsystem-id", "revision", "boot0", "boot42", "memory-size",
      "memory-base", "mig-fix", "aperture", "readiness", "bar0-size", "msix-vectors", "msix-table", "msix-pending",
    ]
  }

  /// What can be set as often as is useful.
  private static var repeatedNames: [String] {
    ["capability-remove", "capability-move", "capability", "dvsec", "dword", "register"]
  }

  /// All that the base has.
  init(base: Profile) { profile = base }

  /// The line of a setting that was taken; 0 if none was.
  func line(of name: String) -> Int {
    for place in taken where place.name.utf8.elementsEqual(name.utf8) { return place.line }
    return 0
  }

  /// Takes one setting.
  mutating func take(_ line: ProfileLine) throws(ProfileError) {
    let setting = line.setting
    if Self.names.contains(where: setting.isNamed) {
      let earlier = self.line(of: setting.name)
      guard earlier == 0 else { throw line.error("\(setting.name) is in line \(earlier) already; leave out one") }
      taken.append((setting.name, line.number))
      guard try !takeIdentity(line) else { return }
      try takeChip(line)
    } else if Self.repeatedNames.contains(where: setting.isNamed) {
      if setting.isNamed("register") {
        try takeRegister(line)
      } else {
        try takeCapability(line)
      }
    } else {
      var known = ""
      for name in Self.names + Self.repeatedNames { known += known.utf8.isEmpty ? name : ", " + name }
      throw line.error("a profile has no '\(setting.name)'; it has \(known)")
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
      profile.deviceID = UInt16(try line.single(upTo: 0xffff))
    } else if setting.isNamed("subsystem-id") {
      profile.subsystemID = UInt16(try line.single(upTo: 0xffff))
    } else if setting.isNamed("memory-size") {
      profile.memorySize = try line.checked { setting throws(OptionError) in try setting.byteCount() }
    } else if setting.isNamed("memory-base") {
      profile.memoryBase = try line.checked { setting throws(OptionError) in try setting.byteCount() }
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
      profile.chip.revision = UInt8(try line.single(upTo: 0xff))
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
        throw line.error("readiness=\(setting.value) is unknown; use registers or cxl")
      }
      profile.chip.saysReadinessInConfig = isCXL
    } else if setting.isNamed("bar0-size") {
      profile.chip.registerBARSize = try line.checked { setting throws(OptionError) in try setting.byteCount() }
    } else if setting.isNamed("msix-vectors") {
      profile.chip.messageVectors = try line.dword()
    } else if setting.isNamed("msix-table") {
      profile.chip.messageTableOffset = try line.dword()
    } else {
      profile.chip.messagePendingOffset = try line.dword()
    }
  }

  /// A name as it is written on command lines.
  private static func name(_ line: ProfileLine) throws(ProfileError) -> String {
    let name = line.setting.value
    let isPlain = name.utf8.allSatisfy {
      (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d || $0 == 0x2e || $0 == 0x5f
    }
    guard isPlain, name.utf8.count <= 32 else {
      throw line.error("'\(name)' is no name; use up to 32 of a-z, 0-9, -, . and _")
    }
    guard Profile.named(name) == nil else {
      throw line.error("'\(name)' is the name of a built-in profile; use another")
    }
    return name
  }

  /// A name as it is written in listings.
  private static func title(_ line: ProfileLine) throws(ProfileError) -> String {
    let title = line.setting.value
    guard title.utf8.allSatisfy({ (0x20...0x7e).contains($0) }), title.utf8.count <= 64 else {
      throw line.error("this \(line.setting.name) cannot be listed; use up to 64 letters of ASCII")
    }
    return title
  }
}

extension ProfileLine {
  /// The whole value as a number.
  func single(upTo limit: UInt64) throws(ProfileError) -> UInt64 {
    try checked { setting throws(OptionError) in try setting.number(upTo: limit) }
  }

  /// The whole value as 32 bits.
  func dword() throws(ProfileError) -> UInt32 { UInt32(try single(upTo: UInt64(UInt32.max))) }

  /// The whole value as `on` or `off`.
  func isOn() throws(ProfileError) -> Bool {
    try checked { setting throws(OptionError) in try setting.isOn() }
  }
}
