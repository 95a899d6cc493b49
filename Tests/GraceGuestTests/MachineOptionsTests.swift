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

  @Test("a switch has one root port, and a downstream port for each GPU")
  func switchPorts() throws {
    var options = MachineOptions(representation: .vm, memorySize: 3 << 30, gpuCount: 2)
    options.tree = .switch
    let devices = try values(of: "-device", options)
    #expect(devices.count == 6)
    #expect(
      devices[...2] == [
        "pcie-root-port,id=rp0,bus=pcie.0,chassis=1,addr=0x1", "x3130-upstream,id=up0,bus=rp0",
        "xio3130-downstream,id=rp1,bus=up0,chassis=2,addr=0x0",
      ])
    #expect(devices[3].hasPrefix("grace-gpu,id=gpu0,bus=rp1,"))
    #expect(devices[4] == "xio3130-downstream,id=rp2,bus=up0,chassis=3,addr=0x1")
    #expect(devices[5].hasPrefix("grace-gpu,id=gpu1,bus=rp2,"))
    #expect(options.kernelCommandLine.hasSuffix(" pci=hpmmioprefsize=4096M"))
    options.representation = .bareMetal
    #expect(!options.kernelCommandLine.contains("hpmmioprefsize"))
  }

  @Test("an expander bridge has the node of its GPU's host, and a bus of its own")
  func expanders() throws {
    var options = MachineOptions(representation: .vm, memorySize: 3 << 30, gpuCount: 3)
    options.tree = .expander
    options.hostNodes = 2
    let devices = try values(of: "-device", options)
    #expect(
      devices.filter { $0.hasPrefix("pxb-pcie") } == [
        "pxb-pcie,id=pxb0,bus=pcie.0,addr=0x1,bus_nr=16,numa_node=0",
        "pxb-pcie,id=pxb1,bus=pcie.0,addr=0x2,bus_nr=32,numa_node=1",
        "pxb-pcie,id=pxb2,bus=pcie.0,addr=0x3,bus_nr=48,numa_node=0",
      ])
    #expect(
      devices.filter { $0.hasPrefix("pcie-root-port") }.last
        == "pcie-root-port,id=rp2,bus=pxb2,chassis=3,addr=0x0")
    options.hostNodes = 0
    #expect(try values(of: "-device", options)[0].hasSuffix(",bus_nr=16"))
  }

  @Test("a property of one GPU replaces that of all")
  func propertyOfOneGPU() throws {
    var options = MachineOptions(representation: .vm, memorySize: 3 << 30, gpuCount: 2)
    options.deviceProperties = ["host-node": "0", "numa-nodes": "2"]
    options.propertiesOfGPU = [1: ["host-node": "1"]]
    let devices = try values(of: "-device", options)
    #expect(devices[1].hasSuffix(",host-node=0,numa-nodes=2"))
    #expect(devices[3].hasSuffix(",host-node=1,numa-nodes=2"))
    #expect(options.places.map(options.hostNode) == [0, 1])
    #expect(options.kernelCommandLine.contains(" grace.nodes=2"))
  }

  @Test("q35 has its own console, CPU and assets")
  func q35() throws {
    var options = MachineOptions(representation: .vm, gpuCount: 8)
    options.machine = .q35
    #expect(options.kernelCommandLine.hasPrefix("console=ttyS0 "))
    #expect(throws: GuestAssetsError.missingEntry("FIRMWARE_X86")) { try values(of: "-M", options) }
    let assets = [
      (GuestAssets.Name.qemuForX86, "/qx"), (.kernelForX86, "/kx"), (.initrdForX86, "/ix"),
      (.firmwareForX86, "/fx"),
    ].reduce(self.assets) { $0.replacing($1.0, with: $1.1) }
    let groups = try options.argumentGroups(assets: assets)
    #expect(groups[0] == ["-M", "q35"])
    #expect(groups[1] == ["-cpu", "max,phys-bits=48"])
    for pair in [["-bios", "/fx"], ["-kernel", "/kx"], ["-initrd", "/ix"]] { #expect(groups.contains(pair)) }
    #expect(try options.shellCommand(assets: assets).hasPrefix("/qx "))
  }

  @Test("a product that a file describes is named by its file, and the kernel is told what the file says")
  func profileFile() throws {
    let profile = GPUProfile(
      file: "/a/b,c.profile", name: "mine", chip: .gh100, deviceID: "2350", subsystemIDs: ["1234"],
      memorySize: 3 << 30,
      dividesMemory: false)
    var options = MachineOptions(profile: profile, representation: .vm)
    let device = try values(of: "-device", options)[1]
    #expect(device.contains(",profile-file=/a/b,,c.profile,"))
    #expect(!device.contains(",profile="))
    #expect(
      options.kernelCommandLine.contains(" grace.chip=gh100 grace.divided=off grace.memory=3221225472 "))
    #expect(options.kernelCommandLine.contains(" grace.device=2350"))
    #expect(options.title == "mine vm")
    // Given by hand it takes the product's place, too.
    options = MachineOptions(representation: .vm)
    options.deviceProperties = ["profile-file": "x"]
    let byHand = try values(of: "-device", options)[1]
    #expect(byHand.contains(",profile-file=x"))
    #expect(!byHand.contains(",profile="))
  }

  @Test("the SMMU reaches memory at 2^46, unless it is told not to or is not there")
  func smmu() throws {
    var options = MachineOptions(representation: .bareMetal)
    #expect(try values(of: "-global", options) == ["arm-smmuv3.oas=48"])
    #expect(options.kernelCommandLine.contains(" grace.smmu-bits=48"))
    options.smmuAddressBits = nil
    #expect(try values(of: "-global", options) == [])
    #expect(try values(of: "-M", options) == ["virt,gic-version=3"])
    options.hasHypervisor = true
    options.smmuAddressBits = 44
    #expect(try values(of: "-M", options) == ["virt,gic-version=3,iommu=smmuv3,virtualization=on"])
    #expect(options.kernelCommandLine.contains(" grace.smmu-bits=44"))
  }

  @Test("firmware tells of memory errors if it is asked to")
  func memoryErrors() throws {
    var options = MachineOptions(representation: .vm)
    options.reportsMemoryErrors = true
    #expect(try values(of: "-M", options) == ["virt,gic-version=3,iommu=smmuv3,ras=on"])
  }

  @Test("the kernel is told what was configured")
  func kernelCommandLine() {
    var options = MachineOptions(profile: .gh200With144GB, representation: .vm)
    options.kernelWords = ["a=b"]
    #expect(
      options.kernelCommandLine
        == "console=ttyAMA0 quiet panic=-1 grace.representation=vm grace.chip=gh100 grace.divided=on "
        + "grace.memory=154618822656 grace.gpus=1 a=b"
    )
    options.deviceProperties = ["mig-fix": "on"]
    #expect(options.kernelCommandLine.contains(" grace.chip=gh100 grace.divided=off "))
    options.isInteractive = true
    #expect(options.kernelCommandLine.contains(" grace.shell=1 "))
  }

  @Test(
    "a Blackwell GPU has its own chip, and memory that is divided only if asked for",
    arguments: [(.gb200, "gb100"), (.gb300, "gb110"), (.blackwellNext, "blackwell-next")]
      as [(GPUProfile, String)])
  func blackwell(profile: GPUProfile, chip: String) {
    var options = MachineOptions(profile: profile, representation: .bareMetal)
    #expect(options.kernelCommandLine.contains(" grace.chip=\(chip) grace.divided=off "))
    options.deviceProperties = ["mig-fix": "off"]
    #expect(options.kernelCommandLine.contains(" grace.chip=\(chip) grace.divided=on "))
    #expect(!options.kernelCommandLine.contains("grace.device="))
    options.deviceProperties = ["device-id": "0x3342"]
    #expect(options.kernelCommandLine.hasSuffix(" grace.device=3342"))
    #expect(options.deviceID(of: options.places[0]) == "3342")
  }

  @Test(
    "the window has room for both BARs of a Blackwell GPU, on the host for one",
    arguments: [
      (.gb200, .vm, 1, 2048), (.gb300, .vm, 1, 4096), (.gb300, .vm, 8, 32768), (.blackwellNext, .vm, 1, 4096),
      (.gb200, .bareMetal, 1, 1024), (.gb300, .bareMetal, 1, 2048),
    ] as [(GPUProfile, Representation, Int, Int)])
  func blackwellWindow(profile: GPUProfile, representation: Representation, gpus: Int, window: Int) throws {
    let options = MachineOptions(profile: profile, representation: representation, gpuCount: gpus)
    #expect(
      try values(of: "-M", options) == ["virt,gic-version=3,iommu=smmuv3,highmem-mmio-size=\(window)G"])
  }

  @Test("all memory and CPUs belong to one node, unless there is to be none")
  func numa() throws {
    var options = MachineOptions(representation: .vm)
    #expect(try values(of: "-numa", options) == ["node,nodeid=0,memdev=ram0,cpus=0-1"])
    options.cpuCount = 1
    #expect(try values(of: "-numa", options) == ["node,nodeid=0,memdev=ram0,cpus=0"])
    options.cpuCount = 3
    options.hostNodes = 2
    #expect(
      try values(of: "-numa", options) == [
        "node,nodeid=0,memdev=ram0,cpus=0-1", "node,nodeid=1,memdev=ram1,cpus=2-3",
      ])
    #expect(try values(of: "-smp", options) == ["4,sockets=2"])
    options.hostNodes = 3
    #expect(
      try values(of: "-object", options) == [
        "memory-backend-ram,id=ram0,size=684M", "memory-backend-ram,id=ram1,size=682M",
        "memory-backend-ram,id=ram2,size=682M",
      ])
    options.hostNodes = 0
    #expect(try values(of: "-numa", options) == [])
    #expect(try values(of: "-object", options) == [])
  }

  /// Representation, GPUs, memory in GiB, window in GiB.
  @Test(
    "the PCI window grows once the BARs could fill half of QEMU's default",
    arguments: [
      (.vm, 1, 96, nil), (.vm, 2, 96, 1024), (.vm, 4, 96, 2048), (.vm, 8, 96, 4096), (.vm, 1, 144, 1024),
      (.vm, 4, 3, nil),
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

  /// A tree, addresses of the first and the last of eight GPUs, and their companions on `virt` and `q35`.
  @Test(
    "firmware counts buses depth first, and names follow slots",
    arguments: [
      (
        .rootPorts, ["0000:01:00.0", "0000:08:00.0"], ["PCI0.S08_.GPU0", "PCI0.S40_.GPU0"],
        ["PCI0.S08_.S00_", "PCI0.S40_.S00_"]
      ),
      (
        .switch, ["0000:03:00.0", "0000:0a:00.0"], ["PCI0.S08_.S00_.S00_.GPU0", "PCI0.S08_.S00_.S38_.GPU0"],
        ["PCI0.S08_.S00_.S00_.S00_", "PCI0.S08_.S00_.S38_.S00_"]
      ),
      (
        .expander, ["0000:11:00.0", "0000:81:00.0"], ["PC10.S00_.GPU0", "PC80.S00_.GPU0"],
        ["PC10.S00_.GPU0", "PC80.S00_.GPU0"]
      ),
    ] as [(PCITree, [String], [String], [String])])
  func places(tree: PCITree, addresses: [String], onVirt: [String], onQ35: [String]) {
    var options = MachineOptions(representation: .bareMetal, gpuCount: 8)
    options.tree = tree
    #expect([options.places[0], options.places[7]].map(\.address) == addresses)
    #expect([options.places[0], options.places[7]].map(\.companion) == onVirt.map { "\\_SB_.\($0)" })
    options.machine = .q35
    #expect([options.places[0], options.places[7]].map(\.companion) == onQ35.map { "\\_SB_.\($0)" })
  }

  @Test("coherent memory lies on four sockets in turn")
  func memoryBases() {
    let places = MachineOptions(representation: .bareMetal, gpuCount: 8).places
    #expect(
      places.map(\.defaultMemoryBase) == [
        0x4000_0000_0000, 0x5000_0000_0000, 0x6000_0000_0000, 0x7000_0000_0000, 0x4100_0000_0000,
        0x5100_0000_0000, 0x6100_0000_0000, 0x7100_0000_0000,
      ])
  }
}
