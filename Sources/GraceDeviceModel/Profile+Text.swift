// SPDX-License-Identifier: GPL-2.0-or-later

extension Profile {
  /// A profile of the user's own, as a text describes it: another profile and what is different.
  ///
  /// - Parameter text: at most 64 KiB. docs/profiles.md describes the format.
  public init(text: String) throws(ProfileError) {
    let lines = try ProfileLine.lines(of: text)
    guard let line = lines.first(where: { $0.setting.isNamed("base") }) else {
      throw ProfileError(0, "it has no base; begin with base = and one of: \(Profile.allNames)")
    }
    guard let base = Profile.named(line.setting.value) else {
      throw line.error("there is no profile '\(line.setting.value)' to start from; use one of: \(Profile.allNames)")
    }
    var draft = ProfileDraft(base: base)
    for line in lines { try draft.take(line) }
    self = try draft.finished()
  }
}
