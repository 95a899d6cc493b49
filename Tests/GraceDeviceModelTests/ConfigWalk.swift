// SPDX-License-Identifier: GPL-2.0-or-later

/// Random accesses to a function's configuration space and what else changes it, the same for the same seed.
struct ConfigWalk {
  /// One of them.
  enum Step: CustomStringConvertible {
    case read(offset: Int, size: Int)
    case write(UInt64, offset: Int, size: Int)
    case wait(nanoseconds: UInt64)
    case busReset
    case restart
    case error(ReportedError)

    var description: String {
      switch self {
      case .read(let offset, let size): "read \(size) at 0x\(String(offset, radix: 16))"
      case .write(let value, let offset, let size):
        "write \(size) at 0x\(String(offset, radix: 16)): 0x\(String(value, radix: 16))"
      case .wait(let nanoseconds): "wait \(nanoseconds) ns"
      case .busReset: "bus reset"
      case .restart: "restart"
      case .error(let error): "\(error)"
      }
    }
  }

  /// Every error that QEMU reports on demand: 7.8.4.2 and 7.8.4.5 of PCI Express Base Specification 6.0.
  private static let uncorrectable: [UInt32] = ([4, 5] + Array(12...25)).map { 1 << $0 }
  private static let correctable: [UInt32] = ([0, 6, 7, 8] + Array(12...15)).map { 1 << $0 }

  private var numbers: SeededNumbers
  /// Dwords that have a meaning, which get most of the accesses.
  private let registers: [Int]

  init(seed: UInt64, registers: [Int]) {
    numbers = SeededNumbers(seed: seed)
    self.registers = registers
  }

  mutating func next() -> Step {
    switch Int.random(in: 0..<1000, using: &numbers) {
    case 0..<3: return .restart
    case 3..<10: return .busReset
    case 10..<60: return .wait(nanoseconds: .random(in: 1...30_000_000, using: &numbers))
    case 60..<100: return .error(error())
    case 100..<300:
      let (offset, size) = place()
      return .read(offset: offset, size: size)
    default:
      let (offset, size) = place()
      return .write(value(size), offset: offset, size: size)
    }
  }

  /// Any width at any alignment, inside configuration space.
  private mutating func place() -> (offset: Int, size: Int) {
    let size = 1 << Int.random(in: 0...3, using: &numbers)
    var offset = Int.random(in: 0...4096 - size, using: &numbers)
    if Int.random(in: 0..<5, using: &numbers) > 0, let register = registers.randomElement(using: &numbers) {
      let lane = Bool.random(using: &numbers) ? 0 : Int.random(in: -3...3, using: &numbers)
      offset = min(max(register + lane, 0), 4096 - size)
    }
    return (offset, size)
  }

  private mutating func value(_ size: Int) -> UInt64 {
    let all = UInt64.max >> UInt64(64 - 8 * size)
    switch Int.random(in: 0..<8, using: &numbers) {
    case 0, 1: return all
    case 2, 3: return 0
    case 4: return 1 << UInt64.random(in: 0..<UInt64(8 * size), using: &numbers)
    case 5: return numbers.next() & numbers.next() & all
    default: return numbers.next() & all
    }
  }

  private mutating func error() -> ReportedError {
    let isCorrectable = Bool.random(using: &numbers)
    let status = (isCorrectable ? ConfigWalk.correctable : ConfigWalk.uncorrectable).randomElement(
      using: &numbers)
    let hasHeader = !isCorrectable && Bool.random(using: &numbers)
    return ReportedError(
      status: status ?? 1, isCorrectable: isCorrectable,
      header: hasHeader ? (0..<4).map { _ in UInt32.random(in: 0 ... .max, using: &numbers) } : nil)
  }
}
