// SPDX-License-Identifier: GPL-2.0-or-later

extension Topology {
  /// A row of the address map.
  public enum MapRow: Sendable, Equatable {
    /// Addresses that mean something.
    case range(TopologyRange)
    /// Addresses that nothing is said of: the first and the last.
    case hole(base: UInt64, last: UInt64)
  }

  /// The ranges with the holes between them, from address 0 to the end of the last range.
  public var map: [MapRow] {
    var rows: [MapRow] = []
    // The first address that no range so far has; `nil` after the last address that there is.
    var free: UInt64? = 0
    for range in ranges {
      if let base = free, base < range.base { rows.append(.hole(base: base, last: range.base - 1)) }
      rows.append(.range(range))
      guard let base = free else { continue }
      let next = range.last.addingReportingOverflow(1)
      free = next.overflow ? nil : max(base, next.partialValue)
    }
    return rows
  }

  /// Neighbours that have the same, such as the domains of a GPU.
  public var alikeDomains: [(group: DomainGroup, domain: TopologyDomain)] {
    var result: [(group: DomainGroup, domain: TopologyDomain)] = []
    for domain in domains {
      if let (group, first) = result.last, group.last < domain.number, domain.number - group.last == 1,
        first.isLike(domain)
      {
        result[result.count - 1].group = DomainGroup(first: group.first, last: domain.number)
      } else {
        result.append((DomainGroup(first: domain.number, last: domain.number), domain))
      }
    }
    return result
  }
}
