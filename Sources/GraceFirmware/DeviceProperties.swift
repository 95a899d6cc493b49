// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel

/// The `_DSD` of a GPU: device properties by name.
///
/// Names, order and the UUID are those of NVIDIA's firmware (edk2-nvidia, TH500GpuDxe: GPUMemoryInfo.c,
/// efihand/GpuDsdAmlGeneration.c); the form is that of the _DSD guide, "Device Properties UUID".
struct DeviceProperties {
  /// Names and values, in the order in which they are written.
  var properties: [(name: String, value: UInt64)] = []

  /// The properties of a GPU, in the forms that firmware has had: with the domains or without, with the size or
  /// without, with extended memory or without. Empty for a GPU whose memory is in BARs.
  init(_ placed: Topology.PlacedGPU) {
    guard let memory = placed.gpu.memory, !placed.has(.propertiesMissing) else { return }
    let options = placed.gpu.options
    // Not a multiple of any page size.
    let misplaced: UInt64 = placed.has(.propertiesBaseUnaligned) ? 0x800 : 0
    properties.append(("nvidia,gpu-mem-base-pa", memory.base + misplaced))
    if placed.gpu.domainCount > 0, options.namesDomains, !placed.has(.initiatorsMissing) {
      properties.append(("nvidia,gpu-mem-pxm-start", UInt64(placed.firstDomain)))
      properties.append(("nvidia,gpu-mem-pxm-count", UInt64(placed.gpu.domainCount)))
    }
    if let size = Self.size(placed, memory.size) {
      properties.append(("nvidia,gpu-mem-size", size))
    }
    guard let extended = options.extendedMemory else { return }
    properties.append(("nvidia,egm-base-pa", extended.base))
    properties.append(("nvidia,egm-size", extended.size))
    properties.append(("nvidia,egm-pxm", UInt64(placed.extendedDomain ?? 0)))
    if let table = extended.retiredPagesBase {
      properties.append(("nvidia,egm-retired-pages-data-base", table))
    }
  }

  /// The size that `_DSD` names, or nil if it names none.
  private static func size(_ placed: Topology.PlacedGPU, _ actual: UInt64) -> UInt64? {
    switch placed.gpu.options.statedSize {
    case .nothing: nil
    case .actual: placed.has(.propertiesSizeZero) ? 0 : actual
    case .bytes(let bytes): placed.has(.propertiesSizeZero) ? 0 : bytes
    }
  }

  /// daffd814-6eba-4d8c-8a91-bc9bbf4aa301 as a buffer: the first three fields are little-endian
  /// (ACPI 6.5, 19.6.142, ToUUID).
  private static var uuid: [UInt8] {
    [
      0x14, 0xd8, 0xff, 0xda, 0xba, 0x6e, 0x8c, 0x4d,
      0x8a, 0x91, 0xbc, 0x9b, 0xbf, 0x4a, 0xa3, 0x01,
    ]
  }

  /// `Name (_DSD, Package () { ToUUID (...), Package () { Package () { name, value }, ... } })`; nothing without
  /// properties.
  var terms: [AML] {
    guard !properties.isEmpty else { return [] }
    var entries: [AML] = []
    for property in properties {
      entries.append(.package([.string(property.name), .integer(property.value)]))
    }
    return [.name(.deviceData, .package([.buffer(Self.uuid), .package(entries)]))]
  }
}
