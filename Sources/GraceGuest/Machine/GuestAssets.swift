// SPDX-License-Identifier: GPL-2.0-or-later

import FoundationEssentials

/// The files from which a guest is started, as `scripts/setup` left them.
public struct GuestAssets: Hashable, Sendable {
  /// What the assets file can name. Entries of other names are for other tools.
  public enum Name: String, CaseIterable, Sendable {
    /// QEMU for arm64 guests, with the `grace-gpu` device.
    case qemu = "QEMU"
    /// The device model.
    case plugin = "PLUGIN"
    /// Guest kernel, an arm64 `Image`.
    case kernel = "KERNEL"
    /// Guest programs for arm64.
    case initrd = "INITRD"
    /// Shell and its tools, to be appended to the guest programs.
    case shellInitrd = "SHELL_INITRD"
    /// The kernel's VFIO selftests, to be appended to the guest programs.
    case selftestsInitrd = "SELFTESTS_INITRD"
    /// A VMM for guests of the guest, to be put before the guest programs.
    case nestedInitrd = "NESTED_INITRD"
    /// A newer one.
    case nestedBackportsInitrd = "NESTED_BACKPORTS_INITRD"
    /// UEFI firmware for the `virt` machine.
    case firmware = "FIRMWARE"
    /// QEMU for x86_64 guests.
    case qemuForX86 = "QEMU_X86"
    /// Guest kernel, an x86_64 `bzImage`.
    case kernelForX86 = "KERNEL_X86"
    /// Guest programs for x86_64.
    case initrdForX86 = "INITRD_X86"
    /// UEFI firmware for the `q35` machine.
    case firmwareForX86 = "FIRMWARE_X86"

    /// How the names of VMMs begin.
    static let nestedPrefix = "NESTED_"

    /// What stands for this on a machine of another architecture.
    func on(_ machine: MachineKind) -> Name {
      switch (machine, self) {
      case (.q35, .qemu): .qemuForX86
      case (.q35, .kernel): .kernelForX86
      case (.q35, .initrd): .initrdForX86
      case (.q35, .firmware): .firmwareForX86
      default: self
      }
    }
  }

  /// What a boot of that machine needs.
  public static func required(for machine: MachineKind) -> [Name] {
    [Name.qemu, .plugin, .kernel, .initrd, .firmware].map { $0.on(machine) }
  }

  private var paths: [Name: String]

  /// Assets at known places.
  public init(paths: [Name: String]) {
    self.paths = paths
  }

  /// Where that asset is.
  public func path(_ name: Name) throws(GuestAssetsError) -> String {
    guard let path = paths[name] else { throw .missingEntry(name.rawValue) }
    return path
  }

  /// Where that asset is for that machine.
  public func path(_ name: Name, for machine: MachineKind) throws(GuestAssetsError) -> String {
    try path(name.on(machine))
  }

  /// The same assets with one of them from elsewhere.
  public func replacing(_ name: Name, with path: String) -> GuestAssets {
    var copy = self
    copy.paths[name] = path
    return copy
  }

  /// Reads the lines `NAME=absolute path` of an assets file.
  public init(parsing text: String, of file: String) throws(GuestAssetsError) {
    paths = [:]
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.isEmpty {
      guard let equals = line.firstIndex(of: "="), equals > line.startIndex else {
        throw .malformedLine(file: file, number: index + 1)
      }
      let path = line[line.index(after: equals)...]
      guard path.hasPrefix("/") else { throw .malformedLine(file: file, number: index + 1) }
      if let name = Name(rawValue: String(line[..<equals])) { paths[name] = String(path) }
    }
  }

  /// Reads an assets file and checks that what is needed of it is there.
  ///
  /// The file is the one given, else the one in the variable `GRACE_ASSETS`, else `.build/guest-assets.env`
  /// of the package.
  public static func load(
    from file: String? = nil, needing names: [Name] = GuestAssets.required(for: .virt)
  ) throws(GuestAssetsError) -> GuestAssets {
    let file = if let file { file } else { try defaultFile() }
    guard let text = SmallText.contents(of: file) else { throw .missingFile(file) }
    let assets = try GuestAssets(parsing: text, of: file)
    for name in names {
      let path = try assets.path(name)
      guard FileManager.default.fileExists(atPath: path) else {
        throw .missingAsset(name: name.rawValue, path: path)
      }
    }
    return assets
  }

  private static func defaultFile() throws(GuestAssetsError) -> String {
    // An empty variable is none, as to the scripts.
    if let override = ProcessInfo.processInfo.environment["GRACE_ASSETS"], !override.isEmpty {
      return override
    }
    // The program lies below the package when `swift build` made it; the test runner does not, but starts in
    // it.
    let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    for start in [program ?? "/", FileManager.default.currentDirectoryPath] {
      var folder = start
      while !folder.isEmpty {
        if FileManager.default.fileExists(atPath: folder + "/Package.swift") {
          return folder + "/.build/guest-assets.env"
        }
        folder = folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? ""
      }
    }
    throw .noPackage
  }
}

/// Why there are no assets.
public enum GuestAssetsError: Error, Equatable, CustomStringConvertible {
  /// Neither the program nor the current folder lies in a checkout.
  case noPackage
  /// The assets file cannot be read.
  case missingFile(String)
  /// A line is not of the form `NAME=absolute path`.
  case malformedLine(file: String, number: Int)
  /// The assets file does not name an asset.
  case missingEntry(String)
  /// The assets file names a file that is not there.
  case missingAsset(name: String, path: String)

  /// The error as one sentence.
  public var description: String {
    switch self {
    case .noPackage:
      "No checkout of grace-gpu was found from here; start in one, or name the assets file in GRACE_ASSETS."
    case .missingFile(let file):
      "\(file) cannot be read; run scripts/setup, or name the file that it made."
    case .malformedLine(let file, let number):
      "Line \(number) of \(file) is not NAME=absolute path; run scripts/setup."
    case .missingEntry(let name) where name.hasSuffix("_X86"):
      "The assets file has no entry \(name); run scripts/setup --q35."
    case .missingEntry(let name) where name == GuestAssets.Name.selftestsInitrd.rawValue:
      "The assets file has no entry \(name); run scripts/setup --selftests."
    case .missingEntry(let name) where name.hasPrefix(GuestAssets.Name.nestedPrefix):
      "The assets file has no entry \(name); run scripts/setup --nested."
    case .missingEntry(let name):
      "The assets file has no entry \(name); run scripts/setup."
    case .missingAsset(let name, let path):
      "\(path) (\(name)) does not exist; run scripts/setup."
    }
  }
}
