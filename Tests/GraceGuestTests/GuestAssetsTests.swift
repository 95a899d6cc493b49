// SPDX-License-Identifier: GPL-2.0-or-later

import FoundationEssentials
import GraceGuest
import Testing

@Suite("Assets file")
struct GuestAssetsTests {
  @Test("a path is the rest of its line, spaces and equals signs included")
  func readsPaths() throws {
    let text = "QEMU=/a b/qemu=1\nPLUGIN=/p.so\n\nOTHER=/x\n"
    let assets = try GuestAssets(parsing: text, of: "f")
    #expect(try assets.path(.qemu) == "/a b/qemu=1")
    #expect(try assets.path(.plugin) == "/p.so")
  }

  @Test(
    "a line that is not NAME=absolute path is refused by its number", arguments: ["QEMU", "=/a", "QEMU=a"])
  func refusesLine(line: String) {
    #expect(throws: GuestAssetsError.malformedLine(file: "f", number: 2)) {
      try GuestAssets(parsing: "PLUGIN=/p\n\(line)\n", of: "f")
    }
  }

  @Test("a missing entry is named, with the script that makes it")
  func missingEntry() throws {
    let assets = try GuestAssets(parsing: "", of: "f")
    let error = #expect(throws: GuestAssetsError.self) { try assets.path(.kernel) }
    #expect(error?.description == "The assets file has no entry KERNEL; run scripts/setup.")
  }

  @Test("what only q35 needs is made by the set-up when it is asked to")
  func missingEntryForQ35() throws {
    let assets = try GuestAssets(parsing: "KERNEL=/k\n", of: "f")
    #expect(try assets.path(.kernel, for: .virt) == "/k")
    let error = #expect(throws: GuestAssetsError.self) { try assets.path(.kernel, for: .q35) }
    #expect(error?.description == "The assets file has no entry KERNEL_X86; run scripts/setup --q35.")
  }

  @Test("a missing file is named, with the script that makes it")
  func missingFile() {
    let error = #expect(throws: GuestAssetsError.self) { try GuestAssets.load(from: "/nowhere/assets") }
    #expect(
      error?.description
        == "/nowhere/assets cannot be read; run scripts/setup, or name the file that it made.")
  }

  @Test("an entry whose file is gone is named with its path")
  func missingAsset() throws {
    let file = FileManager.default.temporaryDirectory.path + "/grace-assets-\(UUID().uuidString)"
    try "QEMU=/bin/sh\nPLUGIN=/nowhere/plugin.so\n".write(toFile: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: file) }
    #expect(throws: GuestAssetsError.missingAsset(name: "PLUGIN", path: "/nowhere/plugin.so")) {
      try GuestAssets.load(from: file, needing: [.qemu, .plugin])
    }
    #expect(throws: Never.self) { try GuestAssets.load(from: file, needing: [.qemu]) }
  }
}
