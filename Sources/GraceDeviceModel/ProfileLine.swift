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
    guard bytes.count <= largestText else { throw .textTooLong(bytes.count) }
    var lines: [ProfileLine] = []
    var number = 0
    for line in parts(of: bytes, at: { $0 == 0x0a }) {
      number += 1
      var content = Array(line.prefix { $0 != 0x23 })
      if content.count == line.count, content.last == 0x0d { content.removeLast() }
      for index in content.indices where content[index] == 0x09 { content[index] = 0x20 }
      if let setting = try Self(trimmed(content), number: number) { lines.append(setting) }
    }
    return lines
  }

  /// What a line without its comment says; nil if that is nothing.
  private init?(_ text: [UInt8], number: Int) throws(ProfileError) {
    guard !text.isEmpty else { return nil }
    guard text.count <= Self.longestLine else {
      throw ProfileError(
        number, "the line has % bytes and may have %; shorten it",
        [ProfileText.decimal(text.count), ProfileText.decimal(Self.longestLine)])
    }
    for byte in text where byte < 0x20 || byte == 0x7f {
      throw ProfileError(number, "a control character is in the line; take it out")
    }
    var equals = 0
    while equals < text.count, text[equals] != 0x3d { equals += 1 }
    let name = Self.string(Self.trimmed(Array(text.prefix(equals))))
    guard equals < text.count, !name.utf8.isEmpty else {
      throw ProfileError(number, "'%' is no setting; write NAME = VALUE", [Self.string(text)])
    }
    let value = Self.trimmed(Array(text.dropFirst(equals + 1)))
    guard !value.isEmpty else { throw ProfileError(number, "% has no value; write one after the =", [name]) }
    self.number = number
    setting = Setting(name: name, value: Self.string(value))
    var words: [String] = []
    for word in Self.parts(of: value, at: { $0 == 0x20 }) where !word.isEmpty {
      words.append(Self.string(word))
    }
    self.words = words
  }

  @inline(never)
  private static func trimmed(_ text: [UInt8]) -> [UInt8] {
    var start = 0
    var end = text.count
    while start < end, text[start] == 0x20 { start += 1 }
    while end > start, text[end - 1] == 0x20 { end -= 1 }
    return Array(text[start..<end])
  }

  @inline(never)
  private static func parts(of text: [UInt8], at isBorder: (UInt8) -> Bool) -> [[UInt8]] {
    var parts: [[UInt8]] = []
    var part: [UInt8] = []
    for byte in text {
      if isBorder(byte) {
        parts.append(part)
        part = []
      } else {
        part.append(byte)
      }
    }
    parts.append(part)
    return parts
  }

  @inline(never)
  private static func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

extension ProfileLine {
  /// An error at this line, in which each `%` stands for the next of `parts`.
  func error(_ sentence: StaticString, _ parts: [String] = []) -> ProfileError {
    ProfileError(number, sentence, parts)
  }

  /// The whole value as a number.
  func single(upTo limit: UInt64) throws(ProfileError) -> UInt64 { try number(of: setting, upTo: limit) }

  /// The whole value as 32 bits.
  func dword() throws(ProfileError) -> UInt32 {
    UInt32(truncatingIfNeeded: try single(upTo: UInt64(UInt32.max)))
  }

  /// Word `index` as a number.
  func number(_ index: Int, upTo limit: UInt64) throws(ProfileError) -> UInt64 {
    try number(of: Setting(name: setting.name, value: words[index]), upTo: limit)
  }

  /// The attribute `name` as a number, or nil if it is not there.
  @inline(never)
  func number(_ name: String, in attributes: [Setting], upTo limit: UInt64) throws(ProfileError) -> UInt64? {
    for attribute in attributes where attribute.isNamed(name) {
      return try number(of: attribute, upTo: limit)
    }
    return nil
  }

  @inline(never)
  private func number(of setting: Setting, upTo limit: UInt64) throws(ProfileError) -> UInt64 {
    do throws(OptionError) {
      return try setting.number(upTo: limit)
    } catch let problem {
      throw ProfileError(number, problem)
    }
  }

  /// The whole value as bytes or an address.
  @inline(never)
  func byteCount() throws(ProfileError) -> UInt64 {
    do throws(OptionError) {
      return try setting.byteCount()
    } catch let problem {
      throw ProfileError(number, problem)
    }
  }

  /// The whole value as `on` or `off`.
  @inline(never)
  func isOn() throws(ProfileError) -> Bool {
    do throws(OptionError) {
      return try setting.isOn()
    } catch let problem {
      throw ProfileError(number, problem)
    }
  }

  /// The words from `first` on, which are `name=value` with one of `names` and no name twice.
  @inline(never)
  func attributes(from first: Int, named names: [String]) throws(ProfileError) -> [Setting] {
    var list: [Setting] = []
    for word in words.dropFirst(first) {
      let parts = Self.parts(of: Array(word.utf8), at: { $0 == 0x3d })
      let name = Self.string(parts[0])
      guard parts.count == 2, Setting.isAny(name, of: names) else {
        throw error(
          "'%' is nothing that % has; it has %", [word, setting.name, ProfileText.list(names, ending: "=")])
      }
      for other in list where other.isNamed(name) { throw error("%= is there twice; leave out one", [name]) }
      list.append(Setting(name: name, value: Self.string(parts[1])))
    }
    return list
  }
}

extension Setting {
  /// Whether `name` is one of `names`.
  @inline(never)
  static func isAny(_ name: String, of names: [String]) -> Bool {
    for other in names where other.utf8.elementsEqual(name.utf8) { return true }
    return false
  }
}
