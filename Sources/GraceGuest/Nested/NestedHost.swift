// SPDX-License-Identifier: GPL-2.0-or-later

/// What a guest of the hypervisor's asks of the host.
public struct NestedRequest: Hashable, Sendable {
  /// Which guest.
  public let guest: Int
  /// What it asks.
  public let request: HostRequest
}

/// The host's side of a conversation with guests of a hypervisor, whose lines the hypervisor passes on.
public actor NestedHost {
  /// Answers a request in one line, after doing what it asks.
  public typealias Answer = @Sendable (NestedRequest, NestedHost) async throws -> String

  /// What was seen of the machine while guests ran.
  struct Observations {
    var secondStage: [SecondStageFact] = []
    var functions: [PCIFunctionFact] = []
  }

  /// How often to look for a guest's tables, and the time between, in which the hypervisor's kernel changes guests.
  private static let looks = 20
  private static let pause = Duration.milliseconds(50)

  private let hypervisor: NestedMachine
  private let socketPath: String
  private let debugPath: String
  private let answer: Answer
  private var running: RunningGuest?
  /// Lines for the hypervisor that wait for the next chance.
  private var outgoing: [String] = []
  private var monitors: [Int: [String]] = [:]
  private(set) var observations = Observations()
  /// The first error.
  private(set) var failure: (any Error)?

  init(_ hypervisor: NestedMachine, socketPath: String, debugPath: String, answer: @escaping Answer) {
    self.hypervisor = hypervisor
    self.socketPath = socketPath
    self.debugPath = debugPath
    self.answer = answer
  }

  /// The machine that the hypervisor runs on; nil before the first request.
  public var machine: RunningGuest {
    get throws {
      guard let running else {
        throw QMPError.cannotConnect(path: socketPath, reason: "QEMU does not run yet")
      }
      return running
    }
  }

  /// What the monitor of a guest's VMM has said so far.
  public func monitor(ofGuest guest: Int) -> [String] { monitors[guest] ?? [] }

  /// Gives the VMM of a guest a command of its machine protocol. Nobody waits for what it says to that.
  public func command(_ line: String, toGuest guest: Int) {
    if monitors[guest, default: []].allSatisfy({ !$0.contains("\"return\"") }) {
      outgoing.append(NestedLine.monitor(#"{"execute":"qmp_capabilities"}"#, to: guest))
    }
    outgoing.append(NestedLine.monitor(line, to: guest))
  }

  /// Has the hypervisor's kernel take a page of memory, by its address on the machine, for failed.
  public func offline(_ address: UInt64) {
    outgoing.append("offline 0x\(hex(address))")
  }

  /// Takes a line of the hypervisor's console, and returns those that it is to be given.
  func take(_ line: String, processIdentifier: Int32) async throws -> [String] {
    if running == nil {
      running = RunningGuest(processIdentifier: processIdentifier, socketPath: socketPath)
    }
    guard let line = NestedLine(line) else { return [] }
    if line.stream == .monitor { monitors[line.guest, default: []].append(line.text) }
    guard line.stream == .console, let request = HostRequest(line: line.text) else { return [] }
    let text: String
    if request.name == "stage2" {
      text = try await lookAtSecondStage(request, guest: line.guest)
    } else {
      text = try await answer(NestedRequest(guest: line.guest, request: request), self)
    }
    defer { outgoing = [] }
    return outgoing + [NestedLine.console(text.filter { !$0.isNewline }, to: line.guest)]
  }

  func fail(_ error: any Error) {
    failure = failure ?? error
  }

  /// `stage2 BAR ADDRESS`, the address as the guest has it.
  private func lookAtSecondStage(_ request: HostRequest, guest: Int) async throws -> String {
    guard request.arguments.count == 2, let bar = Int(request.arguments[0]),
      let address = UInt64(parsingPrefixed: request.arguments[1])
    else { throw UnknownRequest(request) }
    let monitor = try await machine.qmp
    let functions = PCIFunctionFact.all(in: try await monitor.execute("query-pci"))
    observations.functions = PCIFunctionFact.joined(observations.functions, functions)
    var outputs: Set<UInt64> = []
    // Until a CPU has the guest's tables: when two guests share one, the other's may be there.
    for _ in 0..<NestedHost.looks {
      let entries = try await DebugStub.attached(to: monitor, path: debugPath) {
        (stub) throws(DebugStubError) in
        try stub.secondStageEntries(at: address)
      }
      if let entry = hypervisor.entry(ofGuest: guest, among: entries, functions: observations.functions) {
        let fact = SecondStageFact(guest: guest, bar: bar, address: address, entry: entry)
        observations.secondStage.append(fact)
        return "done"
      }
      outputs.formUnion(entries.map(\.output))
      try await Task.sleep(for: NestedHost.pause)
    }
    let others = outputs.sorted().map { ", but 0x\(hex($0))" }.joined()
    return "nothing of its GPU is mapped at 0x\(hex(address))\(others)"
  }
}
