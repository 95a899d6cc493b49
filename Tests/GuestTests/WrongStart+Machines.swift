// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest

extension WrongStart {
  /// Machines that the device cannot be in.
  static let machines: [WrongStart] = [
    .init(
      "",
      """
      the machine has no NUMA node to which those of the GPU could be added; add -object \
      memory-backend-ram,id=ram0,size=<that of -m> -numa node,memdev=ram0, or set numa-nodes=0
      """
    ) {
      $0.hostNodes = 0
    },
    .init(
      "", representation: .vm,
      """
      the machine has no NUMA node to which those of the GPU could be added; add -object \
      memory-backend-ram,id=ram0,size=<that of -m> -numa node,memdev=ram0, or set numa-nodes=0
      """
    ) {
      $0.hostNodes = 0
    },
    .init(
      "bus=pcie.0",
      "a grace-gpu does not work on a root bus; add -device pcie-root-port,id=rp0 and put it on bus=rp0"),
    .init(
      "bus=pcie.0", representation: .vm,
      "a grace-gpu does not work on a root bus; add -device pcie-root-port,id=rp0 and put it on bus=rp0"),
    .init(
      "",
      """
      the coherent memory at 0x400000000000 to 0x4017ffffffff is beyond the 44 physical address bits of \
      the CPU; use a CPU with more, such as -cpu max, or a lower memory-base=
      """
    ) {
      $0.cpuModel = "cortex-a57"
    },
    .init(
      "", representation: .vm,
      """
      the GPUs' BARs need 768 GiB of 64-bit address space and the machine's window has 512 GiB; use \
      -machine highmem-mmio-size=1024G
      """
    ) {
      $0.gpuCount = 4
      $0.windowSize = 512 << 30
    },
    .init(
      "", representation: .vm,
      """
      the machine has no window for 64-bit BARs: it is switched off, or beyond the 52 physical address \
      bits of the CPU; use -machine highmem-mmio=on and a CPU with more bits, such as -cpu max
      """
    ) {
      $0.extraArguments = ["-machine", "highmem-mmio=off"]
    },
    .init(
      "memory-size=700G", representation: .vm,
      """
      the GPUs' BARs need 2 TiB of 64-bit address space and the machine's window has 512 GiB; use -machine \
      highmem-mmio-size=2048G
      """
    ) {
      $0.windowSize = 512 << 30
    },
    .init(
      "",
      "plugin= is not set; pass the path of libgrace-gpu.so, which scripts/build-plugin makes"
    ) {
      $0.extraArguments = [
        "-device", "pcie-root-port,id=rp9,chassis=9,addr=9", "-device", "grace-gpu,bus=rp9",
      ]
    },
    .init(
      "",
      """
      cannot open the plug-in '/nowhere/other.so': No such file or directory; build it with \
      scripts/build-plugin and pass its path as plugin=
      """
    ) {
      $0.extraArguments = [
        "-device", "pcie-root-port,id=rp9,chassis=9,addr=9", "-device",
        "grace-gpu,bus=rp9,plugin=/nowhere/other.so",
      ]
    },
    .init(
      "",
      """
      cannot open the plug-in '': No such file or directory; build it with scripts/build-plugin and pass \
      its path as plugin=
      """
    ) {
      $0.extraArguments = [
        "-device", "pcie-root-port,id=rp9,chassis=9,addr=9", "-device", "grace-gpu,bus=rp9,plugin=",
      ]
    },
  ]
}
