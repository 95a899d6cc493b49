// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance

extension BrokenMachine {
  static let distances = [
    BrokenMachine("slit-length") { $0.distances.append([1]) },
    BrokenMachine("slit-too-small") {
      $0.localities = 8
      $0.distances = $0.distances.dropLast().map { $0.dropLast() }
    },
    BrokenMachine("slit-too-large") {
      $0.localities = 10
      $0.distances = $0.distances.map { $0 + [255] } + [Array(repeating: 255, count: 9) + [10]]
    },
    BrokenMachine("slit-diagonal") { $0.distances[4][4] = 11 },
    BrokenMachine("slit-zero") { $0.setDistance(1, 0, 0) },
    BrokenMachine("slit-off-diagonal") { $0.setDistance(1, 0, 10) },
    BrokenMachine("slit-asymmetric") { $0.distances[0][5] = 41 },
  ]

  static let attributes = [
    BrokenMachine("hmat-structure-length") { $0.structures.append([1, 0, 0, 0, 7, 0, 0, 0]) },
    BrokenMachine("hmat-structure-size") {
      $0.structures[0] += [0, 0, 0, 0]
      $0.structures[0][4] = 44
    },
    BrokenMachine("hmat-structure-type") { $0.structures.append([3, 0, 0, 0, 8, 0, 0, 0]) },
    BrokenMachine("hmat-reserved") { $0.setStructure(0, 10, 1) },
    BrokenMachine("hmat-domain") { $0.setStructure(4, 8, 9) },
    BrokenMachine("hmat-initiator") {
      $0.memory.append(Entry.memory(domain: 9, base: 0, length: 0, flags: 3))
      $0.structures.append(Structure.locality(dataType: 0, initiators: [9], targets: [0]))
      $0.localities = 10
      $0.distances = $0.distances.map { $0 + [255] } + [Array(repeating: 255, count: 9) + [10]]
    },
    BrokenMachine("hmat-memoryless") { $0.structures.append(Structure.attributes(initiator: 0, memory: 3)) },
    BrokenMachine("hmat-data-type") { $0.setStructure(1, 9, 6) },
    BrokenMachine("hmat-hierarchy") { $0.setStructure(1, 8, 4) },
    BrokenMachine("hmat-base-unit") {
      $0.structures[1] = Structure.locality(dataType: 1, initiators: [0], targets: [0], unit: 0)
    },
    BrokenMachine("hmat-cache-attributes") { $0.setStructure(4, 24, 0x21) },
    BrokenMachine("hmat-entry-absent") {
      $0.structures[1] = Structure.locality(dataType: 1, initiators: [0], targets: [0], value: 0xffff)
    },
  ]
}
