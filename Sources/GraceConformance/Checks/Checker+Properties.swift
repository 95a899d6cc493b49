// SPDX-License-Identifier: GPL-2.0-or-later

extension Checker {
  /// Bytes of the largest page, and of the largest block that memory is added in, of an arm64 kernel.
  private static let page: UInt64 = 64 << 10
  private static let block: UInt64 = 512 << 20
  /// What the driver reserves of the memory that it divides.
  private static let reserve: UInt64 = 1 << 30

  mutating func checkTypes(_ device: DeviceProperties) {
    for (name, value) in device.properties where name.hasPrefix("nvidia,") {
      if !DeviceProperties.known.contains(name) {
        list.add(.dsdUnknown, in: device.path, found: name, expected: "one of the known properties")
      } else if device.integer(name) == nil {
        list.add(.dsdType, in: device.path, found: "\(name) is \(value.kind)", expected: "an integer")
      }
    }
  }

  mutating func checkMemory(_ device: DeviceProperties) {
    let (base, size) = ("nvidia,gpu-mem-base-pa", "nvidia,gpu-mem-size")
    if device[base] == nil {
      // Without any property of the memory this is a device with extended memory alone.
      if device.properties.contains(where: { $0.name.hasPrefix("nvidia,gpu-mem-") }) {
        list.add(.dsdMissingBase, in: device.path, found: "no \(base)", expected: "an address")
      }
    } else if device[size] == nil {
      list.add(.dsdMissingSize, in: device.path, found: "no \(size)", expected: "a number of bytes")
    }
    checkBase(device, base)
    checkSize(device, size)
    checkDivision(device, size)
    if let range = device.memory { checkRange(range, of: device, name: base) }
  }

  mutating func checkExtendedMemory(_ device: DeviceProperties) {
    let names = ["nvidia,egm-base-pa", "nvidia,egm-size", "nvidia,egm-pxm"]
    let missing = names.filter { device[$0] == nil }
    let hasAny = device.properties.contains { $0.name.hasPrefix("nvidia,egm-") }
    if hasAny, !missing.isEmpty {
      list.add(
        .dsdEGMPair, in: device.path, found: "no \(missing.joined(separator: ", no "))", expected: "all three"
      )
    }
    // It is RAM that is mapped, and never added in blocks.
    checkBase(device, names[0], isAdded: false)
    checkSize(device, names[1], isAdded: false)
    checkRetiredPages(device)
    if let base = device.integer(names[0]), let length = device.integer(names[1]) {
      // Extended memory is RAM of the host: it may lie in the SRAT.
      checkWrap(AddressRange(base: base, length: length), of: device, name: names[0])
    }
    if let domain = device.integer(names[2]), let domains, !domains.contains(where: { UInt64($0) == domain })
    {
      list.add(
        .dsdEGMDomain, in: device.path, found: "\(names[2]) is \(domain)",
        expected: "one of \(numberList(domains))")
    }
  }

  /// The table is optional. It has a count and up to 4096 addresses; its first page is what drivers map at least.
  private mutating func checkRetiredPages(_ device: DeviceProperties) {
    let name = "nvidia,egm-retired-pages-data-base"
    guard let base = device.integer(name) else { return }
    let found = "\(name) is \(hex(base))"
    if base == 0 {
      list.add(.dsdRetiredZero, in: device.path, found: found, expected: "an address, or no property")
      return
    }
    if base % 4096 != 0 {
      list.add(.dsdRetiredAlignment, in: device.path, found: found, expected: "a multiple of 0x1000")
    }
    let page = AddressRange(base: base, length: 4096)
    for owner in properties.filter(\.isGrace) {
      for range in [owner.memory, owner.extendedMemory].compactMap({ $0 }) where range.overlaps(page) {
        list.add(
          .dsdRetiredPlace, in: device.path, found: "\(found); \(owner.path): \(range.text)",
          expected: "RAM of the host")
      }
    }
  }

  private mutating func checkBase(_ device: DeviceProperties, _ name: String, isAdded: Bool = true) {
    guard let base = device.integer(name) else { return }
    let found = "\(name) is \(hex(base))"
    if base == 0 {
      list.add(.dsdBaseZero, in: device.path, found: found, expected: "an address")
    } else if base % Self.page != 0 {
      list.add(.dsdPageAlignment, in: device.path, found: found, expected: "a multiple of \(hex(Self.page))")
    } else if isAdded, base % Self.block != 0 {
      list.add(
        .dsdBlockAlignment, in: device.path, found: found, expected: "a multiple of \(hex(Self.block))")
    }
  }

