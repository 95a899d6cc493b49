// SPDX-License-Identifier: GPL-2.0-or-later

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
  /// A host that is none of the machine's own domains.
  case noSuchHost(UInt32, count: UInt32)
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
    case .noSuchHost(let domain, let count):
      return
        "host-node=\(domain) is none of the machine's own NUMA nodes, of which there are \(count); use a lower "
        + "number"
    case .badName:
      return "a host bridge has no valid ACPI name; put the GPU below pcie.0 or a pxb-pcie"
    }
  }
}
