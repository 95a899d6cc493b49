// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceConformance
import Subprocess

@testable import gracectl

/// A program that is not installed.
struct MissingTool: Error, CustomStringConvertible {
  let name: String
  var description: String { "\(name) is missing; install acpica-tools" }
}

/// All that a program of ACPICA prints.
func tool(_ name: String, _ arguments: [String]) async throws -> String {
  do {
    let result = try await Subprocess.run(
      .name(name), arguments: Arguments(arguments), input: .none, output: .bytes(limit: 16 << 20),
      error: .bytes(limit: 1 << 20))
    return String(decoding: result.standardOutput + result.standardError, as: UTF8.self)
  } catch let error as SubprocessError where error.code == .executableNotFound {
    throw MissingTool(name: name)
  }
}

/// The values of objects by their paths.
func evaluate(_ paths: [String], files: [String]) async throws -> [EvaluatedObject] {
  try await withThrowingTaskGroup(of: [EvaluatedObject].self) { group in
    for some in AMLEvaluator.batches(of: paths) {
      group.addTask {
        let text = try await tool(
          "acpiexec", ["-di", "-b", some.map { "evaluate \($0)" }.joined(separator: ";")] + files)
        return AcpiexecText.objects(some, in: text)
      }
    }
    return try await group.reduce(into: []) { $0 += $1 }
  }
}

func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

/// `count` bytes at `offset`, the lowest first; nil if they are not all there.
func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> UInt64? {
  guard offset >= 0, offset + count <= bytes.count else { return nil }
  return bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
}

/// Takes out of a table what iasl writes otherwise although it means the same.
enum Recompiled {
  /// - The header's length, checksum, creator id and creator revision.
  /// - `If (Zero) { External (...) }`, which iasl puts before the terms of an SSDT, so that the length differs.
  /// - Bit 1 of a generic initiator's flags, which ACPI 6.4 defined and iasl of 2020 does not know.
  static func comparable(_ table: [UInt8]) -> [UInt8] {
    var head = Array(table.prefix(36))
    for range in [4..<8, 9..<10, 28..<36] {
      for index in range { head[index] = 0 }
    }
    var body = Array(table.dropFirst(36))
    if head.starts(with: Array("SSDT".utf8)), body.starts(with: [0xa0]), let length = packageLength(body) {
      body.removeFirst(1 + length)
    }
    if head.starts(with: Array("SRAT".utf8)) {
      var offset = 12
      while offset + 1 < body.count {
        if body[offset] == 5, offset + 24 < body.count { body[offset + 24] &= ~2 }
        offset += max(2, Int(body[offset + 1]))
      }
    }
    return head + body
  }

  /// PkgLength behind an opcode of one byte (ACPI 6.5, 20.2.4).
  private static func packageLength(_ body: [UInt8]) -> Int? {
    guard body.count > 4 else { return nil }
    let following = Int(body[1] >> 6)
    if following == 0 { return Int(body[1]) }
    var length = Int(body[1] & 0xf)
    for index in 0..<following { length |= Int(body[2 + index]) << (4 + 8 * index) }
    return length
  }
}
