// SPDX-License-Identifier: GPL-2.0-or-later

/// One guest's report as data. Both forms of the report, for people and for programs, are made from it.
public struct GuestReport: Codable, Hashable, Sendable {
  /// The machine that was booted.
  public struct Machine: Codable, Hashable, Sendable {
    /// Name of the profile.
    public var profile: String
    /// Which side of the GPU the guest saw.
    public var representation: Representation
    /// QEMU's machine.
    public var kind: MachineKind
    /// What is above the GPUs.
    public var tree: PCITree
    /// NUMA nodes with CPUs.
    public var hostNodes: Int
    /// Number of GPUs.
    public var gpus: Int
    /// Coherent memory of each GPU.
    public var memoryBytes: UInt64
  }

  /// A GPU as the guest saw it.
  public struct GPU: Codable, Hashable, Sendable {
    /// Its function.
    public var function: FunctionFact
    /// Its BARs.
    public var bars: [BARFact]
    /// Its device properties.
    public var properties: [PropertyFact]
    /// Its VFIO regions.
    public var vfioRegions: [VFIORegionFact]
    /// Real lengths of its BARs or regions.
    public var usable: [UsableFact]
    /// Its registers.
    public var registers: [RegisterFact]
    /// Its generic initiator entries.
    public var initiators: [InitiatorFact]
  }

  /// How many of the guest's tests ended how.
  public struct Tests: Codable, Hashable, Sendable {
    /// Tests that passed.
    public var passed = 0
    /// Tests that failed.
    public var failed = 0
    /// Tests that were skipped, with the reason.
    public var skipped: [String] = []
  }

  /// Milliseconds that each stage took.
  public struct Stages: Codable, Hashable, Sendable {
    /// From QEMU's start to the kernel's.
    public var firmwareMs: Int64
    /// From the kernel's start to that of its init.
    public var kernelMs: Int64
    /// From init's start to the end of its tests.
    public var testsMs: Int64
    /// From there to QEMU's end.
    public var powerOffMs: Int64
    /// All of it.
    public var totalMs: Int64
    /// The guest's programs.
    public var programs: [ProgramFact]
  }

  /// What a guest left that came to its end.
  public struct Observations: Codable, Hashable, Sendable {
    /// The kernel.
    public var boot: BootFact?
    /// The GPUs, by address.
    public var gpus: [GPU]
    /// The NUMA nodes.
    public var nodes: [NodeFact]
    /// How fast the memory of nodes is.
    public var accesses: [AccessFact]
    /// The memory affinity entries of SRAT.
    public var memoryAffinities: [MemoryAffinityFact]
    /// The tests.
    public var tests: Tests
    /// Kernel messages of level warning or worse.
    public var kernelLog: [KernelLogFact]
    /// QEMU's warnings.
    public var qemuMessages: [String]
    /// How long everything took.
    public var stages: Stages
  }

  /// The machine in a few words.
  public var title: String
  /// The machine.
  public var machine: Machine
  /// What the guest left; nil if it did not come to its end.
  public var observations: Observations?
  /// Why it did not.
  public var failure: String?
  /// The end of the console, where that tells more.
  public var lastLines: [String]
  /// Everything that had to be so.
  public var expectations: [Expectation]
  /// Whether the guest came to its end and every expectation held.
  public var held: Bool

  /// The report of a guest that came to its end.
  public init(_ run: GuestRun) throws(MemorySplitError) {
    self.init(options: run.options)
    observations = Observations(run)
    expectations = try run.expectations()
    held = expectations.allSatisfy(\.held)
  }

  /// The report of a guest that did not.
  public init(options: MachineOptions, failure: GuestRunError) {
    self.init(options: options)
    self.failure = failure.description
    lastLines = failure.lastLines
  }

  private init(options: MachineOptions) {
    title = options.title
    machine = Machine(
      profile: options.profile.name, representation: options.representation, kind: options.machine,
      tree: options.tree, hostNodes: options.hostNodes, gpus: options.gpuCount,
      memoryBytes: options.effectiveMemorySize)
    lastLines = []
    expectations = []
    held = false
  }
}

extension GuestReport.Observations {
  init(_ run: GuestRun) {
    let facts = run.facts
    boot = facts.boot
    gpus = facts.functions.map { GuestReport.GPU($0, facts) }
    nodes = facts.nodes
    accesses = facts.accesses
    memoryAffinities = facts.memoryAffinities
    tests = GuestReport.Tests()
    tests.count(run.results, path: [])
    kernelLog = facts.kernelLog
    qemuMessages = run.messages.filter { !$0.isEmpty }
    stages = GuestReport.Stages(run.stages, programs: facts.programs)
  }
}

extension GuestReport.GPU {
  fileprivate init(_ function: FunctionFact, _ facts: FactSheet) {
    let address = function.address
    self.function = function
    bars = facts.bars.filter { $0.function == address }
    properties = facts.properties.filter { $0.function == address }
    vfioRegions = facts.vfioRegions.filter { $0.function == address }
    usable = facts.usable.filter { $0.function == address }
    registers = facts.registers.filter { $0.function == address }
    initiators = facts.initiators.filter { $0.address == address }
  }
}

extension InitiatorFact {
  /// The function that the handle names, as sysfs writes it.
  var address: String {
    "\(hex(segment, digits: 4)):\(hex(bus, digits: 2)):\(hex(device, digits: 2)).\(hex(function))"
  }
}

extension GuestReport.Tests {
  /// Counts the results that sum up no others.
  fileprivate mutating func count(_ document: KTAPDocument, path: [String]) {
    for result in document.cases {
      let path = path + [result.name]
      if let subtests = result.subtests {
        count(subtests, path: path)
        continue
      }
      switch result.result {
      case .passed: passed += 1
      case .failed: failed += 1
      case .skipped(let reason): skipped.append("\(path.joined(separator: ": ")): \(reason)")
      }
    }
    for nested in document.unfinished { count(nested, path: path) }
  }
}

extension GuestReport.Stages {
  fileprivate init(_ stages: GuestStages, programs: [ProgramFact]) {
    func milliseconds(_ duration: Duration) -> Int64 {
      duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
    }
    firmwareMs = milliseconds(stages.firmware)
    kernelMs = milliseconds(stages.kernel)
    testsMs = milliseconds(stages.tests)
    powerOffMs = milliseconds(stages.powerOff)
    totalMs = milliseconds(stages.total)
    self.programs = programs
  }
}
