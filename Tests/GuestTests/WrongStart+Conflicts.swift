// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest

extension WrongStart {
  /// Options that are right, each for itself, and cannot be together or in this machine.
  static let conflicts: [WrongStart] = [
    .init(
      "mig-fix=on;profile-file=FOLDER/my.profile",
      files: ["my.profile": "base = gb200\nname = mine\nmig-fix = off\ncapability-remove = 0xb0c\n"],
      "mig-fix=on is of no use without NVIDIA's DVSEC 3, which mine leaves out; leave out mig-fix=on"),
    .init(
      "memory-base=0x400000000000", representation: .vm,
      """
      memory-base is only for representation=bare-metal, since in the vm representation the guest's \
      firmware places the BARs; leave it out
      """),
    .init(
      "egm-size=1G", representation: .vm,
      """
      egm-size is only for representation=bare-metal, since a guest's extended memory is its RAM; leave it \
      out
      """),
    .init(
      "profile-file=FOLDER/my.profile;profile=gb200", files: ["my.profile": "base = gb200\nname = mine\n"],
      "profile= and a profile's file both say which product it is; leave out one"),
    .init(
      "memory-base=0x40000000",
      """
      the coherent memory at 0x40000000 to 0x183fffffff overlaps 'ram0' at 0x40000000; choose another \
      memory-base=
      """),
    .init(
      "memory-base=0x8000000000",
      """
      the coherent memory at 0x8000000000 to 0x97ffffffff overlaps 'gpex_mmio_window' at 0x8000000000; \
      choose another memory-base=
      """),
    .init(
      "memory-base=0x500000000000",
      """
      the coherent memory at 0x500000000000 to 0x5017ffffffff overlaps 'grace-gpu.memory' at \
      0x500000000000; choose another memory-base=
      """
    ) {
      $0.gpuCount = 2
    },
    .init(
      "pxm-start=1",
      "pxm-start=1 is one of the machine's own NUMA nodes; use 2 or more"
    ) {
      $0.hostNodes = 2
    },
    .init(
      "pxm-start=1",
      "two GPUs want proximity domain 1; give them pxm-start= values that are further apart, or none"
    ) {
      $0.gpuCount = 2
    },
    .init(
      "egm-size=1G;egm-base=0x400000000000",
      """
      the coherent memory at 0x400000000000 to 0x40003fffffff overlaps 'grace-gpu.memory' at \
      0x400000000000; choose another memory-base=
      """),
    .init(
      "egm-size=1G;egm-base=0x40000000",
      """
      the coherent memory at 0x40000000 to 0x7fffffff overlaps 'ram0' at 0x40000000; choose another \
      memory-base=
      """),
    .init(
      "id=gpu0",
      "Duplicate ID 'gpu0' for device"
    ) {
      $0.gpuCount = 2
    },
    .init(
      "host-node=1",
      "host-node=1 is none of the machine's own NUMA nodes, of which there are 1; use a lower number"),
  ]
}
