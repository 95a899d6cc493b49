// SPDX-License-Identifier: GPL-2.0-or-later

/// A line of the hypervisor's console that it passed on from one of its guests (guest/nested-check.h).
struct NestedLine: Hashable {
  /// Where the hypervisor had it from.
  enum Stream: Character {
    /// The guest's console.
    case console = "|"
    /// A message of its VMM.
    case message = "!"
    /// The VMM's monitor.
    case monitor = "<"
  }

  let guest: Int
  let stream: Stream
  let text: String

  /// The line, or nil if it is one of the hypervisor's own.
  init?(_ line: String) {
    let line = line.drop { $0 == " " }
    guard line.hasPrefix("guest"), let mark = line.firstIndex(where: { !$0.isLetter && !$0.isNumber }),
      let guest = Int(line[..<mark].dropFirst("guest".count)), let stream = Stream(rawValue: line[mark])
    else { return nil }
    let rest = line[line.index(after: mark)...]
    guard rest.isEmpty || rest.first == " " else { return nil }
    self.guest = guest
    self.stream = stream
    text = String(rest.dropFirst())
  }

  /// The line as the hypervisor takes it for the guest's console.
  static func console(_ text: String, to guest: Int) -> String { "guest\(guest)| \(text)" }

  /// The line as the hypervisor takes it for the monitor of the guest's VMM.
  static func monitor(_ text: String, to guest: Int) -> String { "guest\(guest)< \(text)" }
}
