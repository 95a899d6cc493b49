// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel

// Sockets that can be, and the addresses that everything has.

extension Machine {
  static func check(_ sockets: [Socket]) throws(MachineError) {
    guard sockets.contains(where: { $0.processorCount > 0 }) else {
      throw MachineError("sockets", "no socket has a CPU; give at least one with cpus of 1 or more")
    }
    for (index, socket) in sockets.enumerated() {
      let place = "sockets[\(index)]"
      guard socket.domain < domainLimit else {
        throw MachineError(
          place + ".domain", "\(socket.domain) is too high; use a domain below \(domainLimit)")
      }
      for (other, earlier) in sockets[..<index].enumerated() where earlier.domain == socket.domain {
        throw MachineError(
          place + ".domain",
          "sockets[\(other)] has domain \(socket.domain), too; give each socket a domain of its own")
      }
      guard socket.processorCount <= processorLimit else {
        throw MachineError(
          place + ".cpus", "\(socket.processorCount) are too many; use at most \(processorLimit)")
      }
      guard socket.processorCount > 0 || !socket.memory.isEmpty else {
        throw MachineError(
          place, "it has neither CPUs nor memory, so no table would name its domain; give it either")
      }
    }
    try checkRAM(sockets)
  }

  private static func checkRAM(_ sockets: [Socket]) throws(MachineError) {
    var known: [(place: String, range: MemoryRange)] = []
    for (index, socket) in sockets.enumerated() {
      for (number, range) in socket.memory.enumerated() {
        let place = "sockets[\(index)].memory[\(number)]"
        guard range.end(below: DeviceOptions.addressLimit) != nil else {
          throw MachineError(
            place, "it is empty or does not end below 2^52; use a size above 0 and a lower base")
        }
        for other in known where other.range.overlaps(range) {
          throw MachineError(
            place, "\(range.text) overlaps \(other.place), which is \(other.range.text); move one of them")
        }
        known.append((place, range))
      }
    }
  }

  static func check(_ distances: [[UInt8]], sockets: [Socket]) throws(MachineError) {
    guard !distances.isEmpty else { return }
    let side = sockets.count
    guard distances.count == side else {
      throw MachineError(
        "distances", "it has \(distances.count) rows for \(side) sockets; give one row for each socket")
    }
    for (row, values) in distances.enumerated() {
      guard values.count == side else {
        throw MachineError(
          "distances[\(row)]",
          "it has \(values.count) numbers for \(side) sockets; give one number for each socket")
      }
      for (column, value) in values.enumerated() {
        let place = "distances[\(row)][\(column)]"
        if row == column, value != DistanceTable.toSelf {
          throw MachineError(place, "\(value) is the distance of a socket to itself; write 10")
        }
        if row != column, value <= DistanceTable.toSelf {
          throw MachineError(place, "\(value) is no distance to another socket; write 11 to 255")
        }
      }
    }
  }

  /// RAM, memory of the GPUs and memory set aside for them must not lie on one another. Extended memory is RAM, so a
  /// socket's memory may contain it; and GPUs of one socket may have the same.
  static func checkMemory(_ devices: [Device], sockets: [Socket]) throws(MachineError) {
    var own: [(index: Int, range: MemoryRange)] = []
    var extended: [(index: Int, range: MemoryRange)] = []
    for (index, device) in devices.enumerated() where device.options.representation == .bareMetal {
      let place = "gpus[\(index)].options.memory-base"
      let range = MemoryRange(base: device.options.memoryBase, size: device.options.memorySize)
      for (number, socket) in sockets.enumerated() {
        for memory in socket.memory where memory.overlaps(range) {
          throw MachineError(
            place,
            "the GPU's memory, \(range.text), overlaps RAM of sockets[\(number)], \(memory.text); move one of them"
          )
        }
      }
      for other in own where other.range.overlaps(range) {
        throw MachineError(
          place,
          "the GPU's memory, \(range.text), overlaps that of gpus[\(other.index)], \(other.range.text); move one of them"
        )
      }
      own.append((index, range))
      if let memory = device.options.firmware.extendedMemory {
        extended.append((index, memory.range))
      }
    }
    for (number, (index, range)) in extended.enumerated() {
      let place = "gpus[\(index)].options.egm-base"
      for other in own where other.range.overlaps(range) {
        throw MachineError(
          place,
          "extended memory, \(range.text), overlaps the memory of gpus[\(other.index)], \(other.range.text); move one of them"
        )
      }
      for other in extended[..<number] where other.range.overlaps(range) && other.range != range {
        throw MachineError(
          place,
          "extended memory, \(range.text), overlaps that of gpus[\(other.index)], \(other.range.text); move one of them, or give both the same"
        )
      }
    }
  }

  /// All addresses at which there is memory that no window may contain.
  static func memory(of sockets: [Socket], devices: [Device]) -> [MemoryRange] {
    var ranges = sockets.flatMap { $0.memory }
    for device in devices where device.options.representation == .bareMetal {
      ranges.append(MemoryRange(base: device.options.memoryBase, size: device.options.memorySize))
      guard let extended = device.options.firmware.extendedMemory else { continue }
      ranges.append(extended.range)
    }
    return ranges
  }
}

extension ExtendedMemory {
  /// Its addresses, and those of the table of retired pages, which lies behind it.
  fileprivate var range: MemoryRange {
    MemoryRange(base: base, size: size + (retiredPagesBase == nil ? 0 : Self.retiredPagesSize))
  }
}
