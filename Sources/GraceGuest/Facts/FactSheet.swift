// SPDX-License-Identifier: GPL-2.0-or-later

/// All facts that a guest told, by subject.
public struct FactSheet: Hashable, Sendable {
  /// The guest's init has started.
  public private(set) var boot: BootFact?
  /// Functions of the device, by address.
  public private(set) var functions: [FunctionFact] = []
  /// BARs, by function and index.
  public private(set) var bars: [BARFact] = []
  /// Device properties.
  public private(set) var properties: [PropertyFact] = []
  /// NUMA nodes, by number.
  public private(set) var nodes: [NodeFact] = []
  /// How fast the memory of nodes is, by node and class.
  public private(set) var accesses: [AccessFact] = []
  /// Generic initiator entries, in table order.
  public private(set) var initiators: [InitiatorFact] = []
  /// Memory affinity entries, in table order.
  public private(set) var memoryAffinities: [MemoryAffinityFact] = []
  /// ACPI tables.
  public private(set) var tables: [TableFact] = []
  /// VFIO regions, by function and index.
  public private(set) var vfioRegions: [VFIORegionFact] = []
  /// Registers of BAR0.
  public private(set) var registers: [RegisterFact] = []
  /// Confirmed real lengths.
  public private(set) var usable: [UsableFact] = []
  /// Kernel messages.
  public private(set) var kernelLog: [KernelLogFact] = []
  /// How long things took, in the order in which they were measured.
  public private(set) var speeds: [SpeedFact] = []
  /// What KVM can do.
  public private(set) var kvm: KVMFact?
  /// The guest's starts that it told of.
  public private(set) var starts: [StartFact] = []
  /// Reads of a page that goes bad.
  public private(set) var badReads: [BadReadFact] = []
  /// Programs that ended.
  public private(set) var programs: [ProgramFact] = []
  /// The guest was done.
  public private(set) var end: EndFact?

  /// Sorts facts by subject. Those of unknown kinds are left out.
  ///
  /// Of two facts about the same thing the later counts: a driver is bound after the function was first seen.
  public init(_ facts: [Fact]) {
    for fact in facts {
      switch fact {
      case .boot(let fact): boot = fact
      case .function(let fact): replace(&functions, fact) { $0.address == fact.address }
      case .bar(let fact): replace(&bars, fact) { ($0.function, $0.index) == (fact.function, fact.index) }
      case .property(let fact):
        replace(&properties, fact) { ($0.function, $0.name) == (fact.function, fact.name) }
      case .node(let fact): replace(&nodes, fact) { $0.id == fact.id }
      case .access(let fact):
        replace(&accesses, fact) { ($0.node, $0.class) == (fact.node, fact.class) }
      case .initiator(let fact): initiators.append(fact)
      case .memoryAffinity(let fact): memoryAffinities.append(fact)
      case .table(let fact): tables.append(fact)
      case .vfioRegion(let fact):
        replace(&vfioRegions, fact) { ($0.function, $0.index) == (fact.function, fact.index) }
      case .register(let fact):
        replace(&registers, fact) { ($0.function, $0.name) == (fact.function, fact.name) }
      case .usable(let fact): replace(&usable, fact) { ($0.function, $0.bar) == (fact.function, fact.bar) }
      case .kernelLog(let fact): kernelLog.append(fact)
      case .speed(let fact): speeds.append(fact)
      case .kvm(let fact): kvm = fact
      case .start(let fact): starts.append(fact)
      case .badRead(let fact): badReads.append(fact)
      case .program(let fact): programs.append(fact)
      case .end(let fact): end = fact
      case .unknown: break
      }
    }
    functions.sort { $0.address < $1.address }
    bars.sort { ($0.function, $0.index) < ($1.function, $1.index) }
    vfioRegions.sort { ($0.function, $0.index) < ($1.function, $1.index) }
    nodes.sort { $0.id < $1.id }
    accesses.sort { ($0.node, $0.class) < ($1.node, $1.class) }
  }

  /// The function at an address.
  public func function(at address: String) -> FunctionFact? {
    functions.first { $0.address == address }
  }

  /// A BAR of a function.
  public func bar(_ index: Int, of address: String) -> BARFact? {
    bars.first { $0.function == address && $0.index == index }
  }

  /// A VFIO region of a function.
  public func vfioRegion(_ index: Int, of address: String) -> VFIORegionFact? {
    vfioRegions.first { $0.function == address && $0.index == index }
  }

  /// How fast the memory of a node is from initiators of a class.
  public func access(_ class: Int, ofNode node: Int) -> AccessFact? {
    accesses.first { $0.node == node && $0.class == `class` }
  }

  /// The number that a property of a function has.
  public func property(_ name: String, of address: String) -> UInt64? {
    let property = properties.first { $0.function == address && $0.name == name }
    guard case .number(let value) = property?.value else { return nil }
    return value
  }

  /// The value of a register of a function.
  public func register(_ name: String, of address: String) -> UInt64? {
    registers.first { $0.function == address && $0.name == name }?.value
  }

  /// The confirmed real length of a BAR of a function.
  public func usableBytes(ofBAR index: Int, of address: String) -> UInt64? {
    usable.first { $0.function == address && $0.bar == index }?.bytes
  }

  /// The generic initiator entries whose handle names the function.
  public func initiators(of place: GPUPlace) -> [InitiatorFact] {
    initiators.filter { ($0.segment, $0.bus, $0.device, $0.function) == (0, place.bus, 0, 0) }
  }
}

private func replace<Value>(_ list: inout [Value], _ new: Value, _ isSame: (Value) -> Bool) {
  if let index = list.firstIndex(where: isSame) {
    list[index] = new
  } else {
    list.append(new)
  }
}
