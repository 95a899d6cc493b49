// SPDX-License-Identifier: GPL-2.0-or-later

/// How fast each node must reach the memory of each other, where the machine's HMAT says so.
struct AccessPlan {
  let plan: NodePlan

  private var options: MachineOptions { plan.options }

  /// What is known of the way from an initiator to a memory.
  struct Way: Hashable {
    /// Nanoseconds.
    var readLatency: UInt64
    /// Nanoseconds.
    var writeLatency: UInt64
    /// MB/s; 0 if not known.
    var bandwidth: UInt64
  }

  /// Nanoseconds for each unit of distance, where no latency was given (docs/device.md).
  private static let nanosecondsPerUnit: UInt64 = 10
  /// GB/s of a Grace CPU to its own memory (docs/device.md).
  private static let ownMemory: UInt64 = 486
  /// GB/s of a GPU to its own memory, and over its link towards the GPU and from it (docs/device.md).
  private static let local: UInt64 = 3400
  private static let link: (toGPU: UInt64, fromGPU: UInt64) = (375, 297)

  /// Whether there is an HMAT at all.
  var isNeeded: Bool {
    options.places.contains { !options.isOff("hmat", of: $0) && !plan.domains(of: $0).isEmpty }
  }

  /// Nodes that initiate accesses: those with CPUs, and those of initiators of GPUs that the table speaks of.
  private func initiators(withCPUs: Bool) -> [Int] {
    plan.nodes.indices.filter { node in
      switch plan.nodes[node].kind {
      case .host: true
      case .gpu(let index):
        !withCPUs && !options.isOff("initiators", of: options.places[index]) && isTarget(node)
      case .extended: false
      }
    }
  }

  /// Whether the table speaks of the memory of a node.
  private func isTarget(_ node: Int) -> Bool {
    guard case .gpu(let index) = plan.nodes[node].kind else { return true }
    return !options.isOff("hmat", of: options.places[index])
  }

  /// The best initiators of a node's memory, and what they reach: the least latency to write and to read, then the most
  /// bandwidth (hmat_update_target_attrs() in drivers/acpi/numa/hmat.c). Class 1 is that of CPUs alone.
  func best(toNode node: Int, class: Int) -> (initiators: [Int], way: Way)? {
    guard isTarget(node) else { return nil }
    var ways = initiators(withCPUs: `class` == 1).map { (initiator: $0, way: way(from: $0, to: node)) }
    for key in [\Way.writeLatency, \.readLatency] {
      let least = ways.map { $0.way[keyPath: key] }.min()
      ways = ways.filter { $0.way[keyPath: key] == least }
    }
    let most = ways.map(\.way.bandwidth).max()
    ways = ways.filter { $0.way.bandwidth == most }
    return ways.first.map { (ways.map(\.initiator), $0.way) }
  }

  private func way(from: Int, to: Int) -> Way {
    let units = plan.distance(from: from, to: to) * AccessPlan.nanosecondsPerUnit
    var way = Way(readLatency: units, writeLatency: units, bandwidth: 0)
    switch (plan.nodes[from].kind, plan.nodes[to].kind) {
    case (.host, .host): way.bandwidth = from == to ? AccessPlan.ownMemory : 0
    case (.host, .gpu(let index)):
      apply(host(of: index, is: from) ? "host" : "remote", index, \.first, to: &way)
    case (.gpu(let index), .host):
      apply(host(of: index, is: to) ? "host" : "remote", index, \.second, to: &way)
    case (.gpu(let one), .gpu(let other)): apply(one == other ? "local" : "gpu", one, \.first, to: &way)
    case (.host, .extended(let host)): way.bandwidth = host == from ? AccessPlan.ownMemory : 0
    case (.gpu(let index), .extended(let node)):
      apply(host(of: index, is: node) ? "host" : "remote", index, \.second, to: &way)
    case (.extended, _): break
    }
    way.bandwidth *= 1000
    return way
  }

  private func host(of gpu: Int, is node: Int) -> Bool { options.hostNode(of: options.places[gpu]) == node }

  /// What was given by hand for a kind of link, as `latency-KIND=` and `bandwidth-KIND=`, or its default.
  private func apply(_ kind: String, _ gpu: Int, _ direction: KeyPath<Pair, UInt64>, to way: inout Way) {
    let place = options.places[gpu]
    if let latency = options.property("latency-\(kind)", of: place).flatMap(Pair.init) {
      way.readLatency = latency.first
      way.writeLatency = latency.second
    }
    let given = options.property("bandwidth-\(kind)", of: place).flatMap(Pair.init)
    let known: Pair? =
      switch kind {
      case "local": Pair(first: AccessPlan.local, second: AccessPlan.local)
      case "host": Pair(first: AccessPlan.link.toGPU, second: AccessPlan.link.fromGPU)
      default: nil
      }
    way.bandwidth = (given ?? known)?[keyPath: direction] ?? 0
  }
}

/// Two numbers as properties take them: `READ/WRITE` or `TOWARDS/FROM` the GPU, or one for both.
private struct Pair {
  let first: UInt64
  let second: UInt64

  init(first: UInt64, second: UInt64) {
    self.first = first
    self.second = second
  }

  init?(_ text: String) {
    let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { UInt64($0) }
    guard (1...2).contains(numbers.count), let first = numbers[0], let second = numbers[numbers.count - 1]
    else {
      return nil
    }
    self.init(first: first, second: second)
  }
}
