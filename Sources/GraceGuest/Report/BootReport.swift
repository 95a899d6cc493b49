// SPDX-License-Identifier: GPL-2.0-or-later

import FoundationEssentials

/// The reports of all guests that were booted.
public struct BootReport: Codable, Hashable, Sendable {
  /// Version of the data's form. It is raised when a key changes its meaning or goes.
  public static let formatVersion = 1

  /// Version of the form.
  public var version: Int
  /// Whether every expectation held.
  public var held: Bool
  /// The guests, in the order in which they were booted.
  public var guests: [GuestReport]

  /// A report of these guests.
  public init(_ guests: [GuestReport]) {
    version = BootReport.formatVersion
    held = !guests.isEmpty && guests.allSatisfy(\.held)
    self.guests = guests
  }

  /// The report as JSON, its keys in alphabetical order.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}
