// SPDX-License-Identifier: GPL-2.0-or-later

extension NestedReport {
  /// The report for people: the levels side by side, and the verdict in the last line.
  public var text: String {
    var sections = [[title, String(repeating: "=", count: title.count)]]
    for (index, guest) in guests.enumerated() {
      for (place, gpu) in guest.gpus.enumerated() { sections.append(levels(gpu, guest: index, place: place)) }
    }
    sections.append(messages)
    sections.append(verdict)
    return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
  }

  /// A GPU as the machine, the hypervisor and the guest have it.
  private func levels(_ gpu: Int, guest index: Int, place: Int) -> [String] {
    let guest = guests[index]
    let device = functions.first { $0.name == "gpu\(gpu)" }
    let host = hypervisor.flatMap { $0.gpus.indices.contains(gpu) ? $0.gpus[gpu] : nil }
    let inner = guest.observations.flatMap { $0.gpus.indices.contains(place) ? $0.gpus[place] : nil }
    var table = TextTable()
    table.add("GPU \(gpu)", "machine", "hypervisor", "guest \(index)")
    table.add("system", "QEMU", system(hypervisor), system(guest.observations))
    table.add(
      "function", device?.address ?? "-", host?.function.address ?? "-", inner?.function.address ?? "-")
    table.add(
      "driver", "grace-gpu", "\(driver(host)), to QEMU by \(guest.backend.rawValue)", driver(inner))
    table.add(
      "memory", "\(ByteCount(memoryBytes)) at 0x\(hex(memoryBases[gpu]))", regions(host), bars(inner))
    table.add("NUMA nodes", "domains \(domains(host))", nodes(hypervisor), nodes(guest.observations))
    for bar in [0, 2, 4] { addBAR(&table, bar, device, host, inner, guest) }
    return table.lines
  }

  private func system(_ observations: GuestReport.Observations?) -> String {
    observations?.boot.map { "Linux \($0.kernel), \($0.cpus) CPU\($0.cpus == 1 ? "" : "s")" } ?? "-"
  }

  private func driver(_ gpu: GuestReport.GPU?) -> String { gpu.map { $0.function.driver ?? "none" } ?? "-" }

  /// What the driver makes of the memory.
  private func regions(_ gpu: GuestReport.GPU?) -> String { memory(gpu, "region") }

  private func bars(_ gpu: GuestReport.GPU?) -> String { memory(gpu, "BAR") }

  private func memory(_ gpu: GuestReport.GPU?, _ kind: String) -> String {
    let parts = (gpu?.usable ?? []).sorted { $0.bar > $1.bar }.map {
      "\(ByteCount($0.bytes)) in \(kind) \($0.bar)"
    }
    return parts.isEmpty ? "-" : parts.joined(separator: ", ")
  }

  private func domains(_ gpu: GuestReport.GPU?) -> String {
    ranges((gpu?.initiators ?? []).map(\.domain).sorted())
  }

  /// The GPU's nodes, and their memory.
  private func nodes(_ observations: GuestReport.Observations?) -> String {
    guard let nodes = observations?.nodes.filter(\.hasGenericInitiator) else { return "-" }
    let memory = nodes.filter(\.hasMemory).map { ", \(ByteCount($0.memoryBytes).approximately) on \($0.id)" }
    return ranges(nodes.map { UInt64(clamping: $0.id) }) + (memory.isEmpty ? ", empty" : memory.joined())
  }

  private func addBAR(
    _ table: inout TextTable, _ bar: Int, _ device: PCIFunctionFact?, _ host: GuestReport.GPU?,
    _ inner: GuestReport.GPU?, _ guest: Guest
  ) {
    let own = device?.bars.first { $0.index == bar }
    let region = host?.vfioRegions.first { $0.index == bar }
    let shown = inner?.bars.first { $0.index == bar }
    table.add(
      "BAR\(bar)", own.map { "\(ByteCount($0.bytes)) at 0x\(hex($0.start))" } ?? "none",
      region.map { "region of \(ByteCount($0.bytes))" } ?? "none",
      shown.map { "\(ByteCount($0.bytes)) at 0x\(hex($0.start))" } ?? "none")
    if let entry = guest.secondStage.first(where: { $0.address == shown?.start }) {
      table.add("  stage 2", "", "\(entry.described), by \(ByteCount(entry.blockBytes))")
    }
  }

  private var messages: [String] {
    var lines: [String] = []
    for (index, guest) in guests.enumerated() {
      lines += NestedReport.merged(guest.vmmMessages).flatMap {
        wrapped($0, after: "  VMM of guest \(index): ")
      }
    }
    if let kvm {
      lines.append(
        "  KVM: guests have addresses of \(kvm.addressBits) bits; memory without struct page can "
          + (kvm.cacheablePfnmap ? "be cached" : "not be cached"))
    }
    return lines
  }

  /// Messages that follow each other and are the same, as one with their number.
  static func merged(_ messages: [String]) -> [String] {
    var counted: [(message: String, count: Int)] = []
    for message in messages {
      if counted.last?.message == message {
        counted[counted.count - 1].count += 1
      } else {
        counted.append((message, 1))
      }
    }
    return counted.map { $0.count == 1 ? $0.message : "\($0.message) (\($0.count) times)" }
  }

  private var verdict: [String] {
    var lines = lastLines.map { "  | \($0)" }
    for (index, guest) in guests.enumerated() {
      if let failure = guest.failure { lines += wrapped(failure, after: "  guest \(index): ") }
    }
    for expectation in expectations where !expectation.held {
      lines += wrapped(expectation.name, after: "  NOT HELD  ")
      lines += wrapped(expectation.expected, after: "            expected ")
      lines += wrapped(expectation.found, after: "            found    ")
    }
    if let failure { return lines + ["\(title): \(failure)"] }
    let held = expectations.filter(\.held).count
    return lines + ["\(title): \(held) of \(expectations.count) expectations held"]
  }
}
