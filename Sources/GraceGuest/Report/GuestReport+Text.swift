// SPDX-License-Identifier: GPL-2.0-or-later

extension GuestReport {
  /// The report for people, one section after the other, and the verdict in the last line.
  public var text: String {
    var sections: [[String]] = []
    if let observations {
      sections.append(heading(observations))
      sections += observations.gpus.enumerated().map { gpuSection($0.element, index: $0.offset) }
      sections.append(observations.numaSection)
      sections.append(observations.timeSection)
      sections.append(observations.messageSection)
    } else {
      sections.append(heading(nil))
    }
    sections.append(verdict)
    return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
  }

  private func heading(_ observations: Observations?) -> [String] {
    var lines = [title, String(repeating: "=", count: title.count)]
    if let boot = observations?.boot {
      let memory =
        "\(ByteCount(machine.memoryBytes)) of coherent memory" + (machine.gpus > 1 ? " on each GPU" : "")
      lines.append("Linux \(boot.kernel), \(boot.cpus) CPUs, \(ByteCount(boot.pageSize)) pages; \(memory)")
    }
    return lines
  }

  private func gpuSection(_ gpu: GPU, index: Int) -> [String] {
    let function = gpu.function
    var table = TextTable()
    table.add(
      "ids",
      "\(function.vendor):\(function.device), subsystem \(function.subsystemVendor):\(function.subsystemDevice), "
        + "class \(function.class), revision \(function.revision)")
    table.add("companion", function.companion ?? "none")
    if gpu.properties.isEmpty { table.add("_DSD", "none") }
    let width = gpu.properties.map(\.name.count).max() ?? 0
    for (row, property) in gpu.properties.enumerated() {
      let name = property.name + String(repeating: " ", count: width - property.name.count)
      table.add(row == 0 ? "_DSD" : "", "\(name)  \(described(property))")
    }
    table.add("driver", function.driver ?? "none")
    table.add("reset", function.resetMethods ?? "none")
    return ["GPU \(index): PCI function \(function.address)"] + table.lines + gpu.barTable + gpu.vfioTable
  }

  /// Sizes for people, addresses as programmers read them, small numbers as they are.
  private func described(_ property: PropertyFact) -> String {
    switch property.value {
    case .text(let text): "\"\(text)\""
    case .number(let value) where property.name.hasSuffix("-size"): "0x\(hex(value)) (\(ByteCount(value)))"
    case .number(let value): value < 1 << 16 ? "\(value)" : "0x\(hex(value))"
    }
  }

  private var verdict: [String] {
    if let failure {
      return lastLines.map { "  | \($0)" } + ["\(title): \(failure)"]
    }
    let failed = expectations.filter { !$0.held }
    var lines: [String] = []
    for expectation in failed {
      lines += wrapped(expectation.name, after: "  NOT HELD  ")
      lines += wrapped(expectation.expected, after: "            expected ")
      lines += wrapped(expectation.found, after: "            found    ")
    }
    lines.append("\(title): \(expectations.count - failed.count) of \(expectations.count) expectations held")
    return lines
  }
}

extension GuestReport.GPU {
  fileprivate func realLength(_ index: Int) -> String {
    usable.first { $0.bar == index }.map { "\(ByteCount($0.bytes))" } ?? (index == 0 ? "registers" : "-")
  }

  /// A region of another size that the driver made in the place of a BAR hides that from the guest.
  private func realLength(of bar: BARFact) -> String {
    let isHidden = vfioRegions.contains { $0.index == bar.index && $0.bytes != bar.bytes }
    return isHidden ? "-" : realLength(bar.index)
  }

  fileprivate var barTable: [String] {
    var table = TextTable()
    table.add("BAR", "address", "size", "real length", "kind")
    for bar in bars {
      table.add(
        "\(bar.index)", "0x\(hex(bar.start))", "\(ByteCount(bar.bytes))", realLength(of: bar),
        "\(bar.wide ? "64-bit" : "32-bit")\(bar.prefetchable ? " prefetchable" : "")")
    }
    return [""] + table.lines
  }

