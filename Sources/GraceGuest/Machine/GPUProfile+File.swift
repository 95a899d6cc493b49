// SPDX-License-Identifier: GPL-2.0-or-later

import FoundationEssentials

extension GPUProfile {
  /// Settings of a profile's file after which a guest finds something that its programs do not know.
  private static let unknownToGuests = ["revision", "boot0", "boot42", "aperture", "readiness", "bar0-size"]

  /// A product that a file describes: what a guest must find, as far as its programs look for it.
  ///
  /// The file is read a second time here, with another reader than the device's, which judges every line of it.
  public init(readingFile path: String) throws(ProfileFileError) {
    guard let text = SmallText.contents(of: path) else { throw .unreadable(path) }
    var values: [String: String] = [:]
    /// Whether the lines are those of NVIDIA's DVSEC 3, and what its bit says.
    var isMIGFix = false
    var isFixed: Bool?
    for line in text.split(whereSeparator: \.isNewline) {
      let parts = line.prefix { $0 != "#" }.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { continue }
      let name = parts[0].filter { !$0.isWhitespace }
      let words = parts[1].split(whereSeparator: \.isWhitespace).map(String.init)
      if GPUProfile.unknownToGuests.contains(name) { throw .notJudged(path, setting: name) }
      if name == "dword", isMIGFix, words.count > 1, UInt64(parsingPrefixed: words[0]) == 8 {
        isFixed = (UInt64(parsingPrefixed: words[1]) ?? 0) >> 16 & 1 == 1
      } else if name != "dword" {
        let attributes = words.map { $0.split(separator: "=").map { UInt64(parsingPrefixed: String($0)) } }
        isMIGFix =
          name == "dvsec" && words.contains { $0.hasPrefix("vendor=") } && attributes.contains([nil, 0x10de])
          && words.contains { $0.hasPrefix("id=") } && attributes.contains([nil, 3])
        if isMIGFix { isFixed = false }
      }
      values[name] = words.joined(separator: " ")
    }
    guard let base = values["base"].flatMap(GPUProfile.init(named:)) else { throw .noBase(path) }
    func id(_ name: String) -> String? {
      values[name].flatMap { UInt64(parsingPrefixed: $0) }.map { hex($0, digits: 4) }
    }
    var size = base.memorySize
    if let text = values["memory-size"] {
      let bytes = try? ByteCount(parsing: text).bytes
      guard let bytes = bytes ?? UInt64(parsingPrefixed: text) else { throw .noSize(path, text) }
      size = bytes
    }
    switch values["mig-fix"] {
    case "on": isFixed = true
    case "off": isFixed = false
    default: break
    }
    self.init(
      file: path, name: values["name"] ?? base.name, chip: base.chip,
      deviceID: id("device-id") ?? base.deviceID,
      subsystemIDs: id("subsystem-id").map { [$0] } ?? base.subsystemIDs, memorySize: size,
      dividesMemory: isFixed.map { !$0 })
  }
}

/// Why a guest cannot be booted with a profile's file.
public enum ProfileFileError: Error, Equatable, CustomStringConvertible {
  /// It is not there, or no text.
  case unreadable(String)
  /// It starts from no product that is known.
  case noBase(String)
  /// Its memory has no size that can be read.
  case noSize(String, String)
  /// It sets something that the guest's programs would take for a mistake.
  case notJudged(String, setting: String)

  /// The error as one sentence.
  public var description: String {
    switch self {
    case .unreadable(let path): "'\(path)' cannot be read as a text; give the path of a profile's file."
    case .noBase(let path):
      "'\(path)' has no base, or an unknown one; begin with base = and one of "
        + "\(GPUProfile.all.map(\.name).joined(separator: ", "))."
    case .noSize(let path, let text):
      "'\(path)' has the memory-size '\(text)', which is none; write bytes, or a number with K, M, G or T."
    case .notJudged(let path, let setting):
      "'\(path)' sets \(setting), which the guest's programs do not expect; boot it by hand with profile-file=, from the "
        + "command of --print-command."
    }
  }
}
