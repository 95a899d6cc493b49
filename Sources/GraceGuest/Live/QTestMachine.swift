// SPDX-License-Identifier: GPL-2.0-or-later

import Dispatch
import Glibc
import Subprocess

/// A machine `virt` in which no CPU runs: a test makes the accesses that a guest would make, and turns the clock.
///
/// Each of its devices sits below a root port of its own. Calls block, so they are made where `QEMUProcess.testing` makes
/// them.
public final class QTestMachine {
  /// Where configuration space is with `highmem-ecam=off` (hw/arm/virt.c, base_memmap), 1 MiB for each bus.
  private static let configBase: UInt64 = 0x3f00_0000
  /// Bytes of main memory, which starts at 1 GiB.
  public static let ramSize: UInt64 = 128 << 20
  /// Where main memory starts.
  public static let ramBase: UInt64 = 1 << 30
  /// Where the 64-bit PCI window starts, which is as large: it is aligned to its size.
  public static let windowBase: UInt64 = 4 << 40

  /// How many devices there are.
  public let deviceCount: Int
  private var qtest: QTestConnection
  private var monitor: QMPConnection

  fileprivate init(_ folder: SocketFolder, deviceCount: Int, timeLimit: Duration) throws(QMPError) {
    self.deviceCount = deviceCount
    qtest = try QTestConnection.connect(to: folder.testPath, timeLimit: timeLimit)
    monitor = try QMPConnection.connect(to: folder.socketPath, timeLimit: timeLimit)
  }

  /// Where the configuration space of a device is. Its bus has the number that `numberBuses()` gives it.
  public func config(_ device: Int) -> UInt64 { QTestMachine.configBase + UInt64(device + 1) << 20 }

  /// Where the configuration space of a device's root port is.
  public func port(_ device: Int) -> UInt64 { QTestMachine.configBase + UInt64(device + 1) << 15 }

  /// Numbers the buses below the root ports, as firmware does after a reset.
  public func numberBuses() throws(QMPError) {
    for device in 0..<deviceCount {
      let bus = UInt64(device + 1)
      // Primary, secondary and subordinate bus (PCI-to-PCI Bridge Architecture Specification 1.2, 3.2.5.3).
      try write(bus << 16 | bus << 8, at: port(device) + 0x18, size: 4)
    }
  }

  /// Has QEMU carry out a command of its machine protocol, and returns what that gave.
  @discardableResult
  public func execute(_ command: String, _ arguments: [String: JSONValue] = [:]) throws(QMPError)
    -> JSONValue
  {
    try monitor.execute(command, arguments, timeLimit: QMPClient.defaultTimeLimit)
  }

  /// Reads 1, 2, 4 or 8 bytes, the first of them lowest in the result.
  public func read(at address: UInt64, size: Int) throws(QMPError) -> UInt64 {
    try qtest.read(at: address, size: size)
  }

  /// Writes the lowest 1, 2, 4 or 8 bytes of `value`.
  public func write(_ value: UInt64, at address: UInt64, size: Int) throws(QMPError) {
    try qtest.write(value, at: address, size: size)
  }

  /// Reads `count` bytes, in accesses of whatever size QEMU takes.
  public func bytes(at address: UInt64, count: Int) throws(QMPError) -> [UInt8] {
    try qtest.bytes(at: address, count: count)
  }

  /// Lets so much of the guest's time pass, with what is due in it.
  public func step(nanoseconds: UInt64) throws(QMPError) { try qtest.step(nanoseconds: nanoseconds) }

  /// Resets the bus below a device's root port (Bridge Control, bit 6).
  public func resetBus(of device: Int) throws(QMPError) {
    let control = port(device) + 0x3e
    let value = try read(at: control, size: 2)
    try write(value | 1 << 6, at: control, size: 2)
    try write(value & ~(1 << 6), at: control, size: 2)
  }

  /// Starts the machine again, and numbers its buses.
  public func restart() throws(QMPError) {
    _ = try monitor.execute("system_reset", [:], timeLimit: QMPClient.defaultTimeLimit)
    _ = try monitor.event("RESET", timeLimit: QMPClient.defaultTimeLimit) { _ in true }
    try numberBuses()
  }

  /// Has the device with that id report an error (QEMU's monitor command `pcie_aer_inject_error`).
  ///
  /// - Parameters:
  ///   - status: the error's bit in Uncorrectable or Correctable Error Status.
  ///   - header: the four dwords of the packet's header, if there was a packet.
  public func injectError(_ status: UInt32, isCorrectable: Bool, header: [UInt32] = [], into id: String)
    throws(QMPError)
  {
    let flag = isCorrectable ? "-c " : ""
    let words = ["\(flag)\(id)", "0x\(hex(UInt64(status)))"] + header.map { "0x\(hex(UInt64($0)))" }
    let line = "pcie_aer_inject_error " + words.joined(separator: " ")
    let answer = try monitor.execute(
      "human-monitor-command", ["command-line": .string(line)], timeLimit: QMPClient.defaultTimeLimit)
    guard let text = answer.text, text.hasPrefix("OK") else {
      throw .refused(command: line, reason: answer.text ?? "\(answer)")
    }
  }

