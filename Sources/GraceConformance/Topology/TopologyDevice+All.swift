// SPDX-License-Identifier: GPL-2.0-or-later

extension TopologyDevice {
  /// The devices that initiators, `_DSD`s and a listing speak of.
  ///
  /// Which `_DSD` is which function's the tables do not tell without bus numbers. Equal domains do; where there are as
  /// many of the one left as of the other, their order does.
  static func all(in parts: Checker) -> [TopologyDevice] {
    let groups = (parts.srat.map(HandleGroup.all) ?? []).prefix(limit)
    let functions = parts.evidence.functions ?? []
    var open = parts.properties.filter(\.isGrace)
    var owned: [Int: DeviceProperties] = [:]
    for (index, group) in groups.enumerated() {
      if let match = open.firstIndex(where: { $0.names(group.domains) }) {
        owned[index] = open.remove(at: match)
      }
    }
    let known = Dictionary(functions.map { ($0.address, $0) }) { first, _ in first }
    let left = groups.indices.filter { index in
      owned[index] == nil && groups[index].isPCI
        && (groups[index].domains.count >= HandleJudge.graceDomains
          || known[groups[index].named]?.isGraceGPU == true || groups.count == 1)
    }
    if left.count == open.count {
      for (index, properties) in zip(left, open) { owned[index] = properties }
      open = []
    }
    var devices = groups.enumerated().map { index, group in
      TopologyDevice(group, properties: owned[index], function: group.isPCI ? known[group.named] : nil)
    }
    let named = Set(groups.filter(\.isPCI).map(\.named))
    let silent = functions.filter { $0.isGraceGPU && !named.contains($0.address) }
    let domains = parts.domains ?? []
    if silent.count == open.count {
      devices += zip(silent, open).map { TopologyDevice($0, properties: $1, domains: domains) }
    } else {
      devices += silent.map { TopologyDevice($0, properties: nil, domains: domains) }
      devices += open.map { TopologyDevice(nil, properties: $0, domains: domains) }
    }
    return devices
  }

  /// Devices that are drawn at most; a table of garbage has a million.
  private static let limit = 1024

  /// A device that initiators name.
  private init(_ group: HandleGroup, properties: DeviceProperties?, function: PCIFunction?) {
    let isGPU =
      properties != nil || function?.isGraceGPU == true || group.domains.count >= HandleJudge.graceDomains
    kind = isGPU ? .gpu : .initiator
    name = group.text
    ids = function.flatMap(Self.ids)
    domains = group.domains.sorted()
    if let properties { take(properties) }
  }

  /// A device that no initiator names.
  private init(_ function: PCIFunction?, properties: DeviceProperties?, domains: Set<UInt32>) {
    kind = .gpu
    name = function?.address.description ?? properties?.devicePath ?? ""
    ids = function.flatMap(Self.ids)
    guard let properties else { return }
    if let own = properties.domains, own.count > 0 {
      self.domains = domains.sorted().filter { UInt64($0) >= own.start && UInt64($0) - own.start < own.count }
    }
    take(properties)
  }

  private mutating func take(_ properties: DeviceProperties) {
    path = properties.devicePath
    memoryBase = properties.integer("nvidia,gpu-mem-base-pa")
    memoryByteCount = properties.integer("nvidia,gpu-mem-size")
    extendedByteCount = properties.integer("nvidia,egm-size")
    extendedDomain = properties.integer("nvidia,egm-pxm").flatMap(UInt32.init(exactly:))
  }

  private static func ids(of function: PCIFunction) -> String? {
    guard let vendor = function.vendor, let device = function.device else { return nil }
    return [vendor, device].map { number in
      let digits = String(number, radix: 16)
      return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }.joined(separator: ":")
  }
}

extension DeviceProperties {
  /// The device that has them.
  var devicePath: String { path.split(separator: ".").dropLast().joined(separator: ".") }

  /// The memory of the host that the GPU uses as its own, if base and size are given.
  var extendedMemory: AddressRange? {
    guard let base = integer("nvidia,egm-base-pa"), let length = integer("nvidia,egm-size") else {
      return nil
    }
    return AddressRange(base: base, length: length)
  }

  /// Whether the properties name these domains and no others.
  func names(_ domains: Set<UInt32>) -> Bool {
    guard let own = self.domains, own.count == UInt64(domains.count), let first = domains.min(),
      let last = domains.max()
    else { return false }
    return UInt64(first) == own.start && UInt64(last - first) == own.count - 1
  }
}