  private mutating func checkSize(_ device: DeviceProperties, _ name: String, isAdded: Bool = true) {
    guard let size = device.integer(name) else { return }
    let found = "\(name) is \(hex(size))"
    if size == 0 {
      list.add(.dsdSizeZero, in: device.path, found: found, expected: "a number of bytes")
    } else if isAdded, size % Self.block != 0 {
      list.add(.dsdSizeBlock, in: device.path, found: found, expected: "a multiple of \(hex(Self.block))")
    }
  }

  /// A memory that the driver would have to divide, and cannot. Without a listing, or with GPUs of other chips in it, the
  /// one at hand may be free of the bug. A base of 0 says that nothing was filled in.
  private mutating func checkDivision(_ device: DeviceProperties, _ name: String) {
    guard let size = device.integer(name), size > 0, size < Self.reserve + Self.block,
      device.integer("nvidia,gpu-mem-base-pa") != 0
    else { return }
    let gpus = (evidence.functions ?? []).filter(\.isGraceGPU)
    let haveBug = !gpus.isEmpty && gpus.allSatisfy(\.isHopper)
    list.add(
      .dsdSizeSmall, in: device.path, found: "\(name) is \(hex(size))",
      expected: "at least \(hex(Self.reserve + Self.block))", severity: haveBug ? nil : .info)
  }

  private mutating func checkRange(_ range: AddressRange, of device: DeviceProperties, name: String) {
    checkWrap(range, of: device, name: name)
    for memory in srat?.memory ?? [] where memory.isEnabled && memory.range.overlaps(range) {
      list.add(
        .dsdOverlapRAM, in: device.path,
        found: "\(range.text); domain \(memory.domain): \(memory.range.text)",
        expected: "ranges without a byte in common")
    }
  }

  private mutating func checkWrap(_ range: AddressRange, of device: DeviceProperties, name: String) {
    guard range.wraps else { return }
    list.add(
      .dsdWrap, in: device.path, found: "\(name) \(hex(range.base)) and \(hex(range.length)) bytes",
      expected: "an end within 64 bits")
  }

  mutating func checkDomains(_ device: DeviceProperties) {
    let (start, count) = ("nvidia,gpu-mem-pxm-start", "nvidia,gpu-mem-pxm-count")
    if (device[start] == nil) != (device[count] == nil) {
      list.add(
        .dsdPXMPair, in: device.path, found: device[start] == nil ? "no \(start)" : "no \(count)",
        expected: "both or none")
    }
    guard let own = device.domains else { return }
    if own.count != UInt64(HandleJudge.graceDomains) {
      list.add(
        .dsdPXMCount, in: device.path, found: "\(count) is \(own.count)",
        expected: "\(HandleJudge.graceDomains)", severity: isMeant(own) ? .info : nil)
    }
    guard let domains, own.count > 0 else { return }
    // More domains than the SRAT has cannot all be in it, and a count from nowhere must not be counted up to.
    let last = own.start.addingReportingOverflow(own.count - 1)
    guard own.count <= UInt64(domains.count), !last.overflow, last.partialValue <= UInt64(UInt32.max) else {
      list.add(
        .dsdPXMDomain, in: device.path, found: "\(own.count) domains from \(own.start)",
        expected: "some of \(numberList(domains))")
      return
    }
    let named = Set(UInt32(own.start)...UInt32(last.partialValue))
    if !named.isSubset(of: domains) {
      list.add(
        .dsdPXMDomain, in: device.path, found: "domains \(numberList(named.subtracting(domains)))",
        expected: "some of \(numberList(domains))")
      return
    }
    let groups = srat.map(HandleGroup.all) ?? []
    if !groups.isEmpty, !groups.contains(where: { $0.domains == named }) {
      list.add(
        .dsdPXMInitiators, in: device.path,
        found:
          "domains \(numberList(named)); initiators: \(groups.prefix(4).map { numberList($0.domains) }.joined(separator: "; "))",
        expected: "the domains of a device's initiators")
    }
  }

  /// Whether the initiators of one device have these domains, and all is there for another number than usual.
  private func isMeant(_ own: (start: UInt64, count: UInt64)) -> Bool {
    (srat.map(HandleGroup.all) ?? []).contains { group in
      UInt64(group.domains.count) == own.count && group.domains.allSatisfy { UInt64($0) >= own.start }
        && group.domains.allSatisfy { UInt64($0) - own.start < own.count } && isWholeOtherwise(group.domains)
    }
  }
}
