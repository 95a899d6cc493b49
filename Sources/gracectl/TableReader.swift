// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceConformance

/// Reads tables from files and folders, and PCI functions from listings.
enum TableReader {
  /// Bytes that no table comes near; a dump of all tables of a large server has a tenth of it as text.
  static let limit = 64 << 20
  /// Endings of files that are tables. In `/sys/firmware/acpi/tables` they have none.
  static let suffixes: Set<String> = ["dat", "aml", "bin", ""]

  /// All tables in a folder, a file with one table, or a dump; `-` is standard input.
  static func tables(at path: String) throws(InputError) -> [TableBytes] {
    guard path != "-" else { return try tables(in: try standardInput(), path: "standard input") }
    guard isFolder(path) else { return try tables(in: try bytes(of: path), path: path) }
    let files = try files(in: path)
    guard !files.isEmpty else { throw .noTables(folder: path) }
    var result: [TableBytes] = []
    for file in files {
      result += try tables(in: try bytes(of: path + "/" + file), path: file, isInFolder: true)
    }
    return result
  }

  /// The functions in a listing; `-` is standard input.
  static func functions(at path: String) throws(InputError) -> [PCIFunction] {
    let bytes = path == "-" ? try standardInput() : try bytes(of: path)
    let functions = LspciText.functions(in: String(decoding: bytes, as: UTF8.self))
    guard !functions.isEmpty else { throw .noFunctions(path: path) }
    return functions
  }

  /// The bytes of a file; `-` is standard input.
  static func contents(of path: String) throws(InputError) -> [UInt8] {
    path == "-" ? try standardInput() : try bytes(of: path)
  }

  /// The tables in the bytes of a file or of standard input.
  static func tables(
    in bytes: [UInt8], path: String, isInFolder: Bool = false
  ) throws(InputError) -> [TableBytes] {
    // An empty file between others is a finding; alone it is a mistake.
    guard !bytes.isEmpty || isInFolder else { throw .empty(path: path) }
    let name = isInFolder ? path : path.split(separator: "/").last.map(String.init) ?? path
    if bytes.prefix(4096).allSatisfy({ $0 == 0x09 || $0 == 0x0a || $0 == 0x0d || $0 >= 0x20 }) {
      let tables = AcpidumpText.tables(in: String(decoding: bytes, as: UTF8.self), source: name)
      if !tables.isEmpty { return tables }
    }
    return [TableBytes(source: name, bytes: bytes)]
  }

  /// Names of the files that can be tables, sorted. Linux keeps tables that were loaded later in `dynamic`.
  private static func files(in folder: String) throws(InputError) -> [String] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw .unreadable(path: folder, reason: "it cannot be listed")
    }
    let files = names.filter { name in
      isTable(name, in: folder)
    }
    var dynamic: [String] = []
    if names.contains("dynamic"), isFolder(folder + "/dynamic") {
      dynamic = try Self.files(in: folder + "/dynamic").map { "dynamic/" + $0 }
    }
    return files.sorted() + dynamic
  }

  /// Whether a file of that name in a folder is taken for a table.
  static func isTable(_ name: String, in folder: String) -> Bool {
    !name.hasPrefix(".") && suffixes.contains(suffix(of: name)) && !isFolder(folder + "/" + name)
  }

  private static func suffix(of name: String) -> String {
    guard let dot = name.lastIndex(of: ".") else { return "" }
    return name[name.index(after: dot)...].lowercased()
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  private static func bytes(of path: String) throws(InputError) -> [UInt8] {
    guard FileManager.default.fileExists(atPath: path) else {
      throw .unreadable(path: path, reason: "there is no such file or folder")
    }
    guard !isFolder(path) else { throw .unreadable(path: path, reason: "it is a folder") }
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw .unreadable(path: path, reason: "permission is denied")
    }
    return try bytes(of: file, path: path)
  }

  private static func standardInput() throws(InputError) -> [UInt8] {
    try bytes(of: .standardInput, path: "standard input")
  }

  private static func bytes(of file: FileHandle, path: String) throws(InputError) -> [UInt8] {
    let data: Data
    do {
      // One byte more than the limit shows that there are more, without reading them all.
      data = try file.read(upToCount: limit + 1) ?? Data()
    } catch {
      throw .unreadable(path: path, reason: "reading fails")
    }
    guard data.count <= limit else { throw .tooLarge(path: path, limit: limit) }
    return [UInt8](data)
  }
}
