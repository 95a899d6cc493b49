// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import Testing

/// grace-boot when somebody ends it while a guest runs. Set-ups are ended by scripts/check-setup.
@Suite("Boots that are ended")
struct InterruptionTests {
  private static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "grace-boot")

  /// Waits until a file has a whole line, and returns it.
  private func line(of path: String) async throws -> String {
    for _ in 0..<600 {
      if let text = try? String(contentsOfFile: path, encoding: .utf8), text.hasSuffix("\n") {
        return String(text.dropLast())
      }
      try await Task.sleep(for: .milliseconds(50))
    }
    throw CancellationError()
  }

  @Test(
    "a signal ends QEMU, removes temporary files, and is the status", arguments: [SIGINT, SIGTERM, SIGHUP])
  func ended(number: Int32) async throws {
    // Something that runs like QEMU, and whose process is known.
    let qemu = "#!/bin/sh\necho $$ >\"$MARK\"\nexec sleep 60\n"
    try await withFiles(["qemu*": Array(qemu.utf8), "tmp/": []]) { folder in
      let names = ["PLUGIN", "KERNEL", "INITRD", "FIRMWARE", "SELFTESTS_INITRD"]
      let assets = names.map { "\($0)=\(folder)/qemu\n" }.joined() + "QEMU=\(folder)/qemu\n"
      try assets.write(toFile: folder + "/assets", atomically: true, encoding: .utf8)
      let boot = Process()
      boot.executableURL = Self.program
      // The selftests are joined to the guest's programs in a temporary file.
      boot.arguments = ["--selftests", "vfio-pci", "--assets", folder + "/assets"]
      boot.environment = ["TMPDIR": folder + "/tmp", "MARK": folder + "/mark", "PATH": "/usr/bin:/bin"]
      boot.standardOutput = FileHandle.nullDevice
      boot.standardError = FileHandle.nullDevice
      try boot.run()
      let process = try #require(Int32(try await line(of: folder + "/mark")))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/tmp").count == 1)
      kill(boot.processIdentifier, number)
      boot.waitUntilExit()
      #expect(boot.terminationReason == .exit)
      #expect(boot.terminationStatus == 128 + number)
      #expect(kill(process, 0) == -1 && errno == ESRCH)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/tmp").isEmpty)
      for name in ["assets", "mark"] { try FileManager.default.removeItem(atPath: folder + "/" + name) }
    }
  }
}