  fileprivate var vfioTable: [String] {
    guard !vfioRegions.isEmpty else { return [] }
    var table = TextTable()
    table.add("VFIO region", "size", "real length", "access", "can be mapped")
    for region in vfioRegions {
      let access = [region.readable ? "read" : nil, region.writable ? "write" : nil].compactMap { $0 }
      let areas = region.areas.map { "0x\(hex($0.offset)) to 0x\(hex($0.offset &+ $0.bytes))" }
      table.add(
        "\(region.index)", "\(ByteCount(region.bytes))", realLength(region.index),
        access.joined(separator: " "),
        region.mappable ? (areas.isEmpty ? "all" : areas.joined(separator: ", ")) : "no")
    }
    return [""] + table.lines
  }
}

extension GuestReport.Observations {
  fileprivate var numaSection: [String] {
    var table = TextTable()
    table.add("node", "CPUs", "memory", "generic initiator", "distance")
    for group in NodeGroup.grouping(nodes) {
      table.add(
        group.ids, group.hasCPU ? "yes" : "-", group.memory, group.hasInitiator ? "yes" : "-", group.distance)
    }
    var srat = TextTable()
    for gpu in gpus where !gpu.initiators.isEmpty {
      srat.add(
        "SRAT", "generic initiator \(gpu.function.address)",
        "domains \(ranges(gpu.initiators.map(\.domain)))",
        "flags \(ranges(Set(gpu.initiators.map(\.flags)).sorted()))")
    }
    let empty = memoryAffinities.filter { $0.length == 0 }
    if !empty.isEmpty {
      srat.add(
        "SRAT", "memory without length", "domains \(ranges(empty.map(\.domain)))",
        "flags \(ranges(Set(empty.map(\.flags)).sorted()))")
    }
    var hmat = TextTable()
    for group in AccessGroup.grouping(accesses) { hmat.add("HMAT", group.way, group.speed) }
    let tables = srat.lines + hmat.lines
    return ["NUMA"] + table.lines + (tables.isEmpty ? [] : [""]) + tables
  }

  fileprivate var timeSection: [String] {
    func seconds(_ milliseconds: Int64) -> String { inSeconds(.milliseconds(milliseconds)) }
    var table = TextTable()
    table.add("firmware", seconds(stages.firmwareMs))
    table.add("kernel", seconds(stages.kernelMs))
    table.add("tests", seconds(stages.testsMs), programTimes)
    table.add("power-off", seconds(stages.powerOffMs))
    table.add("all", seconds(stages.totalMs))
    return ["Time"] + table.lines
  }

  /// What each program took, on all GPUs together.
  private var programTimes: String {
    var times: [(name: String, milliseconds: UInt64)] = []
    for program in stages.programs {
      if let index = times.firstIndex(where: { $0.name == program.name }) {
        times[index].milliseconds += program.ms
      } else {
        times.append((program.name, program.ms))
      }
    }
    return times.map { "\($0.name) \($0.milliseconds) ms" }.joined(separator: ", ")
  }

  fileprivate var messageSection: [String] {
    var lines = ["Tests: \(tests.passed) passed, \(tests.failed) failed, \(tests.skipped.count) skipped"]
    lines += tests.skipped.flatMap { wrapped($0, after: "  skipped: ") }
    lines += qemuMessages.flatMap { wrapped($0, after: "  QEMU: ") }
    for (text, count) in kernelMessages.prefix(10) {
      lines += wrapped(count > 1 ? "\(text) (\(count) times)" : text, after: "  kernel: ")
    }
    if kernelMessages.count > 10 {
      lines.append("  and \(kernelMessages.count - 10) further kernel messages")
    }
    return lines
  }

  /// The kernel's messages in their order, each once, and how often it came.
  private var kernelMessages: [(text: String, count: Int)] {
    var messages: [(text: String, count: Int)] = []
    for message in kernelLog {
      if let index = messages.firstIndex(where: { $0.text == message.text }) {
        messages[index].count += 1
      } else {
        messages.append((message.text, 1))
      }
    }
    return messages
  }
}
