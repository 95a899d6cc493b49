// SPDX-License-Identifier: GPL-2.0-or-later

/// Ranges of proximity domains that are taken: in ascending order and apart, so that one is found in a few steps however
/// many GPUs there are.
struct DomainRanges {
  private var ranges: [Range<UInt32>] = []

  /// The lowest range that has a domain of `range`, or nil.
  func overlapping(_ range: Range<UInt32>) -> Range<UInt32>? {
    let place = place(of: range)
    guard place < ranges.count, ranges[place].overlaps(range) else { return nil }
    return ranges[place]
  }

  /// Takes a range that overlaps with none.
  mutating func insert(_ range: Range<UInt32>) {
    ranges.insert(range, at: place(of: range))
  }

  /// How many ranges end at the beginning of `range` or before.
  private func place(of range: Range<UInt32>) -> Int {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = low + (high - low) / 2
      if ranges[middle].upperBound <= range.lowerBound { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
