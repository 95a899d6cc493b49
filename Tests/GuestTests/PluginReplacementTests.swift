// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceGuest
import Synchronization
import Testing

/// The file of the plug-in is replaced while a guest runs into which GPUs are plugged. The dynamic linker knows a library by
/// its path, so the model that is loaded goes on; the loader looks at the file before, and refuses what is none.
@Suite("A plug-in that is replaced during a run")
struct PluginReplacementTests {
  /// What happens to the file before a GPU is plugged in, and what the plug then says: nil if it works.
  private struct Step: Sendable {
    let apply: @Sendable (_ path: String, _ original: Data) throws -> Void
    let words: String?
  }

  /// Puts bytes in place of a file as an installer does: beside it, and renamed. Whoever has the old one keeps it.
  private static func install(_ bytes: Data, at path: String) throws {
    try bytes.write(to: URL(filePath: path), options: .atomic)
  }

  private static let steps = [
    Step(apply: { _, _ in }, words: nil),
    Step(apply: { try install($1, at: $0) }, words: nil),
    Step(apply: { path, _ in try install(Data("text\n".utf8), at: path) }, words: "is not a shared library"),
    Step(
      apply: { path, original in try install(original.prefix(100_000), at: path) }, words: "is incomplete"),
    Step(
      apply: { path, _ in try FileManager.default.removeItem(atPath: path) }, words: "cannot open the plug-in"
    ),
    // Another library under the path that is known: the model that is loaded serves.
    Step(
      apply: { path, _ in
        try install(Data(contentsOf: URL(filePath: "/proc/self/exe")), at: path)
      }, words: nil),
    Step(apply: { try install($1, at: $0) }, words: nil),
  ]

  /// Expects that no GPU comes, and that QEMU says why.
  private static func expectRefusal(
    of device: [String: JSONValue], by guest: RunningGuest, saying words: String
  ) async throws {
    let error = await #expect(throws: QMPError.self) { try await guest.plug(device) }
    let sentence = error.map { "\($0)" } ?? ""
    #expect(sentence.hasPrefix("QEMU refused device_add") && sentence.contains(words))
  }

  private final class Counter: Sendable {
    private let value = Mutex(0)

    var current: Int { value.withLock { $0 } }

    func next() -> Int {
      value.withLock { value in
        value += 1
        return value
      }
    }
  }

  @Test("a GPU is plugged in with the model that runs, or is refused in a sentence; the guest goes on")
  func replaced() async throws {
    let original = try GuestAssets.load().path(.plugin)
    let bytes = try Data(contentsOf: URL(filePath: original))
    let plugs = Counter()
    try await withFiles([:]) { folder in
      let path = folder + "/libgrace-gpu.so"
      try PluginReplacementTests.install(bytes, at: path)
      var machine = HotPlugTests.machine("hotplug", .vm)
      machine.extraArguments += ["-device", "pcie-root-port,id=rp1,bus=pcie.0,chassis=2,addr=0x2"]
      let device = HotPlugTests.device(for: machine, plugin: path)
      // Beside a GPU with the first model, one with a second.
      let other = device.merging(["id": "gpu1", "bus": "rp1", "plugin": .string(original)]) { $1 }
      try await LiveGuest.expectPassed(machine) { request, guest in
        switch request.name {
        case "plug":
          let number = plugs.next()
          if number <= PluginReplacementTests.steps.count {
            let step = PluginReplacementTests.steps[number - 1]
            try step.apply(path, bytes)
            if let words = step.words {
              try await PluginReplacementTests.expectRefusal(of: device, by: guest, saying: words)
              try PluginReplacementTests.install(bytes, at: path)
            }
          }
          try await guest.plug(device)
          if number > PluginReplacementTests.steps.count {
            try await PluginReplacementTests.expectRefusal(
              of: other, by: guest, saying: "another grace-gpu uses the plug-in '\(path)'")
          }
        case "unplug": try await guest.unplug("gpu0")
        case "gone": try await guest.unplugged("gpu0")
        case "touched": break
        default: throw UnknownRequest(request)
        }
        return "done"
      }
      try FileManager.default.removeItem(atPath: path)
    }
    #expect(plugs.current == 20)
  }
}
