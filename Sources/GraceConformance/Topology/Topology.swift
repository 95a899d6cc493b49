// SPDX-License-Identifier: GPL-2.0-or-later

/// The machine that tables describe, as one would draw it: domains, devices, addresses and distances.
///
/// It says what the tables say, right or wrong; what is wrong with them is the rules' business.
public struct Topology: Sendable, Equatable, Encodable {
  /// The domains of the SRAT's enabled entries, ascending.
  public internal(set) var domains: [TopologyDomain] = []
  /// Devices with domains or coherent memory of their own.
  public internal(set) var devices: [TopologyDevice] = []
  /// Addresses that mean something, by their base; larger ranges come before those inside of them.
  public internal(set) var ranges: [TopologyRange] = []
  /// Domains that all matrices treat alike, ascending.
  public internal(set) var groups: [DomainGroup] = []
  /// Distances, then what the HMAT says; rows and columns are those of `groups`.
  public internal(set) var matrices: [TopologyMatrix] = []

  /// A domain, by its number.
  public func domain(_ number: UInt32) -> TopologyDomain? { domains.first { $0.number == number } }

  /// What a matrix says of two domains.
  public func value(_ matrix: TopologyMatrix, from: UInt32, to: UInt32) -> Double? {
    guard let row = groups.firstIndex(where: { $0.domains.contains(from) }),
      let column = groups.firstIndex(where: { $0.domains.contains(to) }),
      matrix.cells.indices.contains(row), matrix.cells[row].indices.contains(column)
    else { return nil }
    let cell = matrix.cells[row][column]
    return from == to ? cell.own : cell.other
  }
}

/// One proximity domain.
public struct TopologyDomain: Sendable, Equatable, Encodable {
  /// Its number.
  public let number: UInt32
  /// Enabled processor entries.
  public internal(set) var processors = 0
  /// Bytes of RAM that is there from the start.
  public internal(set) var byteCount: UInt64 = 0
  /// Whether the SRAT has a place for memory that is added later, with or without addresses.
  public internal(set) var takesMemoryLater = false
  /// Generic initiators, by the function or device that their handles name.
  public internal(set) var initiators: [String] = []

  /// Whether two domains have the same but for their numbers.
  func isLike(_ other: TopologyDomain) -> Bool {
    processors == other.processors && byteCount == other.byteCount
      && takesMemoryLater == other.takesMemoryLater && initiators == other.initiators
  }
}

/// A device with domains or coherent memory of its own.
public struct TopologyDevice: Sendable, Equatable, Encodable {
  /// What kind of device it is, as far as the tables tell.
  public enum Kind: String, Sendable, Encodable {
    /// It has a `_DSD` with coherent memory, eight domains, or the ids of a Grace GPU.
    case gpu
    /// Any other generic initiator.
    case initiator
  }

  /// What kind it is.
  public let kind: Kind
  /// The function that its initiators name, or the path of its `_DSD`'s device.
  public let name: String
  /// The device with the `_DSD`; `nil` if there is none that can be told to be this device's.
  public internal(set) var path: String?
  /// Vendor and device, such as `10de:2345`, if a listing has them.
  public internal(set) var ids: String?
  /// Its domains, ascending.
  public internal(set) var domains: [UInt32] = []
  /// First address of its coherent memory, if the `_DSD` has it.
  public internal(set) var memoryBase: UInt64?
  /// Bytes of its coherent memory, if the `_DSD` has them.
  public internal(set) var memoryByteCount: UInt64?
  /// Bytes of the extended GPU memory.
  public internal(set) var extendedByteCount: UInt64?
  /// The domain of the extended GPU memory.
  public internal(set) var extendedDomain: UInt32?
  /// The domain with processors that it is nearest to.
  public internal(set) var nearest: UInt32?
}

/// Addresses that mean something.
public struct TopologyRange: Sendable, Equatable, Encodable {
  /// What the addresses are.
  public enum Kind: String, Sendable, Encodable, CaseIterable {
    /// RAM of the SRAT, a place for memory that is added later, and memory that keeps its contents.
    case memory, later, persistent
    /// Coherent memory of a GPU, and RAM that a GPU uses as its own.
    case gpuMemory, extendedMemory
    /// What a PCI host bridge passes on.
    case window
  }

  /// What they are.
  public let kind: Kind
  /// The first address.
  public let base: UInt64
  /// The last address.
  public let last: UInt64
  /// The domain, if the range is in the SRAT or the `_DSD` names one.
  public var domain: UInt32?
  /// The device, if the range is one's.
  public var owner: String?
  /// Ranges that this one lies in, at least with its first address.
  public internal(set) var depth = 0

  /// Number of bytes; `UInt64.max` if it is one more than that.
  public var byteCount: UInt64 {
    let (count, overflow) = (last &- base).addingReportingOverflow(1)
    return overflow ? .max : count
  }

  init?(_ kind: Kind, _ range: AddressRange, domain: UInt32? = nil, owner: String? = nil) {
    // An entry without bytes is a place in a domain, and none in the address map.
    guard range.length > 0 else { return nil }
    self.kind = kind
    base = range.base
    last = range.last
    self.domain = domain
    self.owner = owner
  }

  private enum CodingKeys: String, CodingKey { case kind, base, last, byteCount, domain, owner }

  /// Addresses are texts: readers of JSON with numbers of 53 bits would round them.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .kind)
    try container.encode(hex(base), forKey: .base)
    try container.encode(hex(last), forKey: .last)
    try container.encode(hex(byteCount), forKey: .byteCount)
    try container.encodeIfPresent(domain, forKey: .domain)
    try container.encodeIfPresent(owner, forKey: .owner)
  }
}

/// Domains that follow on each other and are treated alike.
public struct DomainGroup: Sendable, Equatable, Encodable {
  /// The first of them.
  public let first: UInt32
  /// The last of them.
  public let last: UInt32

  /// All from one to the other.
  public init(first: UInt32, last: UInt32) {
    self.first = first
    self.last = last
  }

  /// All of them.
  public var domains: ClosedRange<UInt32> { min(first, last)...last }
  /// Such as `1-8`.
  public var text: String { first == last ? "\(first)" : "\(first)-\(last)" }
}

/// Distances, latencies or bandwidths between groups of domains.
public struct TopologyMatrix: Sendable, Equatable, Encodable {
  /// What it says, such as `Read latency`.
  public let name: String
  /// The table that it is from.
  public let table: String
  /// The unit of the values; empty for distances.
  public let unit: String
  /// Rows, from which, of columns, to which.
  public internal(set) var cells: [[Cell]] = []

  /// What stands for two groups.
  public struct Cell: Sendable, Equatable, Encodable {
    /// From a domain to another one; `nil` if the table does not say.
    public let other: Double?
    /// From a domain to itself, where row and column are the same group.
    public let own: Double?
  }
}
