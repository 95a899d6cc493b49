// SPDX-License-Identifier: GPL-2.0-or-later

// The guest's facts, named as on its console once words are joined by underscores. Numbers are those of the
// guest.

/// The guest's init has started.
public struct BootFact: Codable, Hashable, Sendable {
  /// Kernel release.
  public var kernel: String
  /// Time since the kernel's start.
  public var uptimeMs: UInt64
  /// CPUs online.
  public var cpus: Int
  /// Bytes of a page.
  public var pageSize: UInt64
}

/// A function of the device, as in sysfs.
public struct FunctionFact: Codable, Hashable, Sendable {
  /// Domain, bus, device and function.
  public var address: String
  /// Vendor id, four hexadecimal digits, like the other ids.
  public var vendor: String
  /// Device id.
  public var device: String
  /// Subsystem vendor id.
  public var subsystemVendor: String
  /// Subsystem id.
  public var subsystemDevice: String
  /// Class code, six hexadecimal digits.
  public var `class`: String
  /// Revision, two hexadecimal digits.
  public var revision: String
  /// NUMA node, or -1.
  public var numaNode: Int
  /// Path of the ACPI companion.
  public var companion: String?
  /// Bound driver.
  public var driver: String?
  /// Reset methods, separated by spaces.
  public var resetMethods: String?
}

/// A BAR that the guest has placed.
public struct BARFact: Codable, Hashable, Sendable {
  /// Address of its function.
  public var function: String
  /// Number of its first register.
  public var index: Int
  /// Where it was placed.
  public var start: UInt64
  /// Its size.
  public var bytes: UInt64
  /// Whether it is prefetchable.
  public var prefetchable: Bool
  /// Whether it is a 64-bit one.
  public var wide: Bool
}

/// A device property from `_DSD`.
public struct PropertyFact: Codable, Hashable, Sendable {
  /// Address of the function whose companion has it.
  public var function: String
  /// Its name.
  public var name: String
  /// Its value.
  public var value: PropertyValue
}

/// The value of a device property.
public enum PropertyValue: Codable, Hashable, Sendable {
  /// An integer.
  case number(UInt64)
  /// A string.
  case text(String)

  /// Reads a number or a string.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      self = .text(text)
    } else {
      self = .number(try container.decode(UInt64.self))
    }
  }

  /// Writes the number or the string alone.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let number): try container.encode(number)
    case .text(let text): try container.encode(text)
    }
  }
}

/// A NUMA node, as in sysfs.
public struct NodeFact: Codable, Hashable, Sendable {
  /// The kernel's number of it.
  public var id: Int
  /// Whether it is online.
  public var online: Bool
  /// Whether it can be.
  public var possible: Bool
  /// Whether it has CPUs.
  public var hasCpu: Bool
  /// Whether it has memory.
  public var hasMemory: Bool
  /// Whether it has a generic initiator.
  public var hasGenericInitiator: Bool
  /// Its memory.
  public var memoryBytes: UInt64
  /// Distances to the nodes that are online, in order.
  public var distances: [Int]
}

/// How fast the memory of a node is, as the kernel took it from HMAT.
public struct AccessFact: Codable, Hashable, Sendable {
  /// The kernel's number of the node.
  public var node: Int
  /// From where: 0 is from the best initiators of any kind, 1 from the best CPUs.
  public var `class`: Int
  /// Nodes of these initiators.
  public var initiators: [Int]
  /// Nanoseconds.
  public var readLatency: UInt64
  /// Nanoseconds.
  public var writeLatency: UInt64
  /// MB/s.
  public var readBandwidth: UInt64
  /// MB/s.
  public var writeBandwidth: UInt64
}

/// A generic initiator entry, in the order of the table.
public struct InitiatorFact: Codable, Hashable, Sendable {
  /// Proximity domain.
  public var domain: UInt64
  /// Kind of the device handle; 1 is PCI.
  public var handleType: UInt64
  /// PCI segment.
  public var segment: UInt64
  /// PCI bus.
  public var bus: UInt64
  /// PCI device.
  public var device: UInt64
  /// PCI function.
  public var function: UInt64
  /// Flags.
  public var flags: UInt64
  /// The whole entry in hexadecimal.
  public var bytes: String
}

