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
    for row in 0..<side {
      for column in 0..<side { checkDistance(slit, row, column, side: side) }
    }
  }

  private mutating func checkDistance(_ slit: SLIT, _ row: Int, _ column: Int, side: Int) {
    let table = slit.table.source
    let offset = slit.offset(from: row, to: column, side: side)
    guard let distance = slit.table.byte(at: offset) else { return }
    let found = "\(row) to \(column): \(distance)"
    if row == column {
      if distance != 10 { list.add(.slitDiagonal, in: table, at: offset, found: found, expected: "10") }
    } else if distance == 0 {
      list.add(.slitZero, in: table, at: offset, found: found, expected: "11 to 255")
    } else if distance <= 10 {
      list.add(.slitOffDiagonal, in: table, at: offset, found: found, expected: "11 to 255")
    } else if row < column, let back = slit.table.byte(at: slit.offset(from: column, to: row, side: side)),
      back > 10, back != distance
    {
      // Memory alone initiates nothing: its row may say that there is no way although its column has one.
      let isOneWay = back == 255 || distance == 255
      list.add(
        .slitAsymmetric, in: table, at: offset, found: "\(found); \(column) to \(row): \(back)",
        expected: "equal distances", severity: isOneWay ? .info : nil)
    }
  }
}
