// SPDX-License-Identifier: GPL-2.0-or-later

/// What a program of the guest asks of the host, by a line `# host: WORD ...` on its console.
///
/// The program waits for an answer: a line on its serial input.
public struct HostRequest: Hashable, Sendable, CustomStringConvertible {
  /// The first word, which says what is to be done.
  public let name: String
  /// The other words.
  public let arguments: [String]

  /// What marks a line as a request, at any indentation.
  static let mark = "# host: "

  /// The request on a console line, or nil if the line is not marked as one or says nothing.
  init?(line: String) {
    let text = line.drop { $0 == " " }
    guard text.hasPrefix(HostRequest.mark) else { return nil }
    let words = text.dropFirst(HostRequest.mark.count).split(separator: " ").map(String.init)
    guard let name = words.first else { return nil }
    self.name = name
    arguments = Array(words.dropFirst())
  }

  /// The words as the guest wrote them.
  public var description: String { ([name] + arguments).joined(separator: " ") }

  /// Answers a guest's request, in one line, after doing what it asks.
  public typealias Answer = @Sendable (HostRequest, RunningGuest) async throws -> String
}

/// A request that nobody expected.
public struct UnknownRequest: Error, Hashable, CustomStringConvertible {
  private let request: HostRequest

  /// That request is not one of those that this host knows.
  public init(_ request: HostRequest) {
    self.request = request
  }

  /// The error as one sentence.
  public var description: String {
    "The guest asked the host for '\(request)', which this test does not know."
  }
}
