// SPDX-License-Identifier: GPL-2.0-or-later

/// Lets only so many tasks work at the same time; the others wait in the order in which they came.
///
/// A program that waits for its turn must not pay for it with its time limit.
actor Places {
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  /// So many places.
  init(_ count: Int) { free = count }

  /// Works in one of the places.
  func work<Value: Sendable>(_ body: @Sendable () async throws -> Value) async rethrows -> Value {
    await take()
    defer { give() }
    return try await body()
  }

  private func take() async {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  /// A place goes to who waits longest, without becoming free in between.
  private func give() {
    if waiting.isEmpty {
      free += 1
    } else {
      waiting.removeFirst().resume()
    }
  }
}
