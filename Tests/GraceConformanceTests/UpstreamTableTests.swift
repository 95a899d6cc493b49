// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceConformance
import Testing

@testable import gracectl

/// Reads the tables that QEMU's own tests expect. They were made by other code than ours, and are known to boot.
@Suite("QEMU's example tables")
struct UpstreamTableTests {
  private static let checkout = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// QEMU's tree; `nil` if scripts/setup has not run.
  private var tree: String? {
    let file =
      ProcessInfo.processInfo.environment["GRACE_ASSETS"] ?? Self.checkout.path + "/.build/guest-assets.env"
    let lines = (try? String(contentsOfFile: file, encoding: .utf8))?.split(separator: "\n")
    return lines?.first { $0.hasPrefix("QEMU_TREE=") }.map { String($0.dropFirst(10)) }
  }

  @Test("each of them is read, and is no error by itself")
  func examples() throws {
    let tree = try #require(tree, "There is no QEMU_TREE in .build/guest-assets.env; run scripts/setup.")
    let folder = tree + "/tests/data/acpi"
    let names = try #require(FileManager.default.enumerator(atPath: folder), "'\(folder)' is missing.")
      .compactMap { $0 as? String }
      .filter { name in ["SRAT", "SLIT", "HMAT"].contains { name.contains("/\($0)") } }.sorted()
    #expect(names.count >= 15)
    for name in names {
      let tables = try TableReader.tables(at: folder + "/" + name)
      #expect(tables.count == 1)
      let errors = Evidence(tables: tables).findings().filter { $0.severity >= .warning }
      #expect(errors == [], "\(name)")
    }
  }
}
