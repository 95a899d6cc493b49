// SPDX-License-Identifier: GPL-2.0-or-later

/// Why the text of a profile cannot be used. docs/profiles.md describes the format.
///
/// One type and no cases: who reads it is the text's author, and what there is to correct is a line.
public struct ProfileError: Error, Sendable {
  /// The line, from 1 on; 0 if it is something that is missing.
  public let line: Int
  /// What is wrong, and what to do, in one sentence.
  public let problem: String

  /// A sentence in which each `%` stands for the next of `parts`.
  ///
  /// Interpolation would write out the same in every place; there are eighty of them, and the plug-in has to stay small.
  @inline(never)
  init(_ line: Int, _ sentence: StaticString, _ parts: [String] = []) {
    var bytes: [UInt8] = []
    var next = 0
    for index in 0..<sentence.utf8CodeUnitCount {
      let byte = sentence.utf8Start[index]
      if byte == 0x25, next < parts.count {
        bytes += Array(parts[next].utf8)
        next += 1
      } else {
        bytes.append(byte)
      }
    }
    self.line = line
    problem = String(decoding: bytes, as: UTF8.self)
  }

  /// What is wrong with an option of the device is wrong with the setting.
  @inline(never)
  init(_ line: Int, _ error: OptionError) {
    self.line = line
    problem = error.message
  }

  /// A text of so many bytes is too long. It need not be there for that.
  public static func textTooLong(_ byteCount: Int) -> ProfileError {
    ProfileError(
      0, "it has % bytes and may have %; leave something out",
      [ProfileText.decimal(byteCount), ProfileText.decimal(ProfileLine.largestText)])
  }

  /// One sentence for the user, in which the file has that name.
  public func message(in file: String) -> String {
    line > 0
      ? ProfileError(0, "%, line %: %", [file, ProfileText.decimal(line), problem]).problem
      : ProfileError(0, "%: %", [file, problem]).problem
  }
}

/// Numbers and lists as the sentences have them.
enum ProfileText {
  @inline(never)
  static func hex(_ value: UInt64) -> String { "0x" + hexadecimal(value) }
  static func hex(_ value: UInt32) -> String { hex(UInt64(value)) }
  static func hex(_ value: UInt16) -> String { hex(UInt64(value)) }

  @inline(never)
  static func decimal(_ value: UInt64) -> String { String(value) }
  static func decimal(_ value: Int) -> String { decimal(UInt64(value.magnitude)) }

  /// `a, b, c`, with an ending behind each.
  @inline(never)
  static func list(_ names: [String], ending: String = "") -> String {
    var list = ""
    for name in names {
      if !list.utf8.isEmpty { list += ", " }
      list += name
      list += ending
    }
    return list
  }
}
