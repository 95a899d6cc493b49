// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceGuest
import Testing

/// Libraries that are no plug-ins of ours. What else keeps QEMU from starting stands in WrongStart.
@Suite("Errors at QEMU's start")
struct StartErrorTests {
  @Test("another library is no plug-in")
  func otherLibrary() async throws {
    // Where the dynamic linker found libc for this very process: the path differs between hosts. The file has no size, and
    // is read to its end only by who does not ask for it.
    let maps = try #require(FileHandle(forReadingAtPath: "/proc/self/maps")).readDataToEndOfFile()
    let path = try #require(
      String(decoding: maps, as: UTF8.self).split(separator: "\n").compactMap {
        $0.split(separator: " ").last
      }
      .first { $0.hasSuffix("/libc.so.6") }.map(String.init))
    let run = try await GuestLab.start(.vm, replacing: (.plugin, path))
    try expectRefusal(run, naming: ["'\(path)'", "not a grace-gpu plug-in", "plugin="])
  }

  @Test("a plug-in of another ABI version is refused with both versions")
  func otherVersion() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "grace-abi-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // A plug-in that has only versions 7 to 9 answers as the header demands.
    let source = """
      #include <stdio.h>
      #include "grace-gpu-abi.h"
      const GraceFunctions *grace_gpu_plugin(uint32_t oldest, uint32_t newest, GraceError *error) {
        error->code = GRACE_E_VERSION;
        snprintf(error->message, sizeof(error->message), "host %u to %u, plug-in 7 to 9", oldest, newest);
        return NULL;
      }
      """
    try source.write(to: folder.appending(path: "old.c"), atomically: true, encoding: .utf8)
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let compiler = try Process.run(
      URL(filePath: "/usr/bin/env"),
      arguments: [
        "cc", "-shared", "-fPIC", "-I", root.appending(path: "Sources/CQemuBridge/include").path, "-o",
        folder.appending(path: "old.so").path, folder.appending(path: "old.c").path,
      ])
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0)
    let run = try await GuestLab.start(.vm, replacing: (.plugin, folder.appending(path: "old.so").path))
    try expectRefusal(run, naming: ["host 3 to 3, plug-in 7 to 9"])
  }

  @Test("memory that the host does not give is a sentence, not an abort", arguments: Representation.allCases)
  func addressSpace(representation: Representation) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "grace-limit-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // QEMU with 8 GiB of addresses, which is enough for the machine without its GPU.
    let limited = folder.appending(path: "qemu-system-aarch64").path
    let qemu = try GuestAssets.load().path(.qemu)
    try "#!/bin/sh\nulimit -v 8388608\nexec '\(qemu)' \"$@\"\n".write(
      toFile: limited, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: limited)
    let run = try await GuestLab.start(
      MachineOptions(representation: representation), replacing: (.qemu, limited))
    try expectRefusal(
      run,
      naming: [
        "-device grace-gpu", "cannot set up guest memory 'grace-gpu.memory'", "Cannot allocate memory",
      ])
  }
}
