// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance

extension BrokenMachine {
  static let headers = [
    BrokenMachine("header-short") { $0.patch = { $0.append([0x53, 0x53, 0x44, 0x54, 0x08]) } },
    BrokenMachine("header-signature") {
      $0.patch = { $0.append(sealedTable("\u{1}\u{2}\u{3}\u{4}", revision: 1, body: [])) }
    },
    BrokenMachine("header-length") { $0.patch = { $0[1].append(0) } },
    BrokenMachine("header-checksum") { $0.patch = { $0[1][9] &+= 1 } },
    BrokenMachine("header-revision") { $0.revisions["HMAT"] = 9 },
    BrokenMachine("header-revision-old") { $0.revisions["SRAT"] = 2 },
    BrokenMachine("table-duplicate") { $0.patch = { $0.append($0[1]) } },
  ]

  static let affinity = [
    BrokenMachine("srat-header-reserved") { $0.affinityHead[4] = 1 },
    BrokenMachine("srat-entry-zero-length") { $0.moreEntries = [[0, 0, 0, 0]] },
    BrokenMachine("srat-entry-overrun") { $0.moreEntries = [[9, 200, 0, 0]] },
    BrokenMachine("srat-entry-size") { $0.moreEntries = [[1, 4, 0, 0]] },
    BrokenMachine("srat-entry-type") { $0.moreEntries = [[0x77, 4, 0, 0]] },
    BrokenMachine("srat-reserved") { $0.initiators[2][2] = 1 },
    BrokenMachine("srat-flags") { $0.initiators[2][24] = 0x83 },
    BrokenMachine("srat-domain-width") {
      // Revision 1 itself is worth a note, so this one is looked at alone in its own test.
      $0.revisions["SRAT"] = 1
      $0.moreEntries = [Entry.memory(domain: 300, base: 0, length: 0, flags: 3)]
    },
    BrokenMachine("srat-memory-zero-length") { $0.memory[1][28] = 1 },
    BrokenMachine("srat-memory-wrap") {
      $0.moreEntries = [Entry.memory(domain: 0, base: .max - 0xffff, length: 0x2_0000)]
    },
    BrokenMachine("srat-memory-overlap") {
      $0.moreEntries = [Entry.memory(domain: 0, base: TestMachine.ram + 0x1000, length: 0x1000)]
    },
    BrokenMachine("srat-memory-overlap-domains") {
      $0.moreEntries = [Entry.memory(domain: 1, base: TestMachine.ram + 0x7fff_ffff, length: 2)]
    },
  ]

  static let handles = [
    BrokenMachine("srat-gi-handle-type") {
      $0.initiators[3][3] = 2
    },
    BrokenMachine("srat-gi-handle-reserved") { $0.setHandle([0, 0, 1, 0, 0, 0, 0, 0, 0, 7]) },
    BrokenMachine("srat-gi-handle-order") { $0.setHandle([0, 0, 0, 1]) },
    BrokenMachine("srat-gi-handle-doubled") { $0.setHandle([0, 0, 1, 1]) },
    BrokenMachine("srat-gi-handle-no-function") {
      $0.functions?.append(PCIFunction(address: PCIAddress(segment: 0, bus: 9, devfn: 0)))
      $0.moreEntries = [Entry.initiator(domain: 0, handle: [0, 0, 0x21, 0x30])]
    },
    BrokenMachine("srat-gi-handle-bridge") {
      $0.moreEntries = [Entry.initiator(domain: 0, handle: [0, 0, 0, 8])]
    },
    BrokenMachine("srat-gi-grace-function") {
      $0.functions?[1] = PCIFunction(
        address: PCIAddress(segment: 0, bus: 1, devfn: 0x09), vendor: 0x10de, device: 0x2941)
      $0.setHandle([0, 0, 1, 9])
    },
  ]

  static let initiators = [
    BrokenMachine("srat-gi-disabled") { $0.initiators[7][24] = 2 },
    BrokenMachine("srat-gi-order") { $0.initiators.swapAt(2, 5) },
    BrokenMachine("srat-gi-duplicate") { $0.initiators.append($0.initiators[7]) },
    BrokenMachine("srat-gi-count") {
      $0.initiators.removeLast()
      $0.properties.removeAll { $0.name.contains("pxm-") }
      $0.structures = []
    },
    BrokenMachine("srat-gi-missing") {
      $0.initiators = []
      $0.properties.removeAll { $0.name.contains("pxm-") }
      $0.structures = []
    },
    BrokenMachine("srat-gi-domain-shared") {
      $0.functions?.append(PCIFunction(address: PCIAddress(segment: 0, bus: 2, devfn: 0)))
      $0.moreEntries = [Entry.initiator(domain: 3, handle: [0, 0, 2, 0])]
    },
    BrokenMachine("srat-gi-no-memory-entry") { $0.memory.remove(at: 4) },
  ]
}
