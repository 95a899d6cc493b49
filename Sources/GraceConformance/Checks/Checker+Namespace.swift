// SPDX-License-Identifier: GPL-2.0-or-later

extension Checker {
  mutating func checkNamespace(_ namespace: EvaluatedNamespace) {
    if let problem = namespace.problem {
      list.add(.amlEvaluation, in: "AML", found: problem, expected: "tables that load")
    }
    for object in namespace.objects {
      guard let value = object.value else {
        // Resources can depend on registers that acpiexec does not have.
        list.add(
          .amlEvaluation, in: object.path, found: "no value", expected: "a value",
          severity: object.name == "_CRS" ? .info : nil)
        continue
      }
      if object.name == "_PXM" { checkProximity(object, value) }
      if object.name == "_CRS" { checkResources(object, value) }
    }
    for device in properties { checkShape(device) }
    let devices = properties.filter(\.isGrace)
    for device in devices {
      checkTypes(device)
      checkMemory(device)
      checkExtendedMemory(device)
      checkDomains(device)
      checkPropertiesAgainstPCI(device)
    }
    checkRanges(devices)
    checkAbsence(devices)
  }

  /// Which `_DSD` is whose the namespace does not tell without bus numbers; there must be as many as are needed.
  private mutating func checkAbsence(_ devices: [DeviceProperties]) {
    let needy = (evidence.functions ?? []).filter { $0.isGraceGPU && $0.hasBAR4 == false }
    guard needy.count > devices.count, evidence.namespace?.problem == nil else { return }
    list.add(
      .dsdMissing, in: "AML",
      found: "\(devices.count) for \(needy.map(\.address.description).joined(separator: " "))",
      expected: "a _DSD for each")
  }

  private mutating func checkProximity(_ object: EvaluatedObject, _ value: ACPIObject) {
    guard case .integer(let domain) = value else {
      list.add(.pxmDomain, in: object.path, found: value.kind, expected: "an integer")
      return
    }
    if let domains, !domains.contains(where: { UInt64($0) == domain }) {
      list.add(
        .pxmDomain, in: object.path, found: "domain \(domain)", expected: "one of \(numberList(domains))")
    }
  }

  private mutating func checkShape(_ device: DeviceProperties) {
    for problem in device.problems {
      list.add(.dsdForm, in: device.path, found: problem, expected: "pairs of UUID and package of properties")
    }
    var seen: Set<String> = []
    for (name, _) in device.properties where !seen.insert(name).inserted {
      list.add(.dsdDuplicate, in: device.path, found: "\(name) again", expected: "one \(name)")
    }
  }

  /// Memory of two devices must not overlap.
  private mutating func checkRanges(_ devices: [DeviceProperties]) {
    let ranges = devices.compactMap { device in device.memory.map { (device.path, $0) } }
    for (index, (path, range)) in ranges.enumerated() {
      for (other, otherRange) in ranges[..<index] where otherRange.overlaps(range) {
        list.add(
          .dsdOverlapDevice, in: path, found: "\(range.text); \(other): \(otherRange.text)",
          expected: "ranges without a byte in common")
      }
    }
  }
}

extension DeviceProperties {
  /// The properties that drivers and firmware of Grace GPUs know.
  static let known: Set<String> = [
    "nvidia,gpu-mem-base-pa", "nvidia,gpu-mem-size", "nvidia,gpu-mem-pxm-start", "nvidia,gpu-mem-pxm-count",
    "nvidia,egm-base-pa", "nvidia,egm-size", "nvidia,egm-pxm", "nvidia,egm-retired-pages-data-base",
  ]

  /// The coherent memory, if base and size are given.
  var memory: AddressRange? {
    guard let base = integer("nvidia,gpu-mem-base-pa"), let length = integer("nvidia,gpu-mem-size") else {
      return nil
    }
    return AddressRange(base: base, length: length)
  }

  /// The domains; `nil` if one of the two properties is missing.
  var domains: (start: UInt64, count: UInt64)? {
    guard let start = integer("nvidia,gpu-mem-pxm-start"), let count = integer("nvidia,gpu-mem-pxm-count")
    else {
      return nil
    }
    return (start, count)
  }
}
