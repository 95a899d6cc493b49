// SPDX-License-Identifier: GPL-2.0-or-later

/// What one line of a console is in the protocol, once its indentation is gone.
enum KTAPLine: Equatable {
  case version
  case plan(Int)
  case result(KTAPCase)
  case diagnostic(String)
  case bailOut(reason: String)
  /// It starts like a line of the protocol and does not go on like one.
  case malformed
  /// It belongs to something else that writes to the console.
  case other

  /// The versions that the kernel's own parser takes.
  private static let versions = ["KTAP version 1", "TAP version 13", "TAP version 14"]

  init(_ text: Substring) {
    if text.hasPrefix("#") {
      self = .diagnostic(String(text.dropFirst(text.hasPrefix("# ") ? 2 : 1)))
    } else if text.hasPrefix("KTAP version") || text.hasPrefix("TAP version") {
      self = KTAPLine.versions.contains(String(text)) ? .version : .malformed
    } else if text.hasPrefix("1..") {
      let words = text.dropFirst(3).split(separator: " ", maxSplits: 1)
      self = words.first.flatMap(KTAPLine.number).map { .plan($0) } ?? .malformed
    } else if text.hasPrefix("Bail out!") {
      self = .bailOut(reason: text.dropFirst("Bail out!".count).trimmed)
    } else if text == "ok" || text.hasPrefix("ok ") {
      self = KTAPLine.result(.passed, text.dropFirst(2))
    } else if text == "not ok" || text.hasPrefix("not ok ") {
      self = KTAPLine.result(.failed, text.dropFirst(6))
    } else {
      self = .other
    }
  }

  /// Reads ` <number> [- ][<description>][ # [<directive>] [<diagnostic data>]]`.
  private static func result(_ result: KTAPCase.Result, _ text: Substring) -> KTAPLine {
    let words = text.split(separator: " ", maxSplits: 1)
    guard let number = words.first.flatMap(number) else { return .malformed }
    var name = words.count == 2 ? words[1] : ""
    var data: Substring = ""
    if let mark = name.firstRange(of: "# "),
      mark.lowerBound == name.startIndex || name[..<mark.lowerBound].last == " "
    {
      data = name[mark.upperBound...]
      name = name[..<mark.lowerBound]
    }
    if name.hasPrefix("- ") { name = name.dropFirst(2) }

    var parsed = KTAPCase(number: number, name: name.trimmed, result: result)
    if data == "SKIP" || data.hasPrefix("SKIP ") {
      parsed.result = .skipped(reason: data.dropFirst(4).trimmed)
    } else if !data.isEmpty {
      parsed.diagnostics = [data.trimmed]
    }
    return .result(parsed)
  }

  private static func number(_ text: Substring) -> Int? {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
  }
}

extension Substring {
  fileprivate var trimmed: String {
    var text = self
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
