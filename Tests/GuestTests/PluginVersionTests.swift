// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

/// A guest that moves between QEMUs with different plug-ins (docs/abi.md, "Saved state"). The other one is a library that
/// passes everything on to the real one, and says of itself and of its state what a test wants.
@Suite("Migration between versions of the plug-in")
struct PluginVersionTests {
  /// Builds a plug-in of another version; `stateVersion` is of the state that it saves, if not the real one's.
  private static func build(in folder: String, stateVersion: UInt32? = nil) async throws -> String {
    let real = try GuestAssets.load().path(.plugin)
    let declarations = """
      #include <dlfcn.h>
      #include <string.h>

      static const GraceFunctions *real;
      static GraceFunctions table;

      static GraceStatus save(const GraceDevice *device, uint8_t *bytes, uint32_t capacity, uint32_t *length)
      {
          GraceStatus status = real->snapshot_save(device, bytes, capacity, length);
          uint32_t version = \(stateVersion ?? 0);

          /* Magic, version: docs/abi.md. */
          if (!status && bytes && version) {
              for (int i = 0; i < 4; i++) {
                  bytes[4 + i] = (uint8_t)(version >> 8 * i);
              }
          }
          return status;
      }
      """
    let body = """
      void *library = dlopen("\(real)", RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
      if (!library) {
          return NULL;
      }
      real = ((const GraceFunctions *(*)(uint32_t, uint32_t, GraceError *))dlsym(library, GRACE_PLUGIN_SYMBOL))(
          oldest, newest, error);
      if (!real) {
          return NULL;
      }
      memcpy(&table, real, sizeof(table));
      table.model_version = "99.0.0";
      table.snapshot_save = save;
      return &table;
      """
    return try await PluginBuilder.build(entry: body, after: declarations, in: folder)
  }

  private static func machine(plugin: String) -> MachineOptions {
    var machine = MigrationTests.machine
    machine.deviceProperties["plugin"] = plugin
    return machine
  }

  @Test(
    "a guest moves to another version whose state has the same version, and back",
    arguments: [true, false])
  func sameState(leavesRealOne: Bool) async throws {
    try await withFiles([:]) { folder in
      let other = PluginVersionTests.machine(plugin: try await PluginVersionTests.build(in: folder))
      let real = MigrationTests.machine
      let cases = try await MigrationTests.cases(
        of: leavesRealOne ? real : other, movingTo: leavesRealOne ? other : real)
      for result in cases where result.result != .passed {
        Issue.record("\(result.name): \(result.diagnostics)")
      }
      try PluginBuilder.tidy(folder)
    }
  }

  @Test("a guest whose state has a later version is refused in a sentence, and goes on where it is")
  func laterState() async throws {
    try await withFiles([:]) { folder in
      let later = PluginVersionTests.machine(
        plugin: try await PluginVersionTests.build(in: folder, stateVersion: 5))
      let cases = try await MigrationTests.cases(of: later, movingTo: MigrationTests.machine)
      let failed = cases.filter { $0.result != .passed }
      #expect(failed.map(\.name) == [MigrationTests.move, MigrationTests.movesUnready], "\(failed)")
      let sentence = "gpu0: the saved state has version 5, this plug-in reads version 4"
      for result in failed {
        #expect(result.diagnostics.contains { $0.contains(sentence) }, "\(result.diagnostics)")
      }
      try PluginBuilder.tidy(folder)
    }
  }
}
