// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance

/// A machine with any number of Grace GPUs as firmware in the field describes it (edk2-nvidia, TH500: SratParser.c,
/// SlitParser.c, HmatParser.c, GPUMemoryInfo.c). All of its tables are right.
struct GraceMachine: Sendable {
  var sockets: UInt32 = 1
  var gpus: UInt32 = 1
  var domainsPerGPU: UInt32 = 8
  /// The first domain of the first GPU; those of the extended memory begin at `sockets`.
  var firstDomain: UInt32 = 5
  /// Domains between those of two GPUs that nothing has.
  var hole: UInt32 = 0
  var hasInitiators = true
  var hasData = true
  var hasDomainProperties = true
  var hasSize = true
  var hasExtendedMemory = false
  var hasRetiredPages = false
  var hasAttributes = true
  var hasListing = true

  struct GPU {
    let index: UInt32
    let socket: UInt32
    let domains: [UInt32]
    /// Segment, bus 1, device 0, function 0.
    let segment: UInt16
    var handle: [UInt8] { le(segment) + [1, 0] }
    let base: UInt64
    var path: String { #"\_SB.PC\#(10 + index).RP00.GPU0"# }
  }

  var devices: [GPU] {
    (0..<gpus).map { index in
      let socket = index * sockets / max(1, gpus)
      let first = firstDomain + index * (domainsPerGPU + hole)
      return GPU(
        index: index, socket: socket, domains: (0..<domainsPerGPU).map { first + $0 },
        segment: UInt16(8 + index), base: 0x4000_0000_0000 + UInt64(index) << 37)
    }
  }

  var extendedDomains: [UInt32] { hasExtendedMemory ? (0..<sockets).map { sockets + $0 } : [] }

  enum Role { case processors, gpu(UInt32), extended }
  typealias Roles = [UInt32: (role: Role, socket: UInt32)]

  /// What a domain is, and its socket.
  var roles: Roles {
    var roles: [UInt32: (role: Role, socket: UInt32)] = [:]
    for socket in 0..<sockets { roles[socket] = (.processors, socket) }
    for (socket, domain) in extendedDomains.enumerated() { roles[domain] = (.extended, UInt32(socket)) }
    for gpu in devices { for domain in gpu.domains { roles[domain] = (.gpu(gpu.index), gpu.socket) } }
    return roles
  }

  /// The firmware's rules (NumaInfoLib.c): 255 from what initiates nothing, and for absent domains.
  static func distance(_ from: UInt32, _ to: UInt32, _ roles: Roles) -> UInt8 {
    guard from != to else { return 10 }
    guard let one = roles[from], let other = roles[to] else { return 255 }
    let isNear = one.socket == other.socket
    switch (one.role, other.role) {
    case (.extended, _): return 255
    case (_, .extended): return isNear ? 11 : 90
    case (.processors, .processors): return 40
    case (.gpu(let left), .gpu(let right)): return left == right ? 11 : isNear ? 100 : 140
    default: return isNear ? 80 : 120
    }
  }

  var tables: [[UInt8]] {
    let roles = roles
    let domains = roles.keys.sorted()
    var entries = (0..<sockets).flatMap { Entry.gicc(domain: $0, processor: $0) }
    for socket in 0..<sockets {
      entries += Entry.memory(domain: socket, base: UInt64(socket) << 44 + 0x8000_0000, length: 480 << 30)
    }
    for domain in domains where domain >= sockets {
      entries += Entry.memory(domain: domain, base: 0, length: 0, flags: 3)
    }
    if hasInitiators {
      for gpu in devices {
        for domain in gpu.domains { entries += Entry.initiator(domain: domain, handle: gpu.handle) }
      }
    }
    let side = (domains.last ?? 0) + 1
    var distances: [UInt8] = []
    for row in 0..<side { for column in 0..<side { distances.append(Self.distance(row, column, roles)) } }
    var tables = [
      sealedTable("SRAT", revision: 3, body: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] + entries),
      sealedTable("SLIT", revision: 1, body: le(UInt64(side)) + distances),
    ]
    if hasAttributes {
      let initiators = domains.filter { !extendedDomains.contains($0) }
      let structures = [1, 2, 3].map {
        Structure.locality(dataType: $0, initiators: initiators, targets: domains, value: 300)
      }
      tables.append(sealedTable("HMAT", revision: 2, body: [0, 0, 0, 0] + structures.flatMap { $0 }))
    }
    return tables
  }

  func properties(of gpu: GPU) -> [(name: String, value: ACPIObject)] {
    var properties: [(name: String, value: ACPIObject)] = [("nvidia,gpu-mem-base-pa", .integer(gpu.base))]
    if hasDomainProperties {
      properties.append(("nvidia,gpu-mem-pxm-start", .integer(UInt64(gpu.domains[0]))))
      properties.append(("nvidia,gpu-mem-pxm-count", .integer(UInt64(domainsPerGPU))))
    }
    if hasSize { properties.append(("nvidia,gpu-mem-size", .integer(96 << 30))) }
    if hasExtendedMemory {
      let base = UInt64(gpu.socket) << 44
      properties += [
        ("nvidia,egm-base-pa", .integer(base + 0x10_0000_0000)), ("nvidia,egm-size", .integer(400 << 30)),
        ("nvidia,egm-pxm", .integer(UInt64(extendedDomains[Int(gpu.socket)]))),
      ]
      if hasRetiredPages {
        properties.append(("nvidia,egm-retired-pages-data-base", .integer(base + 0x9000_0000)))
      }
    }
    return properties
  }

  var evidence: Evidence {
    var objects: [EvaluatedObject] = []
    for gpu in devices {
      objects.append(
        EvaluatedObject(path: #"\_SB.PC\#(10 + gpu.index)._PXM"#, value: .integer(UInt64(gpu.socket))))
      guard hasData else { continue }
      objects.append(
        EvaluatedObject(path: gpu.path + "._DSD", value: TestMachine.deviceData(properties(of: gpu))))
    }
    let functions = devices.map { gpu in
      PCIFunction(
        address: PCIAddress(segment: UInt32(gpu.segment), bus: 1, devfn: 0), vendor: 0x10de, device: 0x2342,
        classCode: 0x0302)
    }
    return Evidence(
      tables: tables.enumerated().map { TableBytes(source: "table\($0)", bytes: $1) },
      functions: hasListing ? functions : nil, namespace: EvaluatedNamespace(objects: objects))
  }
}
