// SPDX-License-Identifier: GPL-2.0-or-later

/// Where a PCI function is.
public struct PCIAddress: Equatable, Sendable {
  /// PCI segment group.
  public var segment: UInt16
  /// Bus number, as firmware assigned it.
  public var bus: UInt8
  /// Device number, 0 to 31.
  public var device: UInt8
  /// Function number, 0 to 7.
  public var function: UInt8

  /// An address from a bus number and `devfn`: device in bits 7:3, function in bits 2:0.
  public init(segment: UInt16, bus: UInt8, devfn: UInt8) {
    self.segment = segment
    self.bus = bus
    device = devfn >> 3
    function = devfn & 7
  }

  /// Device in bits 7:3, function in bits 2:0.
  public var devfn: UInt8 { device << 3 | function & 7 }

  /// Segment, bus, device and function as one number, by which addresses are put in order.
  var order: UInt32 { UInt32(segment) << 16 | UInt32(bus) << 8 | UInt32(devfn) }
}

/// One GPU as firmware has to describe it.
public struct GPU: Sendable {
  /// Its address.
  public var address: PCIAddress
  /// ACPI name of its host bridge below `\_SB`.
  public var root: NameSegment
  /// Device and function (`devfn`) of each function from the root bus down to the GPU, which is the last.
  public var path: [UInt8]
  /// How many proximity domains it gets.
  public var domainCount: UInt32
  /// The first of them, or nil for the next free ones.
  public var firstDomain: UInt32?
  /// The coherent memory at a fixed address, which `_DSD` names; nil in the vm representation.
  public var memory: CoherentMemory?

  /// A GPU.
  public init(
    address: PCIAddress, root: NameSegment, path: [UInt8], domainCount: UInt32, firstDomain: UInt32?,
    memory: CoherentMemory?
  ) {
    self.address = address
    self.root = root
    self.path = path
    self.domainCount = domainCount
    self.firstDomain = firstDomain
    self.memory = memory
  }
}

/// Coherent memory that is in no BAR.
public struct CoherentMemory: Equatable, Sendable {
  /// Guest physical address.
  public var base: UInt64
  /// Bytes.
  public var size: UInt64

  /// Memory at `base`, of `size` bytes.
  public init(base: UInt64, size: UInt64) {
    self.base = base
    self.size = size
  }
}

/// All GPUs of a machine, in the order of their addresses, each with its proximity domains.
public struct Topology: Sendable {
  /// A GPU and the first of its domains.
  public struct PlacedGPU: Sendable {
    /// The GPU.
    public var gpu: GPU
    /// The first of its domains; they follow one another.
    public var firstDomain: UInt32
  }

  /// The GPUs, in the order of their addresses.
  public let gpus: [PlacedGPU]
  /// Whether the machine's DSDT has nodes for the functions below its main host bridge, as QEMU 10.1 and
  /// later make them; a node of ours would be a second one of the same name.
  public let nodesExist: Bool

