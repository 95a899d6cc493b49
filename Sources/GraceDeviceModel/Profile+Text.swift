// SPDX-License-Identifier: GPL-2.0-or-later

extension Profile {
  /// A profile of the user's own, as a text describes it: another profile and what is different.
  ///
  /// - Parameter text: at most 64 KiB. docs/profiles.md describes the format.
  public init(text: String) throws(ProfileError) {
    let lines = try ProfileLine.lines(of: text)
    for line in lines where line.setting.isNamed("base") {
      guard let base = Profile.named(line.setting.value) else {
        throw line.error(
          "there is no profile '%' to start from; use one of: %", [line.setting.value, Profile.allNames])
      }
      var draft = ProfileDraft(base: base)
      for line in lines { try draft.take(line) }
      try draft.finish()
      self = draft.profile
      return
    }
    throw ProfileError(0, "it has no base; begin with base = and one of: %", [Profile.allNames])
  }
}
