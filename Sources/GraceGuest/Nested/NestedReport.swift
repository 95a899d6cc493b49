// SPDX-License-Identifier: GPL-2.0-or-later

import FoundationEssentials

/// The report on a hypervisor and its guests, as data.
public struct NestedReport: Codable, Hashable, Sendable {
  /// What is left of a guest.
  public struct Guest: Codable, Hashable, Sendable {
    /// How its VMM has the GPUs.
    public var backend: NestedGuest.Backend
    /// The hypervisor's GPUs that it has, by index.
    public var gpus: [Int]
    /// What it saw; nil if it did not come to its end.
    public var observations: GuestReport.Observations?
    /// Its BARs in the second stage of translation.
    public var secondStage: [SecondStageFact]
    /// What its VMM had to say.
    public var vmmMessages: [String]
    /// Why it did not come to its end.
    public var failure: String?
  }

  /// Version of the data's form. It is raised when a key changes its meaning or goes.
  public static let formatVersion = 1

  /// Version of the form.
  public var version = NestedReport.formatVersion
  /// The machine in a few words.
  public var title: String
  /// Name of the profile.
  public var profile: String
  /// Coherent memory of each GPU, and where it lies on the machine.
  public var memoryBytes: UInt64
  /// Its address for each GPU.
  public var memoryBases: [UInt64]
  /// The machine's functions as its QEMU has them.
  public var functions: [PCIFunctionFact] = []
  /// What KVM of the hypervisor can do.
  public var kvm: KVMFact?
  /// The hypervisor; nil if it did not come to its end.
  public var hypervisor: GuestReport.Observations?
  /// Its guests.
  public var guests: [Guest] = []
  /// Why the hypervisor did not come to its end.
  public var failure: String?
  /// The end of the console, where that tells more.
  public var lastLines: [String] = []
  /// Everything that had to be so.
  public var expectations: [Expectation] = []
  /// Whether all came to their ends and every expectation held.
  public var held = false

  /// The report of a run that came to its end.
  public init(_ run: NestedRun) {
    self.init(machine: run.machine)
    functions = run.functions
    kvm = run.hypervisor.facts.kvm
    hypervisor = GuestReport.Observations(run.hypervisor)
    for (guest, described) in zip(run.guests, run.machine.guests) {
      let result = Result { () throws(GuestRunError) in try guest.run() }
      guests.append(
        Guest(
          backend: described.backend, gpus: described.gpus,
          observations: (try? result.get()).map { GuestReport.Observations($0) },
          secondStage: guest.secondStage, vmmMessages: guest.messages.filter { !$0.isEmpty },
          failure: result.failure?.description))
      lastLines += result.failure?.lastLines ?? []
    }
    do {
      expectations = try run.expectations()
      held = expectations.allSatisfy(\.held)
    } catch {
      failure = "\(error)"
    }
  }

  /// The report of a run that did not.
  public init(machine: NestedMachine, failure: GuestRunError) {
    self.init(machine: machine)
    self.failure = failure.description
    lastLines = failure.lastLines
  }

  private init(machine: NestedMachine) {
    title = machine.title
    profile = machine.hypervisor.profile.name
    memoryBytes = machine.hypervisor.effectiveMemorySize
    memoryBases = machine.hypervisor.places.map(machine.hypervisor.memoryBase)
  }

  /// The report as JSON, its keys in alphabetical order.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}

extension Result {
  fileprivate var failure: Failure? {
    guard case .failure(let error) = self else { return nil }
    return error
  }
}
