// SPDX-License-Identifier: GPL-2.0-or-later

import FoundationEssentials

/// One thing that the guest saw, from a console line `# grace {json}`.
public enum Fact: Hashable, Sendable {
  /// The guest's init has started.
  case boot(BootFact)
  /// A function of the device.
  case function(FunctionFact)
  /// A BAR of a function.
  case bar(BARFact)
  /// A device property from `_DSD`.
  case property(PropertyFact)
  /// A NUMA node.
  case node(NodeFact)
  /// How fast the memory of a node is.
  case access(AccessFact)
  /// A generic initiator entry of SRAT.
  case initiator(InitiatorFact)
  /// A memory affinity entry of SRAT.
  case memoryAffinity(MemoryAffinityFact)
  /// A whole ACPI table.
  case table(TableFact)
  /// A region that VFIO offers.
  case vfioRegion(VFIORegionFact)
  /// A register of BAR0.
  case register(RegisterFact)
  /// How much of a BAR was found to be memory.
  case usable(UsableFact)
  /// A kernel message of level warning or worse.
  case kernelLog(KernelLogFact)
  /// How long something took.
  case speed(SpeedFact)
  /// What KVM of a hypervisor can do.
  case kvm(KVMFact)
  /// A guest that may start again has started.
  case start(StartFact)
  /// What a read of a page gave that goes bad.
  case badRead(BadReadFact)
  /// A program has ended.
  case program(ProgramFact)
  /// The guest has done all that it was asked to.
  case end(EndFact)
  /// A fact of a kind that this program does not know.
  case unknown(String)
}

extension Fact: Decodable {
  private enum Key: String, CodingKey {
    case fact
  }

  /// Reads a fact; its kind is in the key `fact`.
  public init(from decoder: any Decoder) throws {
    let kind = try decoder.container(keyedBy: Key.self).decode(String.self, forKey: .fact)
    self =
      switch kind {
      case "boot": .boot(try BootFact(from: decoder))
      case "function": .function(try FunctionFact(from: decoder))
      case "bar": .bar(try BARFact(from: decoder))
      case "property": .property(try PropertyFact(from: decoder))
      case "node": .node(try NodeFact(from: decoder))
      case "access": .access(try AccessFact(from: decoder))
      case "initiator": .initiator(try InitiatorFact(from: decoder))
      case "memory-affinity": .memoryAffinity(try MemoryAffinityFact(from: decoder))
      case "table": .table(try TableFact(from: decoder))
      case "vfio-region": .vfioRegion(try VFIORegionFact(from: decoder))
      case "register": .register(try RegisterFact(from: decoder))
      case "usable": .usable(try UsableFact(from: decoder))
      case "kernel-log": .kernelLog(try KernelLogFact(from: decoder))
      case "speed": .speed(try SpeedFact(from: decoder))
      case "kvm": .kvm(try KVMFact(from: decoder))
      case "start": .start(try StartFact(from: decoder))
      case "bad-read": .badRead(try BadReadFact(from: decoder))
      case "program": .program(try ProgramFact(from: decoder))
      case "end": .end(try EndFact(from: decoder))
      default: .unknown(kind)
      }
  }

  /// What marks a line as a fact, at any indentation.
  static let mark = "# grace "

  /// The fact on a console line, or nil if the line is not marked as one.
  static func parse(_ line: String) throws(MalformedFact) -> Fact? {
    let text = line.drop { $0 == " " }
    guard text.hasPrefix(mark) else { return nil }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      return try decoder.decode(Fact.self, from: Data(text.dropFirst(mark.count).utf8))
    } catch let error as DecodingError {
      throw MalformedFact(line: String(text), reason: reason(of: error))
    } catch {
      throw MalformedFact(line: String(text), reason: "\(error)")
    }
  }

  private static func reason(of error: DecodingError) -> String {
    func path(_ context: DecodingError.Context) -> String {
      context.codingPath.map(\.stringValue).joined(separator: ".")
    }
    switch error {
    case .keyNotFound(let key, _): return "'\(key.stringValue)' is missing"
    case .valueNotFound(_, let context): return "'\(path(context))' is null"
    case .typeMismatch(let type, let context): return "'\(path(context))' is no \(type)"
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      return "'\(path(context))' is out of range"
    default: return "it is no JSON object, or a number in it is out of range"
    }
  }
}

/// A line that is marked as a fact and is none.
public struct MalformedFact: Error, Hashable, CustomStringConvertible {
  /// The line.
  public let line: String
  /// What is wrong with it.
  public let reason: String

  /// The error as one sentence.
  public var description: String {
    "The guest wrote a fact that cannot be read, as \(reason): \(line.prefix(120))"
  }
}
