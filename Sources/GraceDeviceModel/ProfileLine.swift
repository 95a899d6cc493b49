// SPDX-License-Identifier: GPL-2.0-or-later

/// One setting of a profile's text: `name = value`, whose value can have several words.
struct ProfileLine {
  /// The largest text in bytes.
  static var largestText: Int { 64 << 10 }
  /// The longest line in bytes, comments not counted: a message has room for all of it.
  static var longestLine: Int { 200 }

  /// Its place in the text, from 1 on.
  let number: Int
  let setting: Setting
  /// The words of the value; at least one.
  let words: [String]

  /// The settings of a text, in its order. A `#` begins a comment, and lines may end as on Windows.
  static func lines(of text: String) throws(ProfileError) -> [ProfileLine] {
    let bytes = Array(text.utf8)
    guard bytes.count <= largestText else {
      throw ProfileError(0, "it has \(bytes.count) bytes and may have \(largestText); leave something out")
    }
    var lines: [ProfileLine] = []
    var number = 0
    for line in bytes.split(separator: 0x0a, omittingEmptySubsequences: false) {
      number += 1
      var content = line.prefix { $0 != 0x23 }
      if content.last == 0x0d { content = content.dropLast() }
      if let setting = try Self(content, number: number) { lines.append(setting) }
    }
    return lines
  }

  /// What a line without its comment says; nil if that is nothing.
  private init?(_ line: ArraySlice<UInt8>, number: Int) throws(ProfileError) {
    let text = Self.trimmed(line)
    guard !text.isEmpty else { return nil }
    guard text.count <= Self.longestLine else {
      throw ProfileError(number, "the line has \(text.count) bytes and may have \(Self.longestLine); shorten it")
    }
    guard text.allSatisfy({ ($0 >= 0x20 || $0 == 0x09) && $0 != 0x7f }) else {
      throw ProfileError(number, "a control character is in the line; take it out")
    }
    guard let equals = text.firstIndex(of: 0x3d), equals > text.startIndex else {
      throw ProfileError(number, "'\(Self.string(text))' is no setting; write NAME = VALUE")
    }
    let name = Self.string(Self.trimmed(text[..<equals]))
    let value = Self.trimmed(text[(equals + 1)...])
    guard !value.isEmpty else { throw ProfileError(number, "\(name) has no value; write one after the =") }
    self.number = number
    setting = Setting(name: name, value: Self.string(value))
    var words: [String] = []
    for word in value.split(whereSeparator: Self.isBlank) { words.append(Self.string(word)) }
    self.words = words
  }

  /// An error at this line.
  func error(_ problem: String) -> ProfileError { ProfileError(number, problem) }

  /// Word `index` as a number that the setting calls `name`.
  func number(_ index: Int, upTo limit: UInt64) throws(ProfileError) -> UInt64 {
    try checked { setting throws(OptionError) in
      try Setting(name: setting.name, value: words[index]).number(upTo: limit)
    }
  }

  /// What is read from the setting, with its error at this line.
  func checked<Value>(_ body: (Setting) throws(OptionError) -> Value) throws(ProfileError) -> Value {
    do throws(OptionError) {
      return try body(setting)
    } catch let problem {
      throw ProfileError(number, problem.message)
    }
  }

  /// The words from `first` on, which are `name=value` with one of `names` and no name twice.
  func attributes(from first: Int, named names: [String]) throws(ProfileError) -> [Setting] {
    var list: [Setting] = []
    for word in words[first...] {
      let parts = word.utf8.split(separator: 0x3d, maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(decoding: Array(parts[0]), as: UTF8.self)
      guard parts.count == 2, names.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else {
        var known = ""
        for name in names { known += known.utf8.isEmpty ? name + "=" : ", " + name + "=" }
        throw error("'\(word)' is nothing that \(setting.name) has; it has \(known)")
      }
      guard !list.contains(where: { $0.isNamed(name) }) else {
        throw error("\(name)= is there twice; leave out one")
      }
      list.append(Setting(name: name, value: String(decoding: Array(parts[1]), as: UTF8.self)))
    }
    return list
  }

  /// The attribute `name` as a number, or nil if it is not there.
  func number(_ name: String, in attributes: [Setting], upTo limit: UInt64) throws(ProfileError) -> UInt64? {
    for attribute in attributes where attribute.isNamed(name) {
      return try checked { _ throws(OptionError) in try attribute.number(upTo: limit) }
    }
    return nil
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var text = text.drop(while: isBlank)
    while let last = text.last, isBlank(last) { text.removeLast() }
    return text
  }

  private static func string(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: Array(bytes), as: UTF8.self)
  }
}
