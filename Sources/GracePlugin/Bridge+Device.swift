// SPDX-License-Identifier: GPL-2.0-or-later

import CQemuBridge
import GraceDeviceModel

// Life of a device and its description. What each function promises stands in grace-gpu-abi.h.

func create(
  _ host: UnsafePointer<GraceHost>, _ context: UnsafeMutableRawPointer?,
  _ options: UnsafePointer<GraceOption>, _ count: UInt32, _ error: UnsafeMutablePointer<GraceError>
) -> OpaquePointer? {
  guard isComplete(host.pointee.struct_size, GraceHost.self) else {
    _ = fail(
      error, GRACE_E_ARGUMENT,
      "the host's table of functions is too short; build QEMU with this plug-in's header")
    return nil
  }
  var settings: [Setting] = []
  for index in 0..<Int(count) {
    settings.append(Setting(name: text(options[index].name), value: text(options[index].value)))
  }
  do throws(OptionError) {
    let checked = try DeviceOptions(settings)
    let device = UnsafeMutablePointer<Device>.allocate(capacity: 1)
    device.initialize(to: Device(options: checked, host: QemuHost(host.pointee, context: context)))
    return OpaquePointer(device)
  } catch let problem {
    _ = fail(error, GRACE_E_OPTION, problem.message)
    return nil
  }
}

func destroy(_ handle: OpaquePointer) {
  device(handle).deinitialize(count: 1)
  device(handle).deallocate()
}

func describe(_ handle: OpaquePointer, _ result: UnsafeMutablePointer<GraceDescription>) -> GraceStatus {
  guard isComplete(result.pointee.struct_size, GraceDescription.self) else { return GRACE_E_ARGUMENT }
  let device = device(handle)
  let options = device.pointee.options
  let chip = options.profile.chip
  result.pointee.region_count = UInt32(device.pointee.regions.count)
  result.pointee.capability_count = UInt32(device.pointee.layout.capabilities.count)
  result.pointee.msix_vector_count = chip.messageVectors
  result.pointee.msix_table_bar = 0
  result.pointee.msix_table_offset = chip.messageTableOffset
  result.pointee.msix_pba_bar = 0
  result.pointee.msix_pba_offset = chip.messagePendingOffset
  result.pointee.domain_count = options.domainCount
  result.pointee.first_domain = options.firstDomain ?? .max
  result.pointee.memory_size = options.backingSize
  result.pointee.msi_vector_count = chip.interruptVectors
  result.pointee.reserved = 0
  return GRACE_OK
}

func describeRegion(_ handle: OpaquePointer, _ index: UInt32, _ result: UnsafeMutablePointer<GraceRegion>)
  -> GraceStatus
{
  guard isComplete(result.pointee.struct_size, GraceRegion.self),
    let region = device(handle).pointee.regions[Int(index)]
  else { return GRACE_E_ARGUMENT }
  switch region.place {
  case .bar(let bar):
    result.pointee.kind = GRACE_REGION_BAR
    result.pointee.bar = UInt32(truncatingIfNeeded: bar)
    result.pointee.flags = GRACE_REGION_WIDE | GRACE_REGION_PREFETCHABLE
    result.pointee.address = 0
  case .fixed(let address):
    result.pointee.kind = GRACE_REGION_FIXED
    result.pointee.bar = 0
    result.pointee.flags = 0
    result.pointee.address = address
  }
  result.pointee.size = region.size
  result.pointee.backed_size = region.backedSize
  result.pointee.memory_offset = region.memoryOffset
  return GRACE_OK
}

func describeCapability(
  _ handle: OpaquePointer, _ index: UInt32, _ result: UnsafeMutablePointer<GraceCapability>
) -> GraceStatus {
  let capabilities = device(handle).pointee.layout.capabilities
  guard isComplete(result.pointee.struct_size, GraceCapability.self), Int(index) < capabilities.count else {
    return GRACE_E_ARGUMENT
  }
  let capability = capabilities[Int(index)]
  result.pointee.id = capability.id
  result.pointee.version = capability.version
  result.pointee.offset = capability.offset
  result.pointee.byte_count = capability.byteCount
  return GRACE_OK
}
