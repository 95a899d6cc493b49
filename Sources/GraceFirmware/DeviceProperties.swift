// SPDX-License-Identifier: GPL-2.0-or-later

/// The `_DSD` of a GPU: device properties by name.
///
/// Names, order and the UUID are those of NVIDIA's firmware (edk2-nvidia, TH500GpuDxe: GPUMemoryInfo.c,
/// efihand/GpuDsdAmlGeneration.c); the form is that of the _DSD guide, "Device Properties UUID".
struct DeviceProperties {
  /// Names and values, in the order in which they are written.
  var properties: [(name: String, value: UInt64)] = []

  /// The properties of a GPU whose domains begin at `firstDomain`.
  init(_ memory: CoherentMemory, firstDomain: UInt32, domainCount: UInt32) {
    properties.append(("nvidia,gpu-mem-base-pa", memory.base))
    if domainCount > 0 {
      properties.append(("nvidia,gpu-mem-pxm-start", UInt64(firstDomain)))
      properties.append(("nvidia,gpu-mem-pxm-count", UInt64(domainCount)))
    }
    properties.append(("nvidia,gpu-mem-size", memory.size))
  }

  /// daffd814-6eba-4d8c-8a91-bc9bbf4aa301 as a buffer: the first three fields are little-endian
  /// (ACPI 6.5, 19.6.142, ToUUID).
  private static var uuid: [UInt8] {
    [
      0x14, 0xd8, 0xff, 0xda, 0xba, 0x6e, 0x8c, 0x4d,
      0x8a, 0x91, 0xbc, 0x9b, 0xbf, 0x4a, 0xa3, 0x01,
    ]
  }

  /// `Name (_DSD, Package () { ToUUID (...), Package () { Package () { name, value }, ... } })`
  var term: AML {
    var entries: [AML] = []
    for property in properties {
      entries.append(.package([.string(property.name), .integer(property.value)]))
    }
    return .name(.deviceData, .package([.buffer(Self.uuid), .package(entries)]))
  }
}
