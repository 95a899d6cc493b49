// SPDX-License-Identifier: GPL-2.0-or-later

import GraceGuest
import Testing

@Suite("QEMU's command line")
struct MachineOptionsTests {
  private let assets = GuestAssets(paths: [
    .qemu: "/q/qemu", .plugin: "/p,q/lib.so", .kernel: "/k", .initrd: "/i", .firmware: "/f",
  ])

  private func values(of name: String, _ options: MachineOptions) throws -> [String] {
    try options.argumentGroups(assets: assets).filter { $0.first == name }.map { $0[1] }
  }

  @Test("each GPU sits behind a root port of its own, from slot 1")
  func devices() throws {
    let options = MachineOptions(representation: .bareMetal, memorySize: 3 << 30, gpuCount: 2)
    #expect(
      try values(of: "-device", options) == [
        "pcie-root-port,id=rp0,bus=pcie.0,chassis=1,addr=0x1",
        "grace-gpu,id=gpu0,bus=rp0,profile=gh200-480gb,representation=bare-metal,memory-size=3221225472,"
          + "plugin=/p,,q/lib.so",
        "pcie-root-port,id=rp1,bus=pcie.0,chassis=2,addr=0x2",
        "grace-gpu,id=gpu1,bus=rp1,profile=gh200-480gb,representation=bare-metal,memory-size=3221225472,"
          + "plugin=/p,,q/lib.so",
      ])
  }

  @Test("the kernel is told what was configured")
  func kernelCommandLine() {
    var options = MachineOptions(profile: .gh200With144GB, representation: .vm)
    options.kernelWords = ["a=b"]
    #expect(
      options.kernelCommandLine
        == "console=ttyAMA0 quiet panic=-1 grace.representation=vm grace.memory=154618822656 grace.gpus=1 a=b"
    )
    options.isInteractive = true
    #expect(options.kernelCommandLine.contains(" grace.shell=1 "))
  }

  @Test("all memory and CPUs belong to one node, unless there is to be none")
  func numa() throws {
    var options = MachineOptions(representation: .vm)
    #expect(try values(of: "-numa", options) == ["node,nodeid=0,memdev=ram0,cpus=0-1"])
    options.cpuCount = 1
    #expect(try values(of: "-numa", options) == ["node,nodeid=0,memdev=ram0,cpus=0"])
    options.hasNUMA = false
    #expect(try values(of: "-numa", options) == [])
    #expect(try values(of: "-object", options) == [])
  }

  /// Representation, GPUs, memory in GiB, window in GiB.
  @Test(
    "the PCI window grows once the BARs could fill half of QEMU's default",
    arguments: [
      (.vm, 1, 96, nil), (.vm, 2, 96, 1024), (.vm, 4, 96, 2048), (.vm, 1, 144, 1024), (.vm, 4, 3, nil),
      (.bareMetal, 4, 144, nil),
    ] as [(Representation, Int, UInt64, Int?)])
  func window(representation: Representation, gpus: Int, memory: UInt64, window: Int?) throws {
    let options = MachineOptions(representation: representation, memorySize: memory << 30, gpuCount: gpus)
    let size = window.map { ",highmem-mmio-size=\($0)G" } ?? ""
    #expect(try values(of: "-M", options) == ["virt,gic-version=3,iommu=smmuv3\(size)"])
  }

  @Test("a property given by hand replaces the one chosen")
  func deviceProperties() throws {
    var options = MachineOptions(representation: .bareMetal)
    options.deviceProperties = ["profile": "none", "memory-base": "0x500000000000"]
    let device = try values(of: "-device", options)[1]
    #expect(device.hasSuffix(",memory-base=0x500000000000,profile=none"))
    #expect(!device.contains("gh200"))
  }

  @Test("the printed command survives a shell")
  func shellCommand() throws {
    var options = MachineOptions(representation: .vm)
    options.extraArguments = ["-name", "it's"]
    let command = try options.shellCommand(assets: assets)
    #expect(command.hasPrefix("/q/qemu \\\n  -M virt,"))
    #expect(command.contains("\n  -append 'console=ttyAMA0 quiet "))
    #expect(command.hasSuffix("\n  -name 'it'\\''s'"))
  }

  @Test("GPUs are found on buses 1, 2, ... with companions and memory in their order")
  func places() {
    let places = MachineOptions(representation: .bareMetal, gpuCount: 4).places
    #expect(places.map(\.address) == ["0000:01:00.0", "0000:02:00.0", "0000:03:00.0", "0000:04:00.0"])
    #expect(places.map(\.companion).first == #"\_SB_.PCI0.S08_.GPU0"#)
    #expect(places.map(\.companion).last == #"\_SB_.PCI0.S20_.GPU0"#)
    #expect(
      places.map(\.defaultMemoryBase) == [
        0x4000_0000_0000, 0x5000_0000_0000, 0x6000_0000_0000, 0x7000_0000_0000,
      ])
  }
}
