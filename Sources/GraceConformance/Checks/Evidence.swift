// SPDX-License-Identifier: GPL-2.0-or-later

/// All that is known of one machine.
public struct Evidence: Sendable {
  /// The tables, in any order.
  public var tables: [TableBytes]
  /// The PCI functions that exist; `nil` if nobody listed them, which rules less than an empty list.
  public var functions: [PCIFunction]?
  /// What the AML evaluates to; `nil` if nobody evaluated it.
  public var namespace: EvaluatedNamespace?

  /// Tables, and what else is known.
  public init(tables: [TableBytes], functions: [PCIFunction]? = nil, namespace: EvaluatedNamespace? = nil) {
    self.tables = tables
    self.functions = functions
    self.namespace = namespace
  }

  /// All rules that the evidence breaks, table by table.
  public func findings() -> [Finding] {
    var checker = Checker(self)
    checker.run()
    return checker.list.findings
  }
}

/// Holds what the checks share, and collects what they find. Each kind of check has an extension.
struct Checker {
  let evidence: Evidence
  var list = FindingList()

  /// The first table of each kind, as Linux takes it.
  let srat: SRAT?
  let slit: SLIT?
  let hmat: HMAT?
  /// Domains of the SRAT's enabled entries, and those with a processor or an initiator; `nil` without an SRAT.
  let domains: Set<UInt32>?
  let initiatorDomains: Set<UInt32>?
  /// The `_DSD`s that a driver of Grace GPUs would read something from.
  let properties: [DeviceProperties]

  init(_ evidence: Evidence) {
    self.evidence = evidence
    func first(_ signature: String) -> TableBytes? {
      evidence.tables.first { $0.signature == signature && TableHeader($0) != nil }?.alone
    }
    srat = first("SRAT").map(SRAT.init)
    domains = srat?.domains
    initiatorDomains = srat?.initiatorDomains
    slit = first("SLIT").map(SLIT.init)
    hmat = first("HMAT").map(HMAT.init)
    properties = (evidence.namespace?.objects ?? []).compactMap { object in
      guard object.name == "_DSD", let value = object.value else { return nil }
      return DeviceProperties(path: object.path, value: value)
    }
  }

  mutating func run() {
    checkHeaders()
    if let srat {
      checkEntries(srat)
      checkMemory(srat)
      checkMemoryAgainstPCI(srat)
      checkHandles(srat)
      checkInitiators(srat)
    }
    if let slit { checkDistances(slit) }
    if let hmat { checkAttributes(hmat) }
    if let namespace = evidence.namespace { checkNamespace(namespace) }
  }
}

/// Numbers in their order with blanks between, ranges shortened: `1-8 12`.
func numberList(_ numbers: some Sequence<UInt32>) -> String {
  var ranges: [ClosedRange<UInt32>] = []
  for number in Set(numbers).sorted() {
    if let last = ranges.last, last.upperBound < .max, last.upperBound + 1 == number {
      ranges[ranges.count - 1] = last.lowerBound...number
    } else {
      ranges.append(number...number)
    }
  }
  let shown = ranges.prefix(16).map {
    $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
  }
  return shown.isEmpty ? "none" : shown.joined(separator: " ") + (ranges.count > 16 ? " ..." : "")
}
