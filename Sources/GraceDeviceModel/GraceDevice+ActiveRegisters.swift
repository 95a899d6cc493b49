// SPDX-License-Identifier: GPL-2.0-or-later

// Registers that are more than a stored value, out of the way of those that are not. Those that a driver polls come first.

extension GraceDevice {
  /// Reads a register that is not simply stored.
  @inline(__always)
  public mutating func readActive(_ cell: RegisterCell) -> UInt32 {
    if cell.isTimeLow { return timeLow }
    if cell.isTimeHigh { return timeHigh }
    return readRare(cell)
  }

  /// Low 32 bits of the time in nanoseconds; NV_PTIMER_TIME_0 has no bits 4:0.
  @inline(__always)
  public var timeLow: UInt32 { UInt32(truncatingIfNeeded: host.now()) & 0xffff_ffe0 }

  /// High 32 bits of the time in nanoseconds.
  @inline(__always)
  public var timeHigh: UInt32 { UInt32(truncatingIfNeeded: host.now() >> 32) }

  /// Reads any of the others.
  @inline(never)
  public mutating func readRare(_ cell: RegisterCell) -> UInt32 {
    let location = registers.location(cell)
    switch registers.entries[location.entry].behaviour {
    case .memoryClear: return bootStatus == 0xff ? 1 : 0
    case .firmwareBoot: return bootStatus == 0xff ? 0x3ff : 0
    case .transferAccess: return transfers.isEnabled ? 0 : TransferSpec.locked
    case .transferResult: return UInt32(transfers.result.rawValue)
    case .transferCommand:
      return registers.value(cell) | (transfers.result == .moved ? TransferSpec.isIdle : 0)
    case .dataPort: return readPort(location, isData: true)
    case .messagePort: return readPort(location, isData: false)
    case .doorbell: return doorbellCount
    case .queue, .stored, .linkStatus, .bootStatus, .timeLow, .timeHigh: return registers.value(cell)
    }
  }

  /// Writes the byte lanes in `lanes` of a register, whatever it does.
  @inline(__always)
  public mutating func write(_ value: UInt32, lanes: UInt32, to cell: RegisterCell) {
    if cell.actsOnWrite {
      writeActive(value, lanes: lanes, to: cell)
    } else {
      merge(value, lanes: lanes, into: cell)
    }
  }

  /// Writes a register that does nothing but to store what its masks allow.
  @inline(__always)
  public mutating func merge(_ value: UInt32, lanes: UInt32, into cell: RegisterCell) {
    registers.merge(value, lanes: lanes, into: cell)
  }

  /// Writes the byte lanes in `lanes` of a register whose writes do something.
  @inline(never)
  public mutating func writeActive(_ value: UInt32, lanes: UInt32, to cell: RegisterCell) {
    let location = registers.location(cell)
    switch registers.entries[location.entry].behaviour {
    case .transferCommand:
      registers.write(value, lanes: lanes, to: cell)
      startTransfer()
    case .dataPort: writePort(value, lanes: lanes, to: location, isData: true)
    case .messagePort: writePort(value, lanes: lanes, to: location, isData: false)
    case .queue:
      registers.write(value, lanes: lanes, to: cell)
      let index = registers.index(location)
      let isCommand = registers.entries[location.entry].offset == ProcessorSpec.commandQueues
      queueDidChange(UInt32(truncatingIfNeeded: index >> 1), sends: isCommand && index & 1 == 0)
    case .doorbell: ringDoorbell(value & lanes)
    case .stored, .linkStatus, .bootStatus, .timeLow, .timeHigh, .memoryClear, .firmwareBoot, .transferAccess,
      .transferResult:
      registers.write(value, lanes: lanes, to: cell)
    }
  }
}
