// SPDX-License-Identifier: GPL-2.0-or-later

import CQemuBridge
import Foundation
import Glibc
import GracePlugin
import Testing

// The plug-in as ordinary Swift, through its C header. Tests/CQemuBridgeTests has the same for the built
// library, from C.

/// What a call left in an error.
private func message(_ error: GraceError) -> String {
  withUnsafeBytes(of: error.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}

/// A host that does nothing.
private var idleHost: GraceHost {
  GraceHost(
    struct_size: UInt32(MemoryLayout<GraceHost>.size), log: { _, _, _ in }, now: { _ in 0 },
    set_timer: { _, _ in }, set_region_mode: { _, _, _ in }, set_presence: { _, _ in },
    clear_memory: { _, _, _ in }, dma_read: { _, _, _, _ in 0 }, dma_write: { _, _, _, _ in 0 },
    memory_read: { _, _, _, _ in 0 }, memory_write: { _, _, _, _ in 0 }, interrupt: { _, _ in },
    set_poison: { _, _, _ in })
}

/// The functions, with a device that was made from `settings`; the host does nothing.
private func withDevice(
  _ settings: [(String, String)], _ body: (GraceFunctions, OpaquePointer) throws -> Void
) throws {
  var error = GraceError()
  let functions = try #require(grace_gpu_plugin(GRACE_ABI_VERSION, GRACE_ABI_VERSION, &error)).pointee
  var host = idleHost
  let strings = settings.map { (strdup($0.0), strdup($0.1)) }
  defer {
    strings.forEach {
      free($0.0); free($0.1)
    }
  }
  let options = try strings.map {
    GraceOption(name: try #require($0.0), value: try #require($0.1))
  }
  let made = try #require(
    functions.create(&host, nil, options, UInt32(options.count), &error), "\(message(error))")
  defer { functions.destroy(made) }
  try body(functions, made)
}

@Suite("Plug-in")
struct PluginTests {
  @Test(
    "a host of another version is refused, and the sentence has both ranges", arguments: [(4, 5), (0, 2)])
  func versions(oldest: UInt32, newest: UInt32) {
    var error = GraceError()
    #expect(grace_gpu_plugin(oldest, newest, &error) == nil)
    #expect(error.code == GRACE_E_VERSION)
    #expect(
      message(error)
        == "this QEMU speaks versions \(oldest) to \(newest) of the grace-gpu ABI and the plug-in "
        + "versions 3 to 3; build both from the same release")
  }

  @Test("a host that knows more versions gets the one in common")
  func commonVersion() throws {
    var error = GraceError()
    let functions = try #require(grace_gpu_plugin(0, 9, &error))
    #expect(functions.pointee.abi_version == 3)
    #expect(functions.pointee.struct_size == UInt32(MemoryLayout<GraceFunctions>.size))
  }

  @Test("the model's version is that of the topmost release in the changelog")
  func modelVersion() throws {
    var error = GraceError()
    let functions = try #require(grace_gpu_plugin(GRACE_ABI_VERSION, GRACE_ABI_VERSION, &error))
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let changelog = try String(contentsOf: root.appending(path: "CHANGELOG.md"), encoding: .utf8)
    let release = try #require(changelog.firstMatch(of: /\n## \[([0-9.]+)\]/))
    #expect(String(cString: functions.pointee.model_version) == release.1)
  }

  @Test("the text of a profile makes a device, and its errors are the host's")
  func profileText() throws {
    let text = "base = gb200\nname = mine\nmsix-vectors = 3\nmemory-size = 3G\n"
    // As long as a text may be.
    let whole = text + "#" + String(repeating: "x", count: 65536 - text.utf8.count - 1)
    try withDevice([("profile-text", whole)]) { functions, device in
      var about = GraceDescription()
      about.struct_size = UInt32(MemoryLayout<GraceDescription>.size)
      #expect(functions.describe(device, &about) == GRACE_OK)
      #expect(about.msix_vector_count == 3)
      #expect(about.memory_size == 3 << 30)
    }
    var error = GraceError()
    let functions = try #require(grace_gpu_plugin(GRACE_ABI_VERSION, GRACE_ABI_VERSION, &error)).pointee
    var host = idleHost
    let device = "profile-text".withCString { name in
      (text + "boot0 = 1\nboot0 = 2").withCString { value in
        var option = GraceOption(name: name, value: value)
        return functions.create(&host, nil, &option, 1, &error)
      }
    }
    #expect(device == nil)
    #expect(error.code == GRACE_E_OPTION)
    #expect(message(error) == "the profile's file, line 6: boot0 is in line 5 already; leave out one")
  }

  @Test("the description of a device says what the model says")
  func description() throws {
    try withDevice([("profile", "gh200-144gb"), ("numa-nodes", "3"), ("pxm-start", "7")]) {
      functions, device in
      var about = GraceDescription()
      about.struct_size = UInt32(MemoryLayout<GraceDescription>.size)
      #expect(functions.describe(device, &about) == GRACE_OK)
      #expect(about.region_count == 3)
      #expect(about.msix_vector_count == 9)
      #expect(about.memory_size == 144 << 30)
      #expect(about.domain_count == 3)
      #expect(about.first_domain == 7)
    }
  }

  @Test("the middle of a long message is left out at characters' borders, and what to do is there")
  func longMessage() throws {
    var error = GraceError()
    let functions = try #require(grace_gpu_plugin(GRACE_ABI_VERSION, GRACE_ABI_VERSION, &error)).pointee
    var host = idleHost
    for count in Array(200...215) + Array(240...260) + [5000] {
      let name = String(repeating: "é", count: count)
      let device = name.withCString { text in
        "x".withCString { value in
          var option = GraceOption(name: text, value: value)
          return functions.create(&host, nil, &option, 1, &error)
        }
      }
      #expect(device == nil)
      #expect(error.code == GRACE_E_OPTION)
      let cut = message(error)
      #expect(cut.utf8.count < 504)
      #expect(!cut.contains("\u{fffd}"))
      #expect(cut.hasPrefix("grace-gpu has no option 'ééé"))
      #expect(cut.hasSuffix("é'; use those of docs/device.md and docs/firmware.md"))
    }
  }

  @Test("tables for a topology reach the sink, and an impossible one does not")
  func firmware() throws {
    try withDevice([("numa-nodes", "2")]) { functions, device in
      var path: [UInt8] = [0x08, 0x00]
      try path.withUnsafeMutableBufferPointer { path in
        try "PCI0".withCString { root in
          var placement = GracePlacement(
            device: device, segment: 0, bus: 1, devfn: 0, root_name: root,
            root_domain: .max,
            path: try #require(UnsafePointer(path.baseAddress)), path_count: 2)
          withUnsafePointer(to: &placement) { placement in
            var topology = GraceTopology(
              struct_size: UInt32(MemoryLayout<GraceTopology>.size), flags: 0, placements: placement,
              placement_count: 1, first_free_domain: 1, domain_limit: 3,
              distances: nil, domain_flags: nil)
            var bytes: [UInt8] = []
            var error = GraceError()
            let sink: GraceSink = { context, bytes, count in
              context?.assumingMemoryBound(to: [UInt8].self).pointee
                .append(contentsOf: UnsafeBufferPointer(start: bytes, count: Int(count)))
              return 1
            }
            func build(_ table: GraceTable) -> GraceStatus {
              withUnsafeMutablePointer(to: &bytes) {
                functions.firmware(&topology, table, sink, $0, &error)
              }
            }
            #expect(build(GRACE_TABLE_SRAT) == GRACE_OK)
            #expect(bytes.count == 2 * 32 + 2 * 40)
            bytes = []
            #expect(build(99) == GRACE_E_ARGUMENT)
            topology.domain_limit = 2
            #expect(build(GRACE_TABLE_SRAT) == GRACE_E_TOPOLOGY)
            #expect(bytes.isEmpty)
            #expect(message(error).hasPrefix("the machine would have 3 proximity domains"))
          }
        }
      }
    }
  }
}
