// SPDX-License-Identifier: GPL-2.0-or-later

extension Checker {
  mutating func checkDistances(_ slit: SLIT) {
    let table = slit.table
    guard let count = slit.localityCount else {
      list.add(
        .slitLength, in: table.source, at: 36, found: "\(table.end) bytes", expected: "44 bytes or more")
      return
    }
    if slit.expectedLength != UInt64(table.end) {
      list.add(
        .slitLength, in: table.source, at: 36, found: "\(count) localities in \(table.end) bytes",
        expected: slit.expectedLength.map { "\($0) bytes" } ?? "fewer localities")
    }
    if let highest = domains?.max() {
      let needed = UInt64(highest) + 1
      if count < needed {
        list.add(
          .slitTooSmall, in: table.source, at: 36, found: "\(count) localities",
          expected: "\(needed): the SRAT's highest domain is \(highest)")
      } else if count > needed {
        list.add(.slitTooLarge, in: table.source, at: 36, found: "\(count) localities", expected: "\(needed)")
      }
    }
    guard let side = slit.side else { return }
    let mute = Set((0..<side).filter { isMute($0, in: slit, side: side) })
    for row in 0..<side {
      for column in 0..<side { checkDistance(slit, row, column, side: side, mute: mute) }
    }
  }

  /// Whether a domain initiates nothing and its row says so: 255 to everything but itself. NVIDIA's firmware writes this
  /// for the extended memory of a GPU, whose column has distances (NumaInfoLib.c). Without an SRAT the row alone speaks.
  private func isMute(_ row: Int, in slit: SLIT, side: Int) -> Bool {
    if let initiatorDomains, let domain = UInt32(exactly: row), initiatorDomains.contains(domain) {
      return false
    }
    return (0..<side).allSatisfy { column in
      column == row || slit.table.byte(at: slit.offset(from: row, to: column, side: side)) == 255
    }
  }

  private mutating func checkDistance(
    _ slit: SLIT, _ row: Int, _ column: Int, side: Int, mute: Set<Int>
  ) {
    let table = slit.table.source
    let offset = slit.offset(from: row, to: column, side: side)
    guard let distance = slit.table.byte(at: offset) else { return }
    // Made only for a finding: a large machine has millions of distances.
    var found: String { "\(row) to \(column): \(distance)" }
    if row == column {
      if distance != 10 { list.add(.slitDiagonal, in: table, at: offset, found: found, expected: "10") }
    } else if distance == 0 {
      list.add(.slitZero, in: table, at: offset, found: found, expected: "11 to 255")
    } else if distance <= 10 {
      list.add(.slitOffDiagonal, in: table, at: offset, found: found, expected: "11 to 255")
    } else if row < column, let back = slit.table.byte(at: slit.offset(from: column, to: row, side: side)),
      back > 10, back != distance
    {
      let isMute = mute.contains(row) || mute.contains(column)
      list.add(
        .slitAsymmetric, in: table, at: offset, found: "\(found); \(column) to \(row): \(back)",
        expected: "equal distances", severity: isMute ? .info : nil)
    }
  }
}
