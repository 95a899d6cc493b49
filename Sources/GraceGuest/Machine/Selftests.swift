// SPDX-License-Identifier: GPL-2.0-or-later

/// The kernel's own VFIO selftests (tools/testing/selftests/vfio), as a guest is to run them.
public struct Selftests: Hashable, Sendable {
  /// A VFIO driver of the kernel that can have the GPU.
  public enum Driver: String, CaseIterable, Sendable {
    /// The one for any PCI function. It knows nothing of coherent memory.
    case generic = "vfio-pci"
    /// NVIDIA's, which shows the coherent memory as regions.
    case nvgrace = "nvgrace_gpu_vfio_pci"
  }

  /// What the GPUs are bound to.
  public var driver: Driver
  /// Names of the programs; none for all that the guest has.
  public var programs: [String]

  /// Selftests under a driver.
  public init(driver: Driver, programs: [String] = []) {
    self.driver = driver
    self.programs = programs
  }

  /// Memory that the guest must have: vfio_dma_mapping_test maps a huge page of 1 GiB, and vfio_pci_driver_test as much in
  /// small ones.
  static let ramSize: UInt64 = 4 << 30

  /// What the guest is told.
  var kernelWords: [String] {
    ["grace.tests=all,vfio-selftests", "grace.driver=\(driver.rawValue)"]
      + (programs.isEmpty ? [] : ["grace.selftests=\(programs.joined(separator: ","))"])
  }
}

extension MachineOptions {
  /// Adds the selftests to what the guest runs, and gives it what they need.
  ///
  /// Their library maps each region of the device at its whole size, which nvgrace-gpu rounds up to a power of two, and
  /// allows only up to the real length. So the lengths must be powers of two, and unless a size was given, they are
  /// small ones.
  public mutating func add(_ selftests: Selftests) {
    self.selftests = selftests
    ramSize = max(ramSize, Selftests.ramSize)
    if memorySize == nil { memorySize = (2 << 30) + (isDivided ? MemorySplit.reserve : 0) }
  }
  /// The guest's programs and the selftests in one file, which the caller removes; nil if there are no selftests to run.
  func initrdWithSelftests(_ assets: GuestAssets) throws -> JoinedFile? {
    guard selftests != nil else { return nil }
    return try JoinedFile([try assets.path(.initrd), try assets.path(.selftestsInitrd)])
  }
}
