// SPDX-License-Identifier: GPL-2.0-or-later

// Registers that are more than a stored value, out of the way of those that are not.

extension GraceDevice {
  /// Reads a register that is not simply stored.
  @inline(never)
  mutating func readActive(_ location: RegisterFile.Location) -> UInt32 {
    switch registers.entries[location.entry].behaviour {
    case .memoryClear: return bootStatus == 0xff ? 1 : 0
    case .firmwareBoot: return bootStatus == 0xff ? 0x3ff : 0
    case .transferAccess: return transfers.isEnabled ? 0 : TransferSpec.locked
    case .transferResult: return UInt32(transfers.result.rawValue)
    case .transferCommand:
      return registers.value(location) | (transfers.result == .moved ? TransferSpec.isIdle : 0)
    case .dataPort: return readPort(location, isData: true)
    case .messagePort: return readPort(location, isData: false)
    case .doorbell: return doorbellCount
    case .queue, .stored, .linkStatus, .bootStatus, .timeLow, .timeHigh: return registers.value(location)
    }
  }

  /// Writes the byte lanes in `lanes` of a register whose writes do something.
  @inline(never)
  mutating func writeActive(_ value: UInt32, lanes: UInt32, to location: RegisterFile.Location) {
    switch registers.entries[location.entry].behaviour {
    case .transferCommand:
      registers.write(value, lanes: lanes, to: location)
      startTransfer()
    case .dataPort: writePort(value, lanes: lanes, to: location, isData: true)
    case .messagePort: writePort(value, lanes: lanes, to: location, isData: false)
    case .queue:
      registers.write(value, lanes: lanes, to: location)
      let index = registers.index(location)
      let isCommand = registers.entries[location.entry].offset == ProcessorSpec.commandQueues
      queueDidChange(UInt32(truncatingIfNeeded: index >> 1), sends: isCommand && index & 1 == 0)
    case .doorbell: ringDoorbell(value & lanes)
    case .stored, .linkStatus, .bootStatus, .timeLow, .timeHigh, .memoryClear, .firmwareBoot, .transferAccess,
      .transferResult:
      registers.write(value, lanes: lanes, to: location)
    }
  }
}
