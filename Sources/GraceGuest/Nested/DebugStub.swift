// SPDX-License-Identifier: GPL-2.0-or-later

import Dispatch
import FoundationEssentials

/// QEMU's stub for debuggers, for a look at the registers of an emulated machine that only a hypervisor can read.
///
/// The machine stands still while somebody is attached.
struct DebugStub: ~Copyable {
  private var connection: DebugConnection

  /// Attaches to the machine, does something, and lets it go on.
  static func attached<Value: Sendable>(
    to monitor: QMPClient, path: String,
    _ body: @escaping @Sendable (inout DebugStub) throws(DebugStubError) -> Value
  ) async throws -> Value {
    let quoted = path.split(separator: ",", omittingEmptySubsequences: false).joined(separator: ",,")
    try await monitor.monitor("gdbserver unix:path=\(quoted),server=on,wait=off")
    let result: Result<Value, DebugStubError> = await withCheckedContinuation { continuation in
      // The calls block; a thread of Swift's pool must not.
      DispatchQueue(label: "DebugStub").async {
        do throws(DebugStubError) {
          var stub = DebugStub(connection: try DebugConnection(to: path))
          let value = try body(&stub)
          try stub.connection.detach()
          continuation.resume(returning: .success(value))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
    }
    try await monitor.monitor("gdbserver none")
    return try result.get()
  }

  /// What the tables of the second stage say of an address, of each guest that has something there. A guest that no CPU
  /// ran last is not among them.
  mutating func secondStageEntries(at address: UInt64) throws(DebugStubError) -> [SecondStage.Entry] {
    var entries: [SecondStage.Entry] = []
    for stage in try secondStages() {
      var failure: DebugStubError?
      let entry = stage.entry(at: address) { address in
        do throws(DebugStubError) {
          return try word(at: address)
        } catch {
          failure = failure ?? error
          return 0
        }
      }
      if let failure { throw failure }
      if let entry { entries.append(entry) }
    }
    return entries
  }

  /// The tables of the second stage that CPUs have; none of a CPU that ran no guest.
  mutating func secondStages() throws(DebugStubError) -> [SecondStage] {
    var stages: [SecondStage] = []
    let registers = try SystemRegisters(xml: try connection.document("system-registers.xml"))
    for thread in try connection.threads() {
      try connection.expectOK("Hg\(thread)")
      let base = try register("VTTBR_EL2", of: registers)
      let features = try register("ID_AA64MMFR2_EL1", of: registers)
      let stage = SecondStage(
        base: base, control: try register("VTCR_EL2", of: registers),
        forcesWriteBack: features >> 40 & 0xf == 1)
      if base != 0, !stages.contains(stage) { stages.append(stage) }
    }
    return stages
  }

  /// Eight bytes of the machine's memory, by its physical address.
  mutating func word(at address: UInt64) throws(DebugStubError) -> UInt64 {
    try connection.expectOK("Qqemu.PhyMemMode:1")
    return try connection.number("m\(hex(address)),8")
  }

  private mutating func register(_ name: String, of registers: SystemRegisters) throws(DebugStubError)
    -> UInt64
  {
    guard let number = registers.numbers[name] else { throw .missingRegister(name) }
    return try connection.number("p\(hex(number))")
  }
}

/// The numbers of system registers in the stub's description of them.
struct SystemRegisters {
  private(set) var numbers: [String: UInt64] = [:]

  init(xml: String) throws(DebugStubError) {
    for element in xml.split(separator: "<") where element.hasPrefix("reg ") {
      guard let name = SystemRegisters.attribute("name", of: element),
        let number = SystemRegisters.attribute("regnum", of: element).flatMap({ UInt64($0) })
      else { continue }
      numbers[name] = number
    }
    if numbers.isEmpty { throw .malformed("a description without registers") }
  }

  private static func attribute(_ name: String, of element: Substring) -> String? {
    guard let start = element.firstRange(of: " \(name)=\"") else { return nil }
    return String(element[start.upperBound...].prefix { $0 != "\"" })
  }
}

/// Why the stub did not tell what was asked.
public enum DebugStubError: Error, Hashable, CustomStringConvertible {
  /// Nobody listens there.
  case unreachable(reason: String)
  /// It closed the connection, or did not answer in time.
  case noAnswer(command: String)
  /// It answered with an error.
  case refused(command: String, answer: String)
  /// It wrote what is no packet.
  case malformed(String)
  /// It knows no such register.
  case missingRegister(String)

  /// The error as one sentence.
  public var description: String {
    switch self {
    case .unreachable(let reason): "QEMU's stub for debuggers cannot be reached: \(reason)"
    case .noAnswer(let command): "QEMU's stub for debuggers did not answer \(command)."
    case .refused(let command, let answer): "QEMU's stub for debuggers answered \(command) with '\(answer)'."
    case .malformed(let text): "QEMU's stub for debuggers wrote what is no packet: \(text.prefix(80))"
    case .missingRegister(let name): "QEMU's stub for debuggers does not know the register \(name)."
    }
  }
}
