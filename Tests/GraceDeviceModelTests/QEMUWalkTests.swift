// SPDX-License-Identifier: GPL-2.0-or-later

import Glibc
import GraceDeviceModel
import GraceGuest
import Testing

/// The device in QEMU against the same device behind the host of these tests: the same accesses give the same bytes.
///
/// `GRACE_SEED=N` walks another way. The seed stands in what a failure says.
@Suite("Configuration space through QEMU")
struct QEMUWalkTests {
  /// A device, as QEMU and as the model is told of it.
  struct Subject: CustomTestStringConvertible, Sendable {
    let settings: [(name: String, value: String)]

    var testDescription: String { settings.map { "\($0.name)=\($0.value)" }.joined(separator: ",") }

    init(_ profile: Profile, _ representation: String, _ more: [(String, String)] = []) {
      settings = [("profile", profile.name), ("representation", representation)] + more
    }

    static let all =
      Profile.all.flatMap { [Subject($0, "vm"), Subject($0, "bare-metal")] } + [
        Subject(.gh200_480GB, "bare-metal", [("ats", "on"), ("mig-fix", "on")]),
        Subject(.blackwellNext, "vm", [("ats", "on"), ("cxl-active-ms", "7"), ("hbm-ready-ms", "3")]),
      ]
  }

  private static let stepCount = 4000
  private static var seed: UInt64 { getenv("GRACE_SEED").flatMap { UInt64(String(cString: $0)) } ?? 1 }

  @Test("a random walk of accesses, resets and errors gives the same bytes", arguments: Subject.all)
  func walk(subject: Subject) async throws {
    let assets = try GuestAssets.load(needing: [.qemu, .plugin])
    let device = "grace-gpu,id=gpu0,plugin=\(try assets.path(.plugin)),\(subject.testDescription)"
    let seed = QEMUWalkTests.seed
    let test = try await QEMUProcess.testing([device], assets: assets) { machine in
      var function = try PCIFunction(subject.settings)
      var walk = ConfigWalk(seed: seed, registers: function.device.layout.registers.map { Int($0.offset) })
      return try QEMUWalkTests.firstDifference(machine, &function, &walk)
    }
    #expect(test.value == nil, "seed \(seed)")
    // A QEMU built with AddressSanitizer starts with a warning about coroutines.
    #expect(test.run.messages.filter { $0.contains("qemu") || $0.contains("rror") } == [])
    #expect(test.run.ending == .exited(0))
  }

  /// Takes the steps on both sides until they differ; nil if they never do.
  private static func firstDifference(
    _ machine: QTestMachine, _ function: inout PCIFunction, _ walk: inout ConfigWalk
  ) throws -> String? {
    let base = machine.config(0)
    var recent: [ConfigWalk.Step] = []
    for number in 0..<stepCount {
      let step = walk.next()
      recent = recent.suffix(7) + [step]
      // Everything after what may change much, and from time to time.
      var range = number % 64 == 0 ? 0..<4096 : 0..<0
      switch step {
      case .read(let offset, let size): range = offset..<offset + size
      case .write(let value, let offset, let size):
        try machine.write(value, at: base + UInt64(offset), size: size)
        function.write(value, at: offset, size: size)
        if range.isEmpty { range = offset & ~3..<min((offset + size + 3) & ~3, 4096) }
      case .wait(let nanoseconds):
        try machine.step(nanoseconds: nanoseconds)
        function.advance(by: nanoseconds)
      case .busReset:
        try machine.resetBus(of: 0)
        function.reset(.bus)
        range = 0..<4096
      case .restart:
        try machine.restart()
        function.reset(.cold)
        range = 0..<4096
      case .error(let error):
        try machine.injectError(
          error.status, isCorrectable: error.isCorrectable, header: error.header ?? [], into: "gpu0")
        function.report(error)
        range = 0..<4096
      }
      guard let difference = try difference(machine, &function, range, single: step) else { continue }
      return "step \(number): \(difference); after \(recent.map(\.description).joined(separator: ", "))"
    }
    return nil
  }

  /// The first byte in a range that is not the same. A read is made as the step says, all else byte by byte.
  private static func difference(
    _ machine: QTestMachine, _ function: inout PCIFunction, _ range: Range<Int>, single step: ConfigWalk.Step
  ) throws -> String? {
    guard !range.isEmpty else { return nil }
    if case .read(let offset, let size) = step, range.count == size {
      let real = try machine.read(at: machine.config(0) + UInt64(offset), size: size)
      let model = function.read(at: offset, size: size)
      return real == model ? nil : "\(step) gives 0x\(hex(real)) in QEMU and 0x\(hex(model)) here"
    }
    let bytes = try machine.bytes(at: machine.config(0) + UInt64(range.lowerBound), count: range.count)
    for offset in range {
      let model = UInt64(function.read(at: offset, size: 1))
      let real = UInt64(bytes[offset - range.lowerBound])
      if real != model {
        return "byte 0x\(hex(UInt64(offset))) is 0x\(hex(real)) in QEMU and 0x\(hex(model)) here"
      }
    }
    return nil
  }
}

private func hex(_ value: UInt64) -> String { String(value, radix: 16) }
