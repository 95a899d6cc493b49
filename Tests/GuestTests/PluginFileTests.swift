// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceGuest
import Testing

/// Libraries that say of themselves what is not so, and copies of the plug-in that something happened to. What the loader
/// does with a file that was cut at any place is in Tests/CQemuBridgeTests/half-files.c.
@Suite("Files that are no plug-ins")
struct PluginFileTests {
  /// A library whose entry has this body.
  struct Impostor: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let body: String
    /// PLUGIN stands for its path, SIZE for the bytes of the real table.
    let message: String
  }

  static let impostors = [
    Impostor(
      testDescription: "a table of another version",
      body: """
        static const GraceFunctions table = {.struct_size = sizeof(table), .abi_version = 99};
        return &table;
        """,
      message: """
        the plug-in 'PLUGIN' claims ABI version 99 with a table of SIZE bytes, where version 3 has SIZE; build it again \
        with scripts/build-plugin
        """),
    Impostor(
      testDescription: "a table that is too short",
      body: """
        static const GraceFunctions table = {.struct_size = 3, .abi_version = GRACE_ABI_VERSION};
        return &table;
        """,
      message: """
        the plug-in 'PLUGIN' claims ABI version 3 with a table of 3 bytes, where version 3 has SIZE; build it again with \
        scripts/build-plugin
        """),
    Impostor(
      testDescription: "no table, and no word why", body: "return NULL;",
      message: "the plug-in 'PLUGIN' does not have ABI version 3; build it again with scripts/build-plugin"),
    Impostor(
      testDescription: "an older version, which says so",
      body: """
        error->code = GRACE_E_VERSION;
        snprintf(error->message, sizeof(error->message), "this QEMU speaks %u, and I speak 1 to 2", newest);
        return NULL;
        """,
      message: "this QEMU speaks 3, and I speak 1 to 2"),
  ]

  @Test("a library that is none of ours is refused in a sentence", arguments: impostors)
  func impostor(library: Impostor) async throws {
    try await withFiles([:]) { folder in
      let path = try await PluginBuilder.build(entry: library.body, in: folder)
      let size = try #require(try await PluginBuilder.tableSize(in: folder))
      let message = library.message.replacing("PLUGIN", with: path).replacing("SIZE", with: size)
      try expectRefusal(try await GuestLab.start(.vm, replacing: (.plugin, path)), naming: [message])
      try PluginBuilder.tidy(folder)
    }
  }

  /// What became of a copy of the plug-in.
  struct Damage: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let words: String
    let apply: @Sendable (inout Data) -> Void
  }

  static let damages = [
    Damage(testDescription: "cut in its code", words: "is incomplete; build it again") {
      $0 = $0.prefix(100_000)
    },
    Damage(testDescription: "cut in its header", words: "is incomplete; build it again") {
      $0 = $0.prefix(40)
    },
    // EM_RISCV (System V ABI, e_machine).
    Damage(testDescription: "of another machine", words: "is built for another architecture than QEMU") {
      $0.replaceSubrange(18..<20, with: [243, 0])
    },
    Damage(testDescription: "of 32 bits", words: "is built for another architecture than QEMU") { $0[4] = 1 },
    Damage(testDescription: "a program", words: "cannot dynamically load position-independent executable") {
      $0 = (try? Data(contentsOf: URL(filePath: "/proc/self/exe"))) ?? $0
    },
  ]

  @Test("a copy of the plug-in that something happened to is refused in a sentence", arguments: damages)
  func damaged(damage: Damage) async throws {
    var bytes = try Data(contentsOf: URL(filePath: try GuestAssets.load().path(.plugin)))
    damage.apply(&bytes)
    try await withFiles(["plugin.so": [UInt8](bytes)]) { folder in
      let run = try await GuestLab.start(.vm, replacing: (.plugin, folder + "/plugin.so"))
      try expectRefusal(run, naming: ["\(folder)/plugin.so", damage.words])
    }
  }
}

/// Compiles libraries that could be plug-ins.
enum PluginBuilder {
  private static let include = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Sources/CQemuBridge/include").path

  /// A library with the symbol that a plug-in has, and this as the body of its function, after `declarations`.
  static func build(
    entry body: String, after declarations: String = "", in folder: String
  ) async throws -> String {
    let source = """
      #include <stdio.h>
      #include "grace-gpu-abi.h"
      \(declarations)
      const GraceFunctions *grace_gpu_plugin(uint32_t oldest, uint32_t newest, GraceError *error) {
      (void)oldest; (void)newest; (void)error;
      \(body)
      }
      """
    try source.write(toFile: folder + "/source.c", atomically: true, encoding: .utf8)
    try compile(["-shared", "-fPIC", "-o", folder + "/library.so", folder + "/source.c"])
    return folder + "/library.so"
  }

  /// Bytes of the table that the header demands.
  static func tableSize(in folder: String) async throws -> String? {
    let source = """
      #include <stdio.h>
      #include "grace-gpu-abi.h"
      int main(void) { printf("%zu", sizeof(GraceFunctions)); return 0; }
      """
    try source.write(toFile: folder + "/size.c", atomically: true, encoding: .utf8)
    try compile(["-o", folder + "/size", folder + "/size.c"])
    let program = Process()
    let output = Pipe()
    program.executableURL = URL(filePath: folder + "/size")
    program.standardOutput = output
    try program.run()
    program.waitUntilExit()
    return try output.fileHandleForReading.readToEnd().map { String(decoding: $0, as: UTF8.self) }
  }

  /// Removes what the compiler read and wrote.
  static func tidy(_ folder: String) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      try FileManager.default.removeItem(atPath: folder + "/" + name)
    }
  }

  private static func compile(_ arguments: [String]) throws {
    let compiler = try Process.run(
      URL(filePath: "/usr/bin/env"), arguments: ["cc", "-I", include] + arguments)
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0)
  }
}
