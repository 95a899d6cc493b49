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
    /// Whether the driver made it, and not the chip.
    var isEmulated = false
  }

  private var registers: Region { Region(index: 0, bytes: MachineOptions.registerBytes, usable: nil) }

  /// The BAR of the chip's own, which shows all of its memory.
  private var aperture: Region? {
    options.apertureBAR.map { Region(index: 2, bytes: $0, usable: options.effectiveMemorySize) }
  }

  /// What the driver makes of the memory, for a guest of the host's.
  private var usemem: Region {
    Region(index: 4, bytes: split.usememBAR, usable: split.usemem, isEmulated: true)
  }

  private var resmem: Region? {
    split.resmem == 0
      ? nil : Region(index: 2, bytes: split.resmemBAR, usable: split.resmem, isEmulated: true)
  }

  /// In a virtual machine the function has what the driver made on the host; a chip's own BAR keeps its place.
  private var expectedBARs: [Region] {
    options.representation == .vm
      ? [registers, aperture ?? resmem, usemem].compactMap { $0 } : [registers, aperture].compactMap { $0 }
  }

  /// On the host the driver puts its own region before a BAR of the chip's (nvgrace_gpu_memregion()).
  private var expectedVFIORegions: [Region] {
    guard options.representation == .bareMetal, options.machine.hasDriver else { return [] }
    return [registers, resmem ?? aperture, usemem].compactMap { $0 }
  }

  func check(_ list: inout ExpectationList) {
    let name = "GPU \(place.index)"
    let (bars, regions) = (expectedBARs, expectedVFIORegions)
    list.numbers(
      "\(name) BARs", facts.bars.filter { $0.function == place.address }.map { UInt64(clamping: $0.index) },
      bars.map { UInt64($0.index) })
    for bar in bars { checkBAR(&list, "\(name) BAR\(bar.index)", bar) }
    if !regions.isEmpty {
      list.numbers(
        "\(name) VFIO regions",
        facts.vfioRegions.filter { $0.function == place.address }.map { UInt64(clamping: $0.index) },
        regions.map { UInt64($0.index) })
    }
    for region in regions { checkVFIORegion(&list, "\(name) VFIO region \(region.index)", region) }
    // Where there is a driver it has the BARs, and the guest tries its regions.
    for region in regions.isEmpty ? bars : regions {
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
    guard fact.isEmulated else {
      list.numbers("\(name) can be mapped as a whole", region.map { [UInt64($0.areas.count)] } ?? [], [0])
      return
    }
    // The driver always lists one part, even where it is the whole region
    // (nvgrace_gpu_ioctl_get_region_info).
    list.equal(
      "\(name) can be mapped up to its real length",
      region.map { $0.areas.map { "\(ByteCount($0.bytes)) at 0x\(hex($0.offset))" }.joined(separator: ", ") },
      "\(ByteCount(usable)) at 0x0")
  }
}
