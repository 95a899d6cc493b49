// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import Testing

@testable import GraceDeviceModel

/// lspci reads configuration space as a text, and says what it cannot make sense of.
@Suite("Configuration space, as lspci reads it")
struct ListingTests {
  /// What `lspci -xxxx` prints of the device.
  private func dump(_ settings: KeyValuePairs<String, String>) throws -> String {
    let config = try device(settings).host.config
    var text = "01:00.0 3D controller\n"
    for line in stride(from: 0, to: config.count, by: 16) {
      let bytes = config[line..<line + 16].map { String(format: "%02x", $0) }
      text += String(format: "%02x: ", line) + bytes.joined(separator: " ") + "\n"
    }
    return text
  }

  /// What lspci makes of it.
  private func listing(_ settings: KeyValuePairs<String, String>) throws -> String {
    let file = FileManager.default.temporaryDirectory.appending(path: "grace-\(UUID().uuidString).txt")
    try dump(settings).write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let program = try #require(
      ["/usr/bin/lspci", "/bin/lspci", "/sbin/lspci", "/usr/sbin/lspci"].first {
        FileManager.default.isExecutableFile(atPath: $0)
      }, "lspci is missing; install Debian's package pciutils")
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = ["-F", file.path, "-nn", "-vvv"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return text
  }

  /// Vendors' own bodies, and what pciutils 3.9 names without ever looking into it.
  private static let opaque = [
    "Vendor Specific", "Vendor=10de", "Power Budgeting", "Data Link Feature", "Physical Layer 16.0 GT/s",
    "Lane Margining",
  ]

  private static let machines: [KeyValuePairs<String, String>] = Profile.all.flatMap { profile in
    ["vm", "bare-metal"].flatMap { representation in
      ["off", "on"].map {
        ["profile": profile.name, "representation": representation, "ats": $0, "mig-fix": $0]
      }
    }
  }

  @Test("every capability of every profile is decoded", arguments: machines)
  func decoded(settings: KeyValuePairs<String, String>) throws {
    let text = try listing(settings)
    let capabilities = try device(settings).layout.capabilities
    #expect(text.components(separatedBy: "Capabilities: [").count - 1 == capabilities.count, "\(text)")
    for complaint in ["unknown", "Unknown", "corrupt", "<chain", "Null", "???"] {
      #expect(!text.contains(complaint), "\(complaint): \(text)")
    }
    for line in text.split(separator: "\n") where line.contains("<?>") {
      #expect(Self.opaque.contains { line.contains($0) }, "\(line)")
    }
  }

  @Test(
    "every capability of a profile of the user's own is decoded where the text puts it",
    arguments: ["vm", "bare-metal"], ["off", "on"])
  func ownProfile(representation: String, ats: String) throws {
    let profile = """
      base = gb200
      name = mine
      readiness = cxl
      capability-move = 0x88 0xc8
      capability-move = 0x40 0x88
      capability-remove = 0x90
      capability-remove = 0xa4
      capability = 0x40 id=0x09 length=0x20
      capability-move = 0x100 0x400
      capability-move = 0x148 0x100
      capability-move = 0x10c 0xc00
      dvsec = 0x500 vendor=0x10de id=9 revision=2 length=0x18
      dword = 0x10 0x12345678
      capability = 0x520 id=0x000b version=1 length=0x10
      dword = 0x4 0x01010007
      capability = 0xf0 id=0x0d upper=0 length=8
      dword = 0x4 0x123410de
      msix-vectors = 64
      """
    let settings =
      ["profile-text": profile, "representation": representation, "ats": ats]
      as KeyValuePairs
    let text = try listing(settings)
    let capabilities = try device(settings).layout.capabilities
    #expect(text.components(separatedBy: "Capabilities: [").count - 1 == capabilities.count, "\(text)")
    for complaint in ["unknown", "Unknown", "corrupt", "<chain", "Null", "???"] {
      #expect(!text.contains(complaint), "\(complaint): \(text)")
    }
    for part in [
      "[40] Vendor Specific Information: Len=20", "[88] Express (v2) Endpoint",
      "[7c] MSI-X: Enable- Count=64",
      "[c8] Power Management version 3", "[f0] Subsystem: NVIDIA Corporation Device [10de:1234]",
      "[100 v2] Advanced Error Reporting", "[400 v1] Device Serial Number 48-b0-2d-00-00-00-00-01",
      "[500 v1] Designated Vendor-Specific: Vendor=10de ID=0009 Rev=2 Len=24",
      "[520 v1] Vendor Specific Information: ID=0007 Rev=1 Len=010 <?>",
      "[c00 v1] Designated Vendor-Specific: Vendor=1e98 ID=0000 Rev=3 Len=60: CXL", "Valid+ Active+",
    ] {
      #expect(text.contains(part), "\(part): \(text)")
    }
  }

  @Test("a listing of GB200 names what its published header has")
  func gb200() throws {
    let text = try listing(["profile": "gb200"])
    for part in [
      "[10de:2941]", "Subsystem: NVIDIA Corporation Device [10de:2046]", "[40] Express (v2) Endpoint",
      "[7c] MSI-X: Enable- Count=9", "[88] Power Management version 3",
      "[100 v1] Device Serial Number 48-b0-2d-00-00-00-00-01", "[148 v2] Advanced Error Reporting",
      "[1d8 v1] Data Link Feature", "[1e4 v1] Physical Layer 16.0 GT/s", "[214 v1]",
      "[af0 v1] Designated Vendor-Specific: Vendor=10de ID=0000 Rev=0 Len=28",
      "[b0c v1] Designated Vendor-Specific: Vendor=10de ID=0003 Rev=0 Len=16",
    ] {
      #expect(text.contains(part), "\(part): \(text)")
    }
    #expect(!text.contains("CXL"))
  }

  @Test("a listing of the CXL profile says that the memory is valid and active")
  func cxl() throws {
    let text = try listing(["profile": "blackwell-next", "cxl-active-timeout": "3"])
    #expect(
      text.contains("[10c v1] Designated Vendor-Specific: Vendor=1e98 ID=0000 Rev=3 Len=60: CXL"), "\(text)")
    #expect(text.contains("CXLCap:\tCache- IO+ Mem+"), "\(text)")
    #expect(text.contains("Valid+ Active+"), "\(text)")
  }
}
