// SPDX-License-Identifier: GPL-2.0-or-later

/// What a PCI host bridge passes on to its bus.
struct HostBridgeWindow: Sendable {
  /// The bridge's `_CRS`.
  let path: String
  let range: AddressRange

  /// All windows that the namespace has. Those below 1 MiB are left out: they are for VGA, and firmware writes RAM
  /// over all of the first megabyte.
  static func all(in namespace: EvaluatedNamespace) -> [HostBridgeWindow] {
    namespace.objects.flatMap { object -> [HostBridgeWindow] in
      guard object.name == "_CRS", case .buffer(let bytes)? = object.value else { return [] }
      return ResourceTemplate(bytes).windows.filter { $0.last >= 1 << 20 }.map {
        HostBridgeWindow(path: object.path, range: $0)
      }
    }
  }
}

extension Checker {
  mutating func checkResources(_ object: EvaluatedObject, _ value: ACPIObject) {
    guard case .buffer(let bytes) = value else {
      list.add(.crsForm, in: object.path, found: value.kind, expected: "a buffer of descriptors")
      return
    }
    let template = ResourceTemplate(bytes)
    if let problem = template.problem {
      list.add(.crsForm, in: object.path, found: problem, expected: "whole descriptors up to an end tag")
    }
    for mismatch in template.mismatches {
      list.add(.crsWindow, in: object.path, found: mismatch, expected: "a length from one end to the other")
    }
  }

  /// Memory of the SRAT against windows and regions: no address can be both RAM and a device's.
  mutating func checkMemoryAgainstPCI(_ srat: SRAT) {
    let windows = evidence.namespace.map(HostBridgeWindow.all) ?? []
    let functions = evidence.functions ?? []
    guard !windows.isEmpty || functions.contains(where: { !$0.regions.isEmpty }) else { return }
    for memory in srat.memory where memory.isEnabled && memory.length > 0 {
      let found = "domain \(memory.domain): \(memory.range.text)"
      // A place for memory that is added later may never be filled.
      let severity: Severity? = memory.isPresent ? nil : .warning
      for window in windows where window.range.overlaps(memory.range) {
        list.add(
          .sratMemoryOverlapWindow, in: srat.table.source, at: memory.entry.offset + 8,
          found: "\(found); \(window.path): \(window.range.text)",
          expected: "ranges without a byte in common",
          severity: severity)
      }
      for function in functions {
        for region in function.regions where region.range.overlaps(memory.range) {
          list.add(
            .sratMemoryOverlapBAR, in: srat.table.source, at: memory.entry.offset + 8,
            found: "\(found); \(function.address) BAR\(region.index): \(region.range.text)",
            expected: "ranges without a byte in common", severity: severity)
        }
      }
    }
  }

  /// Memory that a `_DSD` gives a device against windows and regions.
  mutating func checkPropertiesAgainstPCI(_ device: DeviceProperties) {
    let windows = evidence.namespace.map(HostBridgeWindow.all) ?? []
    for (name, range) in [("gpu-mem", device.memory), ("egm", device.extendedMemory)] {
      guard let range else { continue }
      for window in windows where window.range.overlaps(range) {
        list.add(
          .dsdOverlapWindow, in: device.path,
          found: "nvidia,\(name): \(range.text); \(window.path): \(window.range.text)",
          expected: "ranges without a byte in common")
      }
      for function in evidence.functions ?? [] {
        for region in function.regions where region.range.overlaps(range) {
          // The same memory twice: drivers that look at one of them work.
          let isSame = region.base == range.base && function.isGraceGPU
          list.add(
            .dsdOverlapBAR, in: device.path,
            found:
              "nvidia,\(name): \(range.text); \(function.address) BAR\(region.index): \(region.range.text)",
            expected: "ranges without a byte in common", severity: isSame ? .warning : nil)
        }
      }
    }
  }
}
