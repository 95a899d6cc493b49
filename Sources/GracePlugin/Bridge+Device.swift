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
  guard count <= Need.largestOptionCount else {
    _ = fail(
      error, GRACE_E_ARGUMENT,
      "the host passes more options than there can be; build QEMU with this plug-in's header")
    return nil
  }
  var textBytes: UInt64 = 0
  for index in 0..<Int(count) {
    let option = options[index]
    textBytes += UInt64(
      length(option.name, atMost: Need.largestText) + length(option.value, atMost: Need.largestText))
  }
  let made = withReserve(Need.options(textBytes: textBytes)) {
    make(host, context, UnsafeBufferPointer(start: options, count: Int(count)), error)
  }
  guard let made else {
    _ = fail(error, GRACE_E_MEMORY, Need.noMemory)
    return nil
  }
  return made
}

private func make(
  _ host: UnsafePointer<GraceHost>, _ context: UnsafeMutableRawPointer?,
  _ options: UnsafeBufferPointer<GraceOption>, _ error: UnsafeMutablePointer<GraceError>
) -> OpaquePointer? {
  do throws(OptionError) {
    var settings: [Setting] = []
    for option in options { settings.append(try setting(option)) }
    let checked = try DeviceOptions(settings)
    let device = UnsafeMutablePointer<Device>.allocate(capacity: 1)
    device.initialize(to: Device(options: checked, host: QemuHost(host.pointee, context: context)))
    return OpaquePointer(device)
  } catch let problem {
    _ = fail(error, GRACE_E_OPTION, problem.message)
    return nil
  }
}

/// A setting as the model takes it. A value that is longer than any is not copied to be refused.
func setting(_ option: GraceOption) throws(OptionError) -> Setting {
  let name = text(option.name)
  let count = length(option.value, atMost: .max - 1)
  if count > Need.largestText {
    throw name.utf8.elementsEqual("profile-text".utf8)
      ? .badProfile(.textTooLong(count)) : .valueTooLong(name, limit: Need.largestText)
  }
  return Setting(name: name, value: text(option.value))
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
