// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel

// What a host's error reporting does to configuration space (PCI Express Base Specification 6.0, 6.2 and 7.8.4).

/// An error of the function's.
struct ReportedError: Equatable {
  /// Its bit in Uncorrectable or Correctable Error Status.
  var status: UInt32
  var isCorrectable: Bool
  /// The first four dwords of the packet; nil if there was none.
  var header: [UInt32]?
}

extension PCIFunction {
  private static let fatalErrors: UInt32 = 0x0046_2030

  private var uncorrectableStatus: Int { errors + 0x04 }
  private var control: Int { errors + 0x18 }
  private var headerLog: Int { errors + 0x1c }
  private var prefixLog: Int { errors + 0x38 }
  /// The bit that First Error Pointer points to.
  private var firstError: UInt32 { 1 << (dword(control) & 0x1f) }
  /// Whether several headers are recorded (bit 10).
  private var recordsSeveral: Bool { dword(control) & 1 << 10 != 0 }

  /// Reports an error: Device Status, Status of the header, and what Advanced Error Reporting logs.
  mutating func report(_ error: ReportedError) {
    let deviceControl = dword(express + 8)
    if error.isCorrectable {
      setDword(deviceControl | 1 << 16, at: express + 8)
      setDword(dword(errors + 0x10) | error.status, at: errors + 0x10)
      guard dword(errors + 0x14) & error.status == 0, deviceControl & 1 != 0 else { return }
      signal(isUncorrectable: false)
      return
    }
    let isFatal = dword(errors + 0x0c) & error.status != 0
    let isUnsupportedRequest = error.status == 1 << 20
    setDword(
      deviceControl | 1 << (isFatal ? 18 : 17) | (isUnsupportedRequest ? 1 << 19 : 0), at: express + 8)
    let isMasked = dword(errors + 0x08) & error.status != 0
    var isLost = false
    if !isMasked { isLost = !record(error) }
    setDword(dword(uncorrectableStatus) | error.status, at: uncorrectableStatus)
    if isMasked { return }
    let reportsAll = dword(4) & 1 << 8 != 0
    if isUnsupportedRequest, deviceControl & 1 << 3 == 0, !reportsAll { return }
    guard reportsAll || deviceControl & 1 << (isFatal ? 2 : 1) != 0 else { return }
    signal(isUncorrectable: true)
    // Header Log Overflow, bit 15 of Correctable Error Status.
    if isLost { report(ReportedError(status: 1 << 15, isCorrectable: true)) }
  }

  /// Signaled System Error, bit 30: a message was sent.
  private mutating func signal(isUncorrectable: Bool) {
    setDword(dword(4) | 1 << 30, at: 4)
  }

  /// Records an error's header, or has it wait; false if there is no room for that.
  private mutating func record(_ error: ReportedError) -> Bool {
    guard recordsSeveral, dword(uncorrectableStatus) & firstError != 0 else {
      log(error)
      return true
    }
    guard waitingErrors.count < 8 else { return false }
    waitingErrors.append(error)
    return true
  }

  private mutating func log(_ error: ReportedError) {
    setDword(dword(control) & ~0x81f | UInt32(error.status.trailingZeroBitCount), at: control)
    for index in 0..<4 {
      // Byte 0 of the packet is the first of the log.
      setDword(error.header?[index].byteSwapped ?? 0, at: headerLog + 4 * index)
      setDword(0, at: prefixLog + 4 * index)
    }
  }

  /// What follows from a write: the first error that is cleared makes room for the next.
  mutating func followCleared() {
    if dword(uncorrectableStatus) & firstError == 0 {
      guard recordsSeveral, !waitingErrors.isEmpty else {
        clearLog()
        return
      }
      setWaitingStatus()
      log(waitingErrors.removeFirst())
    } else if recordsSeveral {
      setWaitingStatus()
    } else {
      waitingErrors = []
    }
  }

  private mutating func setWaitingStatus() {
    let waiting = waitingErrors.reduce(0) { $0 | $1.status }
    setDword(dword(uncorrectableStatus) | waiting, at: uncorrectableStatus)
  }

  private mutating func clearLog() {
    setDword(dword(control) & ~0x81f, at: control)
    for index in 0..<4 {
      setDword(0, at: headerLog + 4 * index)
      setDword(0, at: prefixLog + 4 * index)
    }
  }

  /// Power is lost, and with it even what is sticky.
  mutating func forgetErrors() {
    waitingErrors = []
    clearLog()
  }
}
