// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceGuest
import Testing

/// Options of `-device grace-gpu`, or a machine around it, with which QEMU must not start.
struct WrongStart: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let options: MachineOptions
  /// Files that are there before, by their names.
  let files: [String: [UInt8]]
  /// All that QEMU says, but for its own name and the option that it speaks of. FOLDER stands for that of the files,
  /// PLUGIN for the usual plug-in.
  let message: String
  /// Whether QEMU says of which device it speaks. What it finds once the machine is whole is about no option.
  let namesDevice: Bool

  /// - Parameter properties: as on the command line, with `;` between them, since some values have commas. FOLDER stands
  ///   for the folder of the files. They replace what the machine would say.
  init(
    _ properties: String, representation: Representation = .bareMetal, files: [String: String] = [:],
    namesDevice: Bool = true, _ message: String, machine: (inout MachineOptions) -> Void = { _ in }
  ) {
    var options = MachineOptions(representation: representation)
    for property in properties.split(separator: ";") {
      let parts = property.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      options.deviceProperties[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
    }
    machine(&options)
    testDescription = "\(options.title): \(properties.isEmpty ? message : properties)"
    self.options = options
    self.files = files.mapValues { Array($0.utf8) }
    self.message = message
    self.namesDevice = namesDevice
  }
}

/// A folder with these files, which is gone after `body`. Nothing may be left in it that was not there before.
func withFiles(_ files: [String: [UInt8]], _ body: (String) async throws -> Void) async throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "grace-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  for (name, bytes) in files {
    let file = folder.appending(path: name)
    // A name that ends in / is that of an empty folder, in | of a FIFO, and in * of a program.
    let parent = name.hasSuffix("/") ? file : file.deletingLastPathComponent()
    try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
    if name.hasSuffix("|") {
      try #require(mkfifo(String(file.path.dropLast()), 0o600) == 0)
    } else if name.hasSuffix("*") {
      let path = String(file.path.dropLast())
      try #require(FileManager.default.createFile(atPath: path, contents: Data(bytes)))
      try #require(chmod(path, 0o755) == 0)
    } else if !name.hasSuffix("/") {
      try Data(bytes).write(to: file)
    }
  }
  /// All that is in the folder, without folders of the scripts' cache, which is theirs; what counts in it are files.
  func contents() throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted().filter { path in
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: folder.path + "/" + path, isDirectory: &isFolder)
      return !(isFolder.boolValue && path.hasPrefix("cache"))
    }
  }
  let before = try contents()
  try await body(folder.path)
  let left = try contents()
  #expect(left == before)
}

@Suite("Starts of QEMU that cannot be")
struct WrongStartTests {
  @Test(
    "QEMU ends with this message and status 1 before the guest starts, and leaves nothing",
    arguments: WrongStart.all)
  func refusal(start: WrongStart) async throws {
    try await withFiles(start.files) { folder in
      var options = start.options
      options.deviceProperties = options.deviceProperties.mapValues { $0.replacing("FOLDER", with: folder) }
      let run = try await GuestLab.start(options, in: folder)
      #expect(run.ending == .exited(1))
      #expect(run.console.isEmpty)
      let plugin = try GuestAssets.load().path(.plugin)
      var text = run.messages.joined(separator: "\n").replacing(folder, with: "FOLDER").replacing(
        plugin, with: "PLUGIN")
      // Everything up to the end of the option is QEMU's.
      let option =
        start.namesDevice
        ? #/^[^ ]*qemu-system-aarch64: -device grace-gpu[^ ]*: /# : #/^[^ ]*qemu-system-aarch64: /#
      #expect(text.prefixMatch(of: option) != nil, "\(text)")
      text = text.replacing(option, with: "", maxReplacements: 1)
      #expect(text == start.message)
    }
  }

  @Test("there are at least a hundred wrong invocations, none twice")
  func count() {
    let rows =
      WrongStart.all.map { "\($0.options) \($0.files)" }
      + WrongCommand.all.map { "\($0.command) \($0.environment) \($0.files)" }
    #expect(rows.count >= 100)
    #expect(Set(rows).count == rows.count)
  }
}

extension WrongStart {
  static let all = options + firmware + conflicts + machines + profileFiles
}
