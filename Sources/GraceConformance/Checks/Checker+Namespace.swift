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
    guard evidence.namespace?.problem == nil else { return }
    guard let functions = evidence.functions else {
      // In a virtual machine there is no _DSD, but then for none of the GPUs.
      let groups = (srat.map(HandleGroup.all) ?? []).filter { $0.domains.count >= HandleJudge.graceDomains }
      guard !devices.isEmpty, groups.count > devices.count else { return }
      list.add(
        .dsdMissing, in: "AML", found: "\(devices.count) for \(groups.count) devices with eight domains",
        expected: "a _DSD for each")
      return
    }
    let needy = functions.filter { $0.isGraceGPU && $0.hasBAR4 != true }
    guard needy.count > devices.count else { return }
    // A listing that does not say whether there is a BAR4 may be one of a virtual machine.
    let isSure = !devices.isEmpty || needy.contains { $0.hasBAR4 == false }
    list.add(
      .dsdMissing, in: "AML",
      found: "\(devices.count) for \(needy.map(\.address.description).joined(separator: " "))",
      expected: "a _DSD for each", severity: isSure ? nil : .info)
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

  /// Domains of two devices must not be the same, and their memory must not overlap. GPUs of one socket share its
  /// extended memory, all of it.
  private mutating func checkRanges(_ devices: [DeviceProperties]) {
    for (index, device) in devices.enumerated() {
      guard let own = device.domains, own.count > 0 else { continue }
      for other in devices[..<index] {
        guard let theirs = other.domains, theirs.count > 0 else { continue }
        let (low, high) = own.start < theirs.start ? (own, theirs) : (theirs, own)
        guard high.start - low.start < low.count else { continue }
        list.add(
          .dsdPXMShared, in: device.path,
          found:
            "\(own.count) domains from \(own.start); \(other.path): \(theirs.count) from \(theirs.start)",
          expected: "domains of its own")
      }
    }
    let ranges = devices.flatMap { device in
      [(device.memory, false), (device.extendedMemory, true)].compactMap { range, isShared in
        range.map { (path: device.path, range: $0, isShared: isShared) }
      }
    }
    for (index, (path, range, isShared)) in ranges.enumerated() {
      for (other, otherRange, isOtherShared) in ranges[..<index] where otherRange.overlaps(range) {
        if isShared, isOtherShared, otherRange == range { continue }
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
