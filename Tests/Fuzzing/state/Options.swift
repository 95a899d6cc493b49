// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel

@testable import gracectl

/// Settings as `NAME=VALUE` with zeros between them, as QEMU gives them and as gracectl does.
func runOptions(_ input: inout Input) {
  let texts = input.pieces(at: 0).prefix(24).map { String(decoding: $0, as: UTF8.self) }
  let plain = texts.map { text in
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    return Setting(name: String(parts[0]), value: parts.count > 1 ? String(parts[1]) : "")
  }
  create(plain)
  create(texts.compactMap(GPUSetting.setting))
}

private func create(_ settings: [Setting]) {
  do throws(OptionError) {
    demandDevice(try DeviceOptions(settings))
  } catch {
    demandSentence(error.message)
  }
}

/// A device of any options can be made, looked at, and saved.
func demandDevice(_ options: DeviceOptions) {
  let limit = DeviceOptions.addressLimit
  demand(options.memorySize > 0 && options.memorySize <= DeviceOptions.largestMemory, "the memory has a size")
  demand(options.memorySize % DeviceOptions.memoryUnit == 0, "the memory is whole units")
  demand(
    options.backingSize >= options.memorySize && options.backingSize <= limit, "the host's memory has a size")
  if options.representation == .bareMetal {
    demand(
      options.memoryBase > 0 && options.memoryBase + options.memorySize <= limit, "the memory is below 2^52")
  }
  var device = started(options)
  demandRegions(device.regions, options)
  demandCapabilities(device.host)
  let state = device.snapshot()
  demand(state.count == device.snapshotByteCount, "state is as long as it says")
  _ = device.readRegion(0, at: 0, size: 8)
  let listing = ProfileListing(options)
  demand(listing.configuration.split(separator: "\n").count == 257, "a listing has 256 lines of bytes")
  demandPlain(listing.configuration, allowing: ["\n"])
  demandPlain(listing.registerMap, allowing: ["\n"])
}

private func demandRegions(_ regions: RegionList, _ options: DeviceOptions) {
  var index = 0
  var bars: Set<Int> = []
  while let region = regions[index] {
    index += 1
    demand(region.backedSize <= region.size, "a region has room for its memory")
    demand(
      !region.isCoherentMemory || region.memoryOffset <= options.backingSize - region.backedSize,
      "a region's memory is the device's")
    switch region.place {
    case .bar(let bar):
      demand(region.size.nonzeroBitCount == 1, "a BAR is a power of two")
      demand(bar % 2 == 0 && bar < 6 && bars.insert(bar).inserted, "a BAR is a pair of its own")
    case .fixed(let address):
      demand(
        address % 4096 == 0 && address < DeviceOptions.addressLimit - region.size + 1, "memory has an address"
      )
    }
  }
  demand(index == regions.count && index > 0, "regions are counted")
}

/// Both lists of capabilities end, and go only to places where one can be (PCIe Base 6.0, 7.5.1.1.11 and 7.6.1).
private func demandCapabilities(_ host: RecordingHost) {
  var seen: Set<Int> = []
  var place = Int(host.config[0x34])
  while place != 0 {
    demand(
      place >= 0x40 && place % 4 == 0 && seen.insert(place).inserted, "the list of capabilities ends",
      "\(place)")
    place = Int(host.config[place + 1])
  }
  demand(seen.contains { host.config[$0] == 0x10 }, "a PCI Express function says that it is one")
  place = 0x100
  while place != 0, host.dword(place) != 0 {
    demand(
      place >= 0x100 && place <= 0xffc && place % 4 == 0 && seen.insert(place).inserted,
      "the list of extended capabilities ends", "\(place)")
    place = Int(host.dword(place) >> 20)
  }
}
