// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import Testing

/// The checker judges what the builder makes. A constant that both take from one place would be wrong in both.
@Suite("Module graph")
struct ModuleGraphTests {
  private static let checkout = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Names of the targets in a manifest, each with the names in its dependencies.
  private func targets(in manifest: String) throws -> [String: Set<String>] {
    var targets: [String: Set<String>] = [:]
    for call in manifest.matches(of: /\.(?:target|executableTarget|testTarget)\(\s*name:\s*"([^"]+)"/) {
      let name = String(call.1)
      let rest = manifest[call.range.upperBound...]
      // Up to the next target; the dependencies are the first brackets after their label.
      let end =
        rest.firstMatch(of: /\.(?:target|executableTarget|testTarget)\(/)?.range.lowerBound ?? rest.endIndex
      var names: Set<String> = []
      if let list = rest[..<end].firstMatch(of: /dependencies:\s*\[([^\]]*)\]/) {
        let list = list.1.replacing(/package:\s*"[^"]*"/, with: "")
        names = Set(list.matches(of: /"([^"]+)"/).map { String($0.1) })
      }
      targets[name] = names
    }
    return targets
  }

  /// All that a target reaches.
  private func closure(of name: String, in targets: [String: Set<String>]) -> Set<String> {
    var reached: Set<String> = []
    var open = [name]
    while let next = open.popLast() {
      for name in targets[next] ?? [] where reached.insert(name).inserted { open.append(name) }
    }
    return reached
  }

  @Test("checker and builder have no path between them in either direction")
  func noPath() throws {
    let manifest = try String(
      contentsOf: Self.checkout.appendingPathComponent("Package.swift"), encoding: .utf8)
    let targets = try targets(in: manifest)
    // What is known to be there, so that a manifest that is written otherwise does not pass unread.
    #expect(targets["GraceFirmware"] == ["GraceDeviceModel"])
    #expect(targets["GraceConformance"] == [])
    #expect(targets["gracectl"]?.contains("GraceConformance") == true)
    for builder in ["GraceFirmware", "GraceDeviceModel", "GracePlugin", "CQemuBridge"] {
      #expect(targets[builder] != nil)
      #expect(!closure(of: builder, in: targets).contains("GraceConformance"))
    }
    #expect(closure(of: "GraceConformance", in: targets).isEmpty)
  }

  @Test("the reader of manifests finds a path when there is one")
  func finds() throws {
    let targets = try targets(
      in: """
        .target(name: "A", dependencies: ["B"]), .executableTarget(
          name: "B", dependencies: [
            .product(name: "X", package: "x"), "C",
          ]), .target(name: "C", swiftSettings: []),
        """)
    #expect(closure(of: "A", in: targets) == ["B", "C", "X"])
  }

  @Test("the checker imports nothing")
  func noImports() throws {
    let folder = Self.checkout.appendingPathComponent("Sources/GraceConformance")
    let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
      .compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
    #expect(files.count > 20)
    for file in files {
      let text = try String(contentsOf: file, encoding: .utf8)
      let imports = text.split(separator: "\n").filter { $0.contains(/^\s*(?:@\S+\s+|\w+\s+)*import\s/) }
      #expect(imports.isEmpty, "\(file.lastPathComponent)")
    }
  }
}
