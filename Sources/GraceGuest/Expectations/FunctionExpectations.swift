// SPDX-License-Identifier: GPL-2.0-or-later

/// What a GPU's PCI function, its companion and its registers must be.
struct FunctionExpectations {
  let options: MachineOptions
  let place: GPUPlace
  let facts: FactSheet

  func check(_ list: inout ExpectationList) {
    let name = "GPU \(place.index)"
    let function = facts.function(at: place.address)
    list.equal("\(name) vendor id", function?.vendor, "10de")
    list.equal("\(name) device id", function?.device, options.deviceID(of: place))
    list.equal("\(name) subsystem vendor id", function?.subsystemVendor, "10de")
    list.oneOf("\(name) subsystem id", function?.subsystemDevice, options.profile.subsystemIDs)
    // A display controller of programming interface 0, which is what NVIDIA's own driver matches
    // (nv-pci-table.c).
    list.equal("\(name) class", function?.class, "030200")
    list.equal("\(name) revision", function?.revision, "a1")
    list.equal("\(name) reset methods", function.map { $0.resetMethods ?? "none" }, expectedResetMethods)
    list.equal("\(name) NUMA node", function.map { "\($0.numaNode)" }, "\(expectedNode)")
    list.equal("\(name) ACPI companion", function?.companion, place.companion)
    list.equal("\(name) driver", function.map { $0.driver ?? "none" }, expectedDriver)
    for register in options.profile.chip.registers {
      list.hexadecimal(
        "\(name) register \(register.name)", facts.register(register.name, of: place.address), register.value)
    }
    let range = facts.register("MEMORY_RANGE", of: place.address)
    list.bytes("\(name) register MEMORY_RANGE", range.map(memorySize), options.effectiveMemorySize)
    let framebuffer = facts.register("FRAMEBUFFER", of: place.address)
    list.bytes(
      "\(name) register FRAMEBUFFER", framebuffer.map { $0 << 20 }, options.effectiveMemorySize)
    checkProperties(&list, name)
    checkExtendedMemory(&list, name)
  }

  private var expectedDriver: String {
    options.representation == .bareMetal && options.machine.hasDriver ? "nvgrace_gpu_vfio_pci" : "none"
  }

  /// The kernel forbids it for these ids (quirk_nvidia_no_bus_reset in drivers/pci/quirks.c, Linux 7.3).
  private var forbidsBusReset: Bool {
    UInt64(options.deviceID(of: place), radix: 16).map { $0 & 0xffc0 == 0x2340 } ?? false
  }

  /// A method `_RST` of firmware comes first (edk2-nvidia, SsdtPcieTemplate.asl). A reset of the bus is the last choice, as
  /// the GPU is alone behind its port.
  private var expectedResetMethods: String {
    let methods = options.representation == .bareMetal ? ["acpi", "flr"] : ["flr"]
    return (methods + (forbidsBusReset ? [] : ["bus"])).joined(separator: " ")
  }

  /// The node of the host bridge: an expander bridge has the one that it was given. The main host bridge has one on the
  /// host alone (edk2-nvidia, SsdtPcieSupportLib.c), where all its GPUs have the same.
  private var expectedNode: Int {
    let hosts = Set(options.places.map(options.hostNode))
    if options.tree == .expander { return options.hostNode(of: place) }
    return options.representation == .bareMetal && hosts.count == 1 ? options.hostNode(of: place) : -1
  }

  /// The size that the register encodes (edk2-nvidia, GPUSupportMemSize*.c).
  private func memorySize(_ register: UInt64) -> UInt64 {
    let scale = register & 0xf
    let magnitude = register >> 4 & 0xff_ffff
    let size = magnitude << (scale + 20)
    return register >> 30 & 1 == 1 ? size / 16 * 15 : size
  }

  private func checkProperties(_ list: inout ExpectationList, _ name: String) {
    let address = place.address
    guard options.representation == .bareMetal else {
      // NVIDIA's driver would take the properties for the host's memory and never look at BAR4 (nv-pci.c).
      let found = facts.properties.filter { $0.function == address && $0.name.hasPrefix("nvidia,") }.map(
        \.name)
      list.equal("\(name) has no _DSD", found.isEmpty ? "none" : found.joined(separator: " "), "none")
      return
    }
    list.hexadecimal(
      "\(name) _DSD nvidia,gpu-mem-base-pa", facts.property("nvidia,gpu-mem-base-pa", of: address),
      options.memoryBase(of: place))
    list.bytes(
      "\(name) _DSD nvidia,gpu-mem-size", facts.property("nvidia,gpu-mem-size", of: address),
      options.effectiveMemorySize)
    // Firmware leaves the pair out where SRAT has the same (edk2-nvidia 78cd894e); if it is there, it must
    // agree.
    let domains = facts.initiators(of: place).map(\.domain)
    if let start = facts.property("nvidia,gpu-mem-pxm-start", of: address) {
      list.numbers("\(name) _DSD nvidia,gpu-mem-pxm-start is in SRAT", [start], Array(domains.prefix(1)))
    }
    if let count = facts.property("nvidia,gpu-mem-pxm-count", of: address) {
      list.numbers("\(name) _DSD nvidia,gpu-mem-pxm-count is in SRAT", [count], [UInt64(domains.count)])
    }
  }

  /// Extended memory (EGM), which is an option; only the host's firmware speaks of it (edk2-nvidia, GPUMemoryInfo.c).
  private func checkExtendedMemory(_ list: inout ExpectationList, _ name: String) {
    let address = place.address
    let size = options.property("egm-size", of: place).flatMap { try? ByteCount(parsing: $0).bytes } ?? 0
    guard size > 0 else {
      let found = facts.properties.filter { $0.function == address && $0.name.hasPrefix("nvidia,egm-") }
      list.equal(
        "\(name) has no extended memory", found.isEmpty ? "none" : found.map(\.name).joined(separator: " "),
        "none")
      return
    }
    let base = options.number("egm-base", of: place) ?? place.defaultExtendedBase
    list.hexadecimal(
      "\(name) _DSD nvidia,egm-base-pa", facts.property("nvidia,egm-base-pa", of: address), base)
    list.bytes("\(name) _DSD nvidia,egm-size", facts.property("nvidia,egm-size", of: address), size)
    list.numbers(
      "\(name) _DSD nvidia,egm-pxm", [facts.property("nvidia,egm-pxm", of: address)].compactMap { $0 },
      [options.number("egm-pxm", of: place) ?? UInt64(options.hostNode(of: place))])
    // The table of retired pages follows the memory.
    let table = facts.property("nvidia,egm-retired-pages-data-base", of: address)
    list.equal(
      "\(name) _DSD nvidia,egm-retired-pages-data-base", table.map { "0x" + hex($0) } ?? "none",
      options.isOff("egm-retired-pages", of: place) ? "none" : "0x" + hex(base + size))
  }
}