/// A memory affinity entry, in the order of the table.
public struct MemoryAffinityFact: Codable, Hashable, Sendable {
  /// Proximity domain.
  public var domain: UInt64
  /// First address.
  public var base: UInt64
  /// Bytes.
  public var length: UInt64
  /// Flags.
  public var flags: UInt64
}

/// An ACPI table.
public struct TableFact: Codable, Hashable, Sendable {
  /// Its signature.
  public var signature: String
  /// Its name below /sys/firmware/acpi/tables.
  public var file: String
  /// All of it in hexadecimal.
  public var hex: String

  /// A table.
  public init(signature: String, file: String, hex: String) {
    self.signature = signature
    self.file = file
    self.hex = hex
  }
}

/// A region that VFIO offers.
public struct VFIORegionFact: Codable, Hashable, Sendable {
  /// A part of it that can be mapped.
  public struct Area: Codable, Hashable, Sendable {
    /// Where the part starts in the region.
    public var offset: UInt64
    /// Its length.
    public var bytes: UInt64
  }

  /// Address of its function.
  public var function: String
  /// VFIO's number of it.
  public var index: Int
  /// Its size.
  public var bytes: UInt64
  /// Whether it can be read.
  public var readable: Bool
  /// Whether it can be written.
  public var writable: Bool
  /// Whether it can be mapped.
  public var mappable: Bool
  /// The parts that can be mapped, if not all of it can.
  public var areas: [Area]
}

/// A register of BAR0.
public struct RegisterFact: Codable, Hashable, Sendable {
  /// Address of its function.
  public var function: String
  /// Its name.
  public var name: String
  /// Its offset in BAR0.
  public var offset: UInt64
  /// Its value.
  public var value: UInt64
}

/// How much of a BAR was found to be memory.
public struct UsableFact: Codable, Hashable, Sendable {
  /// Address of its function.
  public var function: String
  /// The BAR, or the VFIO region of that number.
  public var bar: Int
  /// The real length.
  public var bytes: UInt64
}

/// A kernel message of level warning or worse.
public struct KernelLogFact: Codable, Hashable, Sendable {
  /// Level; 4 is warning, 3 error.
  public var level: Int
  /// The message.
  public var text: String
}

/// How long something took, time after time, and what it is compared with, each time right beside it.
public struct SpeedFact: Codable, Hashable, Sendable {
  /// What was done.
  public var `case`: String
  /// What is counted: `ns` of one, `MB/s`, or how many in a second.
  public var unit: String
  /// How many of it are in a sample.
  public var count: UInt64
  /// Nanoseconds of each sample.
  public var ns: [UInt64]
  /// The thing to compare with.
  public var baseline: String?
  /// How many of that are in a sample.
  public var baselineCount: UInt64?
  /// Nanoseconds of each of its samples.
  public var baselineNs: [UInt64]?
}

/// What KVM of an arm64 hypervisor can do.
public struct KVMFact: Codable, Hashable, Sendable {
  /// Version of its interface.
  public var version: Int
  /// Bits of a guest's addresses, at most.
  public var addressBits: Int
  /// Whether guests may have memory cached for which the kernel has no `struct page`
  /// (KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED).
  public var cacheablePfnmap: Bool
}

/// A guest that may start again has started.
public struct StartFact: Codable, Hashable, Sendable {
  /// Whether it has before.
  public var again: Bool
  /// How long its first access to the GPU's memory took.
  public var firstAccessMs: UInt64
}

/// What a read of a page gave that goes bad.
public struct BadReadFact: Codable, Hashable, Sendable {
  /// What had happened before.
  public var after: String
  /// The signal that it ended with, or 0.
  public var signal: Int
  /// The signal's code (`si_code`).
  public var code: Int
  /// Whether the signal has the address that was read (`si_addr`).
  public var hasAddress: Bool
  /// Whether it gave what was written.
  public var isWhole: Bool
}

/// A program has ended.
public struct ProgramFact: Codable, Hashable, Sendable {
  /// Its name.
  public var name: String
  /// The function that it was given.
  public var function: String?
  /// How long it took.
  public var ms: UInt64
}

/// The guest has done all that it was asked to.
public struct EndFact: Codable, Hashable, Sendable {
  /// Time since the kernel's start.
  public var uptimeMs: UInt64
}
