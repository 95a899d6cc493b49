// SPDX-License-Identifier: GPL-2.0-or-later

/// What a GPU's BARs and VFIO regions must be.
struct MemoryExpectations {
  let options: MachineOptions
  let place: GPUPlace
  let split: MemorySplit
  let facts: FactSheet

  private struct Region {
    let index: Int
    let bytes: UInt64
    /// Bytes of memory behind it; nil for registers.
    let usable: UInt64?
  }

  private var regions: [Region] {
    [
      Region(index: 0, bytes: MachineOptions.registerBytes, usable: nil),
      Region(index: 2, bytes: split.resmemBAR, usable: split.resmem),
      Region(index: 4, bytes: split.usememBAR, usable: split.usemem),
    ]
  }

  func check(_ list: inout ExpectationList) {
    let name = "GPU \(place.index)"
    let inBARs = options.representation == .vm ? regions : [regions[0]]
    list.numbers(
      "\(name) BARs", facts.bars.filter { $0.function == place.address }.map { UInt64(clamping: $0.index) },
      inBARs.map { UInt64($0.index) })
    for region in inBARs {
      checkBAR(&list, "\(name) BAR\(region.index)", region)
    }
    // In no BAR, the memory can be reached through the driver alone.
    if options.representation == .bareMetal {
      guard options.machine.hasDriver else { return }
      for region in regions {
        checkVFIORegion(&list, "\(name) VFIO region \(region.index)", region)
      }
    }
    for region in regions {
      guard let usable = region.usable else { continue }
      list.bytes(
        "\(name) real length of region \(region.index)",
        facts.usableBytes(ofBAR: region.index, of: place.address), usable)
    }
  }

  private func checkBAR(_ list: inout ExpectationList, _ name: String, _ region: Region) {
    let bar = facts.bar(region.index, of: place.address)
    list.bytes("\(name) size", bar?.bytes, region.bytes)
    list.equal(
      "\(name) kind",
      bar.map { "\($0.wide ? "64-bit" : "32-bit") \($0.prefetchable ? "prefetchable" : "non-prefetchable")" },
      "64-bit prefetchable")
    list.equal(
      "\(name) is placed at a multiple of its size",
      bar.map { $0.start > 0 && $0.start.isMultiple(of: region.bytes) ? "yes" : "0x" + hex($0.start) }, "yes")
  }

  private func checkVFIORegion(_ list: inout ExpectationList, _ name: String, _ fact: Region) {
    let region = facts.vfioRegion(fact.index, of: place.address)
    list.bytes("\(name) size", region?.bytes, fact.bytes)
    list.equal(
      "\(name) access",
      region.map {
        [$0.readable ? "read" : nil, $0.writable ? "write" : nil, $0.mappable ? "map" : nil]
          .compactMap { $0 }.joined(separator: " ")
      }, "read write map")
    guard let usable = fact.usable else { return }
    // The driver always lists one part, even where it is the whole region
    // (nvgrace_gpu_ioctl_get_region_info).
    list.equal(
      "\(name) can be mapped up to its real length",
      region.map { $0.areas.map { "\(ByteCount($0.bytes)) at 0x\(hex($0.offset))" }.joined(separator: ", ") },
      "\(ByteCount(usable)) at 0x0")
  }
}
