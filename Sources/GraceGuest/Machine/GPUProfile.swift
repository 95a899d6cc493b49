// SPDX-License-Identifier: GPL-2.0-or-later

/// A product that the device can look like, and what a guest must find in it.
///
/// The numbers are written down here a second time on purpose: what is expected of the guest shares no
/// constant with the model that is judged.
public struct GPUProfile: Hashable, Sendable {
  /// The name that `-device grace-gpu,profile=` takes.
  public let name: String
  /// Its chip.
  public let chip: GPUChip
  /// PCI device id, four hexadecimal digits as sysfs prints them (device table of nvgrace-gpu in Linux 7.3).
  public let deviceID: String
  /// PCI subsystem ids under which the product was released (open-gpu-kernel-modules 595.45.04,
  /// g_nv_name_released.h).
  public let subsystemIDs: [String]
  /// Bytes of coherent memory that the product has.
  public let memorySize: UInt64
  /// Whether the driver divides the memory; nil if it does as with others of the chip.
  public let dividesMemory: Bool?
  /// The file that describes it to the device; nil for a built-in product.
  public let file: String?

  /// GH200 with 120 GB of LPDDR5X beside 96 GiB of HBM3.
  public static let gh200With120GB = GPUProfile(
    name: "gh200-120gb", chip: .gh100, deviceID: "2342", subsystemIDs: ["16eb", "1805"], memorySize: 96 << 30)
  /// GH200 with 480 GB of LPDDR5X beside 96 GiB of HBM3.
  public static let gh200With480GB = GPUProfile(
    name: "gh200-480gb", chip: .gh100, deviceID: "2345", subsystemIDs: ["1809"], memorySize: 96 << 30)
  /// GH200 with 144 GiB of HBM3e.
  public static let gh200With144GB = GPUProfile(
    name: "gh200-144gb", chip: .gh100, deviceID: "2348", subsystemIDs: ["18d2"], memorySize: 144 << 30)
  /// GB200 with 186 GiB of HBM3e for each GPU (NVIDIA's data sheet says 186 GB).
  public static let gb200 = GPUProfile(
    name: "gb200", chip: .gb100, deviceID: "2941", subsystemIDs: ["2046", "20ca", "20d5", "21c9", "21ca"],
    memorySize: 186 << 30)
  /// GB300 with 288 GiB of HBM3e for each GPU (NVIDIA's data sheet says 288 GB).
  public static let gb300 = GPUProfile(
    name: "gb300", chip: .gb110, deviceID: "31c2", subsystemIDs: ["21f1"], memorySize: 288 << 30)
  /// The kind after these. No product is released: the id is the first that firmware takes for GB120 (edk2-nvidia,
  /// GPUSupport.c), and the rest is GB300's.
  public static let blackwellNext = GPUProfile(
    name: "blackwell-next", chip: .blackwellNext, deviceID: "3341", subsystemIDs: ["21f1"],
    memorySize: 288 << 30)

  /// Every profile, in the order in which messages list them.
  public static let all = [
    gh200With120GB, gh200With480GB, gh200With144GB, gb200, gb300, blackwellNext,
  ]

  /// The profile of that name, or nil if there is none.
  public init?(named name: String) {
    guard let profile = GPUProfile.all.first(where: { $0.name == name }) else { return nil }
    self = profile
  }

  /// A product that a file describes: what a guest must find is said here again, and not read from there.
  public init(
    file: String, name: String, chip: GPUChip, deviceID: String, subsystemIDs: [String], memorySize: UInt64,
    dividesMemory: Bool? = nil
  ) {
    self.init(
      name: name, chip: chip, deviceID: deviceID, subsystemIDs: subsystemIDs, memorySize: memorySize,
      dividesMemory: dividesMemory, file: file)
  }

  private init(
    name: String, chip: GPUChip, deviceID: String, subsystemIDs: [String], memorySize: UInt64,
    dividesMemory: Bool? = nil, file: String? = nil
  ) {
    self.name = name
    self.chip = chip
    self.deviceID = deviceID
    self.subsystemIDs = subsystemIDs
    self.memorySize = memorySize
    self.dividesMemory = dividesMemory
    self.file = file
  }
}
