// SPDX-License-Identifier: GPL-2.0-or-later

import ArgumentParser
import Foundation
import Testing

@testable import gracectl

/// The package's folder.
let checkout = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// A folder that is gone after the test.
func inFolder(_ body: (String) async throws -> Void) async throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("grace-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try await body(folder.path)
}

/// Runs `gracectl tables` with arguments, into a new folder that is gone after the test.
func withTables(_ arguments: [String], _ body: (String) async throws -> Void) async throws {
  try await inFolder { folder in
    let tables = folder + "/tables"
    let text = try TablesCommand.parse(arguments + ["-o", tables]).write()
    #expect(text.contains("dsdt.dat"))
    try await body(tables)
  }
}

/// What `gracectl check` finds in a folder. GPUs are listed as `lspci -Dvvvnn` does, if there are any to list.
func findings(in folder: String, listing: [String] = [], hasAML: Bool = true) async throws -> Report {
  var arguments = hasAML ? [folder] : [folder, "--no-aml"]
  if !listing.isEmpty {
    try listing.joined().write(toFile: folder + "/lspci.txt", atomically: true, encoding: .utf8)
    arguments += ["--lspci", folder + "/lspci.txt"]
  }
  return try await CheckCommand.parse(arguments).report()
}

/// A GPU and its root port as `lspci -Dvvvnn` lists them on a Grace host.
func listed(_ gpu: String, port: String) -> String {
  """
  \(port) PCI bridge [0604]: NVIDIA Corporation Device [10de:22b1]
  \(gpu) 3D controller [0302]: NVIDIA Corporation GH100 [GH200 480GB] [10de:2345] (rev a1)
  \tRegion 0: Memory at 800000000000 (64-bit, prefetchable) [size=16M]

  """
}

/// The GPUs of a default machine with four.
let fourGPUs = (0..<4).map { listed("00\($0)9:01:00.0", port: "00\($0)9:00:00.0") }