  /// Ends QEMU; false if it does not listen.
  fileprivate func quit() -> Bool {
    do throws(QMPError) {
      _ = try monitor.execute("quit", [:], timeLimit: QMPClient.defaultTimeLimit)
      return true
    } catch {
      // It may be gone before it has answered.
      if case .closed = error { return true }
      return false
    }
  }
}

extension QEMUProcess {
  /// What tests of a machine without a guest give: what QEMU said, how it ended, and what became of the tests.
  public struct TestRun<Value: Sendable>: Sendable {
    /// The run of QEMU.
    public let run: ConsoleRun
    /// What the tests gave.
    public let value: Value
  }

  /// A machine `virt` in which no CPU runs, with these devices, each the value of a `-device` without its `bus`, and more
  /// arguments for QEMU.
  public static func testMachine(
    _ devices: [String], adding more: [String] = [], assets: GuestAssets,
    timeLimit: Duration = QEMUProcess.defaultTimeLimit
  ) throws(GuestAssetsError) -> QEMUProcess {
    var arguments = [
      "-accel", "qtest", "-M", "virt,highmem-ecam=off,highmem-mmio-size=4T", "-cpu", "neoverse-n1",
      "-m", "\(QTestMachine.ramSize >> 20)M", "-object",
      "memory-backend-ram,id=ram0,size=\(QTestMachine.ramSize >> 20)M", "-numa", "node,memdev=ram0",
      "-nodefaults", "-display", "none",
    ]
    for (index, device) in devices.enumerated() {
      arguments += [
        "-device",
        "pcie-root-port,id=rp\(index),bus=pcie.0,chassis=\(index + 1),addr=0x\(hex(UInt64(index + 1)))",
        "-device", "\(device),bus=rp\(index)",
      ]
    }
    return QEMUProcess(
      executable: try assets.path(.qemu), arguments: arguments + more, timeLimit: timeLimit)
  }

  /// Starts such a machine, and lets `work` make the accesses of a guest. QEMU ends when that returns.
  ///
  /// - Returns: what `work` returned; its error, or that QEMU cannot be reached, is thrown.
  public static func testing<Value: Sendable>(
    _ devices: [String], adding more: [String] = [], assets: GuestAssets,
    timeLimit: Duration = QEMUProcess.defaultTimeLimit,
    work: @escaping @Sendable (QTestMachine) throws -> Value
  ) async throws -> TestRun<Value> {
    let folder = try SocketFolder()
    defer { folder.remove() }
    let sockets = ["-qtest-log", "none", "-qtest", "unix:\(folder.testPath),server=on,wait=off"]
    let process = try testMachine(
      devices, adding: more + sockets + folder.arguments, assets: assets, timeLimit: timeLimit)
    let (values, value) = AsyncThrowingStream.makeStream(of: Value.self)
    let queue = DispatchQueue(label: "QTestMachine")
    let run = try await process.run(arguments: process.arguments, input: .none, onLine: { _, _ in }) {
      execution in
      let isEnding = await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
        queue.async {
          var isEnding = false
          do {
            let machine = try QTestMachine.reach(
              folder, deviceCount: devices.count, timeLimit: QMPClient.defaultTimeLimit)
            defer { isEnding = machine.quit() }
            try machine.numberBuses()
            value.yield(try work(machine))
            value.finish()
          } catch {
            value.finish(throwing: error)
          }
          continuation.resume(returning: isEnding)
        }
      }
      if isEnding { return }
      await execution.teardown(using: [.gracefulShutDown(allowedDurationToNextStep: .seconds(5))])
    }
    do {
      for try await value in values { return TestRun(run: run, value: value) }
      throw TestRunError(run: run, reason: "it gave nothing")
    } catch let error as QMPError {
      throw TestRunError(run: run, reason: "\(error)")
    }
  }
}

/// That QEMU did not answer, with what it said before.
public struct TestRunError: Error, CustomStringConvertible {
  /// The run of QEMU.
  public let run: ConsoleRun
  /// What went wrong first.
  public let reason: String

  /// The error as one sentence.
  public var description: String {
    "QEMU (\(run.ending)) did not answer a test: \(reason) It said: \(run.messages.joined(separator: "; "))"
  }
}

extension QTestMachine {
  /// Connects once QEMU listens.
  fileprivate static func reach(_ folder: SocketFolder, deviceCount: Int, timeLimit: Duration)
    throws(QMPError)
    -> QTestMachine
  {
    let deadline = ContinuousClock.now + timeLimit
    while true {
      do throws(QMPError) {
        return try QTestMachine(folder, deviceCount: deviceCount, timeLimit: timeLimit)
      } catch {
        guard case .cannotConnect = error, ContinuousClock.now < deadline else { throw error }
      }
      usleep(10_000)
    }
  }
}
