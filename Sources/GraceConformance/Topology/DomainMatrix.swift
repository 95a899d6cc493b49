// SPDX-License-Identifier: GPL-2.0-or-later

/// Distances, latencies or bandwidths between single domains.
struct DomainMatrix {
  let name: String
  let table: String
  let unit: String
  /// Places of the domains in rows and columns, and the values row by row.
  private let rows: [UInt32: Int]
  private let columns: [UInt32: Int]
  private let values: [Double?]

  /// Matrices that are drawn at most; real tables have three besides the SLIT.
  static let limit = 16
  /// Domains that are drawn at most. QEMU has 128, and Linux at most 1024.
  static let domainLimit = 1024

  func value(_ from: UInt32, _ to: UInt32) -> Double? {
    guard let row = rows[from], let column = columns[to] else { return nil }
    let index = row * columns.count + column
    return values.indices.contains(index) ? values[index] : nil
  }

  /// The distances of a SLIT between `domains`; `nil` if they are not all in the table.
  init?(_ slit: SLIT, domains: [UInt32]) {
    guard let side = slit.side, side > 0 else { return nil }
    let domains = domains.filter { UInt64($0) < UInt64(side) }
    let places = Dictionary(domains.enumerated().map { ($1, $0) }) { first, _ in first }
    name = "Distance"
    table = "SLIT"
    unit = ""
    (rows, columns) = (places, places)
    values = domains.flatMap { row in
      domains.map { column in
        slit.table.byte(at: slit.offset(from: Int(row), to: Int(column), side: side)).map(Double.init)
      }
    }
  }

  /// A structure of an HMAT with latencies or bandwidths; `nil` if it is another one, or broken.
  init?(_ structure: HMATStructure) {
    let names = [
      "Access latency", "Read latency", "Write latency", "Access bandwidth", "Read bandwidth",
      "Write bandwidth",
    ]
    guard structure.type == 1, structure.isWhole, let type = structure.bytes.byte(at: 9).map(Int.init),
      names.indices.contains(type), let unit = structure.bytes.qword(at: 24),
      let level = structure.bytes.byte(at: 8).map({ $0 & 0xf })
    else { return nil }
    let (initiators, targets) = (structure.initiators, structure.targets)
    guard initiators.count <= Self.domainLimit, targets.count <= Self.domainLimit else { return nil }
    rows = Dictionary(initiators.enumerated().map { ($1.domain, $0) }) { first, _ in first }
    columns = Dictionary(targets.enumerated().map { ($1.domain, $0) }) { first, _ in first }
    // A domain that stands there twice would shift the rows.
    guard rows.count == initiators.count, columns.count == targets.count else { return nil }
    name = names[type] + (level == 0 ? "" : " of cache level \(level)")
    table = "HMAT"
    self.unit = type < 3 ? "ns" : "GB/s"
    // The base unit is in picoseconds or MB/s (ACPI 6.5, 5.2.28.4); 0 and 0xffff are no values.
    values = structure.entries.map {
      $0 == 0 || $0 == 0xffff ? nil : Double($0) * Double(unit) / 1000
    }
  }
}

extension DomainGroup {
  /// Joins domains that follow on each other where every matrix has equal rows and columns for them.
  ///
  /// Comparing neighbours is enough: if 1 is like 2 and 2 is like 3, then 1 to 3 is 1 to 2, and 3 to 1 is 2 to 1.
  static func all(_ domains: [UInt32], in matrices: [DomainMatrix]) -> [DomainGroup] {
    var groups: [DomainGroup] = []
    for domain in domains {
      if let last = groups.last, last.last < domain, domain - last.last == 1,
        matrices.allSatisfy({ areAlike(last.last, domain, in: $0, among: domains) })
      {
        groups[groups.count - 1] = DomainGroup(first: last.first, last: domain)
      } else {
        groups.append(DomainGroup(first: domain, last: domain))
      }
    }
    return groups
  }

  private static func areAlike(
    _ one: UInt32, _ other: UInt32, in matrix: DomainMatrix, among domains: [UInt32]
  ) -> Bool {
    matrix.value(one, one) == matrix.value(other, other)
      && matrix.value(one, other) == matrix.value(other, one)
      && domains.allSatisfy { third in
        third == one || third == other
          || (matrix.value(one, third) == matrix.value(other, third)
            && matrix.value(third, one) == matrix.value(third, other))
      }
  }
}

extension TopologyMatrix {
  init(_ matrix: DomainMatrix, groups: [DomainGroup]) {
    name = matrix.name
    table = matrix.table
    unit = matrix.unit
    cells = groups.map { row in
      groups.map { column in
        // Two different members, if the groups are the same and have two.
        let isOwn = row == column
        return Cell(
          other: isOwn && row.first == row.last ? nil : matrix.value(row.first, column.last),
          own: isOwn ? matrix.value(row.first, row.first) : nil)
      }
    }
  }
}
