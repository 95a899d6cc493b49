// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceFirmware

/// Writes tables to a folder, all or none.
struct TableWriter {
  let folder: String

  /// The names that acpixtract gives files of these tables; `check`, iasl and acpiexec take them.
  static func fileName(_ signature: String) -> String { signature.lowercased() + ".dat" }

  private static let names = ["DSDT", "SSDT", "SRAT", "SLIT", "HMAT"].map(fileName)

  /// Writes the tables. Those of an earlier run are replaced, or removed if this machine has none; another table is
  /// refused, because `check` would take it for one of this machine.
  func write(_ tables: [SystemTable]) throws(InputError) {
    let made = try makeFolder()
    do throws(InputError) {
      for table in tables { try write(table) }
    } catch {
      // What was there before is left; what is new goes.
      if let made { try? FileManager.default.removeItem(atPath: made) }
      throw error
    }
    let written = tables.map { Self.fileName($0.signature) }
    for name in Self.names where !written.contains(name) {
      try? FileManager.default.removeItem(atPath: folder + "/" + name)
    }
  }

  private func write(_ table: SystemTable) throws(InputError) {
    let path = folder + "/" + Self.fileName(table.signature)
    do {
      try Data(table.bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw .unwritable(path: path, reason: "the disk is full or permission is denied")
    }
  }

  /// The topmost folder that had to be made, or nil if all were there.
  private func makeFolder() throws(InputError) -> String? {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) {
      guard isFolder.boolValue else { throw .unwritable(path: folder, reason: "it is a file, not a folder") }
      for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      where TableReader.isTable(name, in: folder) && !Self.names.contains(name) {
        throw .otherTables(folder: folder, file: name)
      }
      for name in Self.names {
        let path = folder + "/" + name
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
          throw .unwritable(path: path, reason: "it is a folder, not a file")
        }
      }
      return nil
    }
    var topmost = URL(fileURLWithPath: folder).standardizedFileURL
    while !FileManager.default.fileExists(atPath: topmost.deletingLastPathComponent().path) {
      topmost.deleteLastPathComponent()
    }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      try? FileManager.default.removeItem(at: topmost)
      throw .unwritable(path: folder, reason: "the folder cannot be made here")
    }
    return topmost.path
  }
}