  /// Puts GPUs in order and gives each its domains.
  ///
  /// GPUs without a domain of their own choice take the lowest free ones, in the order of their addresses, so
  /// that domains ascend with them.
  ///
  /// - Parameters:
  ///   - gpus: in any order.
  ///   - firstFreeDomain: lower ones are the machine's own.
  ///   - domainLimit: domains must be below it (QEMU's MAX_NODES is 128).
  ///   - nodesExist: see the property.
  public init(gpus: [GPU], firstFreeDomain: UInt32, domainLimit: UInt32, nodesExist: Bool = false)
    throws(TopologyError)
  {
    let sorted = try Self.sorted(gpus)
    // First those with a choice, so that the others can go around them, wherever they are.
    var taken: [Range<UInt32>] = []
    for gpu in sorted {
      guard let first = gpu.firstDomain, gpu.domainCount > 0 else { continue }
      guard first >= firstFreeDomain else { throw .domainOfMachine(first, firstFree: firstFreeDomain) }
      let range = try Self.range(first, count: gpu.domainCount, limit: domainLimit)
      for other in taken where other.overlaps(range) {
        throw .domainsOverlap(max(range.lowerBound, other.lowerBound))
      }
      taken.append(range)
    }

    var placed: [PlacedGPU] = []
    var next = firstFreeDomain
    for gpu in sorted {
      guard gpu.domainCount > 0, gpu.firstDomain == nil else {
        placed.append(PlacedGPU(gpu: gpu, firstDomain: gpu.firstDomain ?? next))
        continue
      }
      var range = try Self.range(next, count: gpu.domainCount, limit: domainLimit)
      while let obstacle = taken.first(where: { $0.overlaps(range) }) {
        range = try Self.range(obstacle.upperBound, count: gpu.domainCount, limit: domainLimit)
      }
      placed.append(PlacedGPU(gpu: gpu, firstDomain: range.lowerBound))
      next = range.upperBound
    }
    self.gpus = placed
    self.nodesExist = nodesExist
  }

  /// GPUs in the order of their addresses.
  private static func sorted(_ gpus: [GPU]) throws(TopologyError) -> [GPU] {
    var sorted: [GPU] = []
    for gpu in gpus {
      guard !gpu.path.isEmpty else { throw .emptyPath(gpu.address) }
      var place = sorted.count
      while place > 0, sorted[place - 1].address.order > gpu.address.order { place -= 1 }
      // Before firmware has numbered the buses every GPU is at bus 0: tables of that moment are never read.
      if place > 0, sorted[place - 1].address == gpu.address, gpu.address.bus != 0 {
        throw .sameAddress(gpu.address)
      }
      sorted.insert(gpu, at: place)
    }
    return sorted
  }

  /// `count` domains from `first`.
  private static func range(_ first: UInt32, count: UInt32, limit: UInt32) throws(TopologyError)
    -> Range<UInt32>
  {
    let (end, overflow) = first.addingReportingOverflow(count)
    guard !overflow, end <= limit else {
      throw .tooManyDomains(needed: UInt64(first) + UInt64(count), limit: limit)
    }
    return first..<end
  }
}

/// Why ACPI cannot describe a machine.
public enum TopologyError: Error, Equatable, Sendable {
  /// Two GPUs at one address.
  case sameAddress(PCIAddress)
  /// A GPU without a way from the root bus.
  case emptyPath(PCIAddress)
  /// More proximity domains than the machine may have.
  case tooManyDomains(needed: UInt64, limit: UInt32)
  /// A first domain that is one of the machine's own.
  case domainOfMachine(UInt32, firstFree: UInt32)
  /// A domain that two GPUs want.
  case domainsOverlap(UInt32)
  /// A host bridge whose ACPI name is not four characters of A-Z, 0-9 and _.
  case badName

  /// One sentence for the user: what is wrong, and what to do.
  public var message: String {
    switch self {
    case .sameAddress(let address):
      return
        "two GPUs are at bus \(address.bus), device \(address.device); put each behind a root port of its own"
    case .emptyPath(let address):
      return "the GPU at bus \(address.bus) has no path from a host bridge; put it behind a root port"
    case .tooManyDomains(let needed, let limit):
      return
        "the machine would have \(needed) proximity domains and \(limit) are possible; use fewer GPUs, a "
        + "smaller numa-nodes= or a lower pxm-start="
    case .domainOfMachine(let first, let firstFree):
      return "pxm-start=\(first) is one of the machine's own NUMA nodes; use \(firstFree) or more"
    case .domainsOverlap(let domain):
      return
        "two GPUs want proximity domain \(domain); give them pxm-start= values that are further apart, or "
        + "none"
    case .badName:
      return "a host bridge has no valid ACPI name; put the GPU below pcie.0 or a pxb-pcie"
    }
  }
}
