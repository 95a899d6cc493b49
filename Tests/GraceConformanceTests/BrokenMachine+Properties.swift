// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance

extension BrokenMachine {
  private static let base = "nvidia,gpu-mem-base-pa"
  private static let retired = "nvidia,egm-retired-pages-data-base"
  private static let size = "nvidia,gpu-mem-size"

  static let properties = [
    BrokenMachine("aml-evaluation") { $0.problem = "AE_NOT_FOUND" },
    BrokenMachine("pxm-domain") {
      $0.objects = [EvaluatedObject(path: #"\_SB.PCI0._PXM"#, value: .integer(77))]
    },
    BrokenMachine("dsd-form") {
      $0.objects.append(EvaluatedObject(path: #"\_SB.X._DSD"#, value: .integer(1)))
    },
    BrokenMachine("dsd-duplicate") { $0.properties.append($0.properties[0]) },
    BrokenMachine("dsd-unknown") { $0.set("nvidia,gpu-mem-bass-pa", .integer(1)) },
    BrokenMachine("dsd-type") { $0.set(base, .string("0x400000000000")) },
    BrokenMachine("dsd-base-zero") {
      $0.set(base, .integer(0))
      $0.set(size, .integer(1 << 29))
    },
    BrokenMachine("dsd-size-zero") { $0.set(size, .integer(0)) },
    BrokenMachine("dsd-size-small") { $0.set(size, .integer(1 << 30)) },
    BrokenMachine("dsd-missing-base") { $0.set(base, nil) },
    BrokenMachine("dsd-missing-size") { $0.set(size, nil) },
    BrokenMachine("dsd-missing") {
      $0.functions?[1].hasBAR4 = false
      $0.deviceData = .package([])
    },
    BrokenMachine("dsd-page-alignment") { $0.set(base, .integer(0x4000_0000_1000)) },
    BrokenMachine("dsd-block-alignment") { $0.set(base, .integer(0x4000_1000_0000)) },
    BrokenMachine("dsd-size-block") { $0.set(size, .integer(96 << 30 - 1 << 20)) },
    BrokenMachine("dsd-wrap") {
      $0.set(base, .integer(0xffff_ffff_e000_0000))
      $0.set(size, .integer(3 << 29))
    },
    BrokenMachine("dsd-overlap-ram") {
      $0.set(base, .integer(0xa000_0000))
      $0.set(size, .integer(3 << 29))
    },
    BrokenMachine("dsd-overlap-device") {
      let other = TestMachine.deviceData([
        (base, .integer(0x4000_4000_0000)), (size, .integer(3 << 29)),
      ])
      $0.objects.append(EvaluatedObject(path: #"\_SB.PCI1.RP00.GPU0._DSD"#, value: other))
    },
    BrokenMachine("dsd-pxm-pair") { $0.set("nvidia,gpu-mem-pxm-count", nil) },
    BrokenMachine("dsd-pxm-domain") { $0.set("nvidia,gpu-mem-pxm-start", .integer(2)) },
    BrokenMachine("dsd-pxm-count") {
      $0.functions?[1] = PCIFunction(address: TestMachine.gpuAddress, vendor: 0x10de, device: 0x9999)
      $0.initiators.removeLast()
      $0.structures = []
      $0.set("nvidia,gpu-mem-pxm-count", .integer(7))
    },
    BrokenMachine("dsd-pxm-initiators") { $0.set("nvidia,gpu-mem-pxm-start", .integer(0)) },
    BrokenMachine("dsd-pxm-shared") {
      let other = TestMachine.deviceData([
        (base, .integer(0x5000_0000_0000)), (size, .integer(3 << 29)),
        ("nvidia,gpu-mem-pxm-start", .integer(1)), ("nvidia,gpu-mem-pxm-count", .integer(8)),
      ])
      $0.objects.append(EvaluatedObject(path: #"\_SB.PCI1.RP00.GPU0._DSD"#, value: other))
    },
    BrokenMachine("dsd-egm-retired-zero") { $0.set(retired, .integer(0)) },
    BrokenMachine("dsd-egm-retired-alignment") { $0.set(retired, .integer(0x5000_0800)) },
    BrokenMachine("dsd-egm-retired-place") { $0.set(retired, .integer(0x10_0000_1000)) },
    BrokenMachine("dsd-egm-pair") { $0.set("nvidia,egm-size", nil) },
    BrokenMachine("dsd-egm-domain") { $0.set("nvidia,egm-pxm", .integer(99)) },
  ]
}
