// SPDX-License-Identifier: GPL-2.0-or-later

import Testing

@testable import GraceFirmware

@Suite("Domains that are taken")
struct DomainRangesTests {
  @Test("the lowest range that overlaps is found, as by looking at each")
  func search() {
    for step in 1...7 as ClosedRange<UInt32> {
      // Ranges of 1 to 3 domains with gaps, taken in an order of their own.
      let all = (0..<20 as Range<UInt32>).map { $0 * 5..<$0 * 5 + 1 + $0 % 3 }
      var ranges = DomainRanges()
      var taken: [Range<UInt32>] = []
      for index in 0..<20 as Range<UInt32> {
        let range = all[Int(index * step * 3 % 20)]
        guard ranges.overlapping(range) == nil else { continue }
        ranges.insert(range)
        taken.append(range)
        for start in 0..<105 as Range<UInt32> {
          for count in [1, 4, 9] as [UInt32] {
            let expected = taken.filter { $0.overlaps(start..<start + count) }.min {
              $0.lowerBound < $1.lowerBound
            }
            #expect(ranges.overlapping(start..<start + count) == expected)
          }
        }
      }
    }
  }
}
