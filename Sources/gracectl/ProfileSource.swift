// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel

/// A profile as people name it: by the name of a built-in one, or by the path of a file with one of their own.
enum ProfileSource {
  /// Whether it is a path: nothing else has a slash in it, or ends so.
  static func isFile(_ argument: String) -> Bool { argument.contains("/") || argument.hasSuffix(".profile") }

  /// The profile.
  static func profile(_ argument: String) throws(InputError) -> Profile {
    if isFile(argument) { return try profile(file: argument) }
    guard let profile = Profile.named(argument) else { throw .noSuchProfile(argument) }
    return profile
  }

  /// The profile that a file describes.
  static func profile(file: String) throws(InputError) -> Profile {
    let bytes = try TableReader.contents(of: file)
    guard !bytes.isEmpty else { throw .empty(path: file) }
    do throws(ProfileError) {
      return try Profile(text: String(decoding: bytes, as: UTF8.self))
    } catch {
      throw InputError.badProfile(path: file, line: error.line, problem: error.problem)
    }
  }
}
