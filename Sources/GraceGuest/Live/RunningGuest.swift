// SPDX-License-Identifier: GPL-2.0-or-later

import FoundationEssentials

/// A guest that runs, for a host that wants to do something to it.
public actor RunningGuest {
  /// QEMU's process.
  public nonisolated let processIdentifier: Int32
  /// Where QEMU listens.
  nonisolated let socketPath: String
  /// The one connection that QEMU takes, once somebody needs it.
  private var connection: Task<Result<QMPClient, QMPError>, Never>?

  init(processIdentifier: Int32, socketPath: String) {
    self.processIdentifier = processIdentifier
    self.socketPath = socketPath
  }

  /// QEMU's monitor.
  public var qmp: QMPClient {
    get async throws(QMPError) {
      let connection =
        connection
        ?? Task { [socketPath] in
          do throws(QMPError) {
            return .success(try await QMPClient.connect(to: socketPath))
          } catch {
            return .failure(error)
          }
        }
      self.connection = connection
      return try await connection.value.get()
    }
  }

  /// The monitor of a QEMU that was only just started, once it listens.
  func reachMonitor(within limit: Duration = QMPClient.defaultTimeLimit) async throws -> QMPClient {
    let deadline = ContinuousClock.now + limit
    while true {
      do throws(QMPError) {
        let client = try await QMPClient.connect(to: socketPath)
        connection = Task { Result<QMPClient, QMPError>.success(client) }
        return client
      } catch {
        guard case .cannotConnect = error, ContinuousClock.now < deadline else { throw error }
      }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  /// Sets a property of a device with that id.
  public func set(
    _ property: String, of device: String = "gpu0", to value: JSONValue
  ) async throws(QMPError) {
    try await qmp.execute(
      "qom-set",
      ["path": .string("/machine/peripheral/\(device)"), "property": .string(property), "value": value])
  }

  /// Has a device report an error as its hardware would (Advanced Error Reporting), by the name that QEMU gives it.
  public func injectError(_ name: String, into device: String = "gpu0") async throws(QMPError) {
    let text = try await qmp.monitor("pcie_aer_inject_error \(device) \(name)")
    guard text.hasPrefix("OK ") else { throw .refused(command: "pcie_aer_inject_error", reason: text) }
  }

  /// Plugs a device in, with its driver, id, bus and properties.
  public func plug(_ device: [String: JSONValue]) async throws(QMPError) {
    try await qmp.execute("device_add", device)
  }

  /// Asks the guest to let a device go, as somebody does who presses the button of its slot. `unplugged` says when it did.
  public func unplug(_ device: String) async throws(QMPError) {
    try await qmp.execute("device_del", ["id": .string(device)])
  }

  /// Waits until a device is gone from QEMU.
  public func unplugged(_ device: String) async throws(QMPError) {
    try await qmp.event("DEVICE_DELETED") { $0["device"]?.text == device }
  }

  /// The names of QEMU's blocks of memory, one line for each, as `info ramblock` prints them.
  public func memoryBlocks() async throws(QMPError) -> String {
    try await qmp.monitor("info ramblock")
  }

  /// Bytes of memory that QEMU occupies (VmRSS, proc_pid_status(5)).
  public nonisolated func residentBytes() throws(ResidentMemoryError) -> UInt64 {
    let path = "/proc/\(processIdentifier)/status"
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { throw .unreadable(path) }
    for line in text.split(separator: "\n") where line.hasPrefix("VmRSS:") {
      let words = line.split { $0 == " " || $0 == "\t" }
      if words.count == 3, words[2] == "kB", let kibibytes = UInt64(words[1]) { return kibibytes << 10 }
    }
    throw .unreadable(path)
  }
}

/// Why it is not known how much memory QEMU occupies.
public enum ResidentMemoryError: Error, Hashable, CustomStringConvertible {
  /// The file is not there or does not say it.
  case unreadable(String)

  /// The error as one sentence.
  public var description: String {
    switch self {
    case .unreadable(let path): "\(path) does not say how much memory QEMU occupies."
    }
  }
}
