// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceGuest
import Testing

/// A machine that cannot be: QEMU must say why in one line, and what to do.
struct ImpossibleMachine: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let options: MachineOptions
  /// What the line must name: the problem, then the remedy.
  let words: [String]

  init(
    _ name: String, _ words: [String], _ representation: Representation = .bareMetal,
    change: (inout MachineOptions) -> Void
  ) {
    testDescription = name
    var options = MachineOptions(representation: representation)
    change(&options)
    self.options = options
    self.words = words
  }

  static let all = [
    ImpossibleMachine(
      "a profile that does not exist", ["'gh300'", "gh200-120gb", "gh200-480gb", "gh200-144gb"]
    ) {
      $0.deviceProperties["profile"] = "gh300"
    },
    ImpossibleMachine("a representation that does not exist", ["'host'", "vm", "bare-metal"]) {
      $0.deviceProperties["representation"] = "host"
    },
    ImpossibleMachine("a memory size of no whole MiB", ["1610612737", "multiple", "use"]) {
      $0.memorySize = 1_610_612_737
    },
    ImpossibleMachine("a memory size below the minimum", ["1073741824", "use at least 1536M"]) {
      $0.memorySize = 1 << 30
    },
    ImpossibleMachine("memory on top of the machine's RAM", ["0x40000000", "overlaps", "memory-base="]) {
      $0.deviceProperties["memory-base"] = "0x40000000"
    },
    ImpossibleMachine("memory on top of the PCI window", ["0x8000000000", "overlaps", "memory-base="]) {
      $0.deviceProperties["memory-base"] = "0x8000000000"
    },
    ImpossibleMachine("memory on top of another GPU's", ["0x500000000000", "overlaps", "memory-base="]) {
      $0.deviceProperties["memory-base"] = "0x500000000000"
      $0.gpuCount = 2
    },
    ImpossibleMachine("memory at an address of no whole block", ["0x400000001000", "multiple", "use"]) {
      $0.deviceProperties["memory-base"] = "0x400000001000"
    },
    ImpossibleMachine(
      "an address for memory that is in BARs", ["memory-base", "bare-metal", "leave it out"], .vm
    ) {
      $0.deviceProperties["memory-base"] = "0x400000000000"
    },
    ImpossibleMachine("proximity domains that the machine has itself", ["pxm-start=0", "use 1 or more"]) {
      $0.deviceProperties["pxm-start"] = "0"
    },
    ImpossibleMachine("memory beyond the CPU's address bits", ["0x400000000000", "44", "-cpu"]) {
      $0.cpuModel = "cortex-a57"
    },
    ImpossibleMachine("a 64-bit window that is too small", ["window", "highmem-mmio-size="], .vm) {
      $0.gpuCount = 4
      $0.windowSize = 512 << 30
    },
    ImpossibleMachine("no NUMA node to start from", ["NUMA node", "-numa node", "numa-nodes=0"]) {
      $0.hostNodes = 0
    },
  ]
}

@Suite("Errors at QEMU's start")
struct StartErrorTests {
  @Test(
    "a machine that cannot be ends QEMU with one line that says why and what to do",
    arguments: ImpossibleMachine.all)
  func impossibleMachine(machine: ImpossibleMachine) async throws {
    try expectRefusal(try await GuestLab.start(machine.options), naming: machine.words)
  }

  @Test("a plug-in that is not there is named by its path")
  func missingPlugin() async throws {
    let run = try await GuestLab.start(.vm, replacing: (.plugin, "/nowhere/libgrace-gpu.so"))
    try expectRefusal(run, naming: ["'/nowhere/libgrace-gpu.so'", "plugin="])
  }

  @Test("an empty file is no plug-in")
  func emptyPlugin() async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "grace-empty-\(UUID().uuidString)").path
    try Data().write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    try expectRefusal(try await GuestLab.start(.vm, replacing: (.plugin, path)), naming: [path, "plugin="])
  }

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
}
