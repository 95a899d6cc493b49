// SPDX-License-Identifier: GPL-2.0-or-later

/// What can be wrong with a device, from its start or at any moment. What Linux does on seeing it stands in docs/faults.md.
public enum Fault: UInt8, CaseIterable, Sendable {
  /// Nothing.
  case none
  /// The chip-to-chip link is not up, and does not come up.
  case linkDown
  /// Training the memory does not end, and boot with it.
  case trainingStuck
  /// Training the memory stops half-way: the status is neither 0 nor 0xff.
  case trainingPartial
  /// The CXL device DVSEC never says how large the memory is.
  case informationMissing
  /// The CXL device DVSEC never says that the memory is active.
  case activityMissing
  /// The readiness of the CXL device DVSEC reads as ones, as from a link that is gone.
  case readinessOnes
  /// The next function level reset does not end: the function answers nothing any more.
  case resetHangs
  /// The function is gone: ones everywhere.
  case removed

  /// The name that users give.
  public var name: String {
    switch self {
    case .none: "none"
    case .linkDown: "link-down"
    case .trainingStuck: "training-stuck"
    case .trainingPartial: "training-partial"
    case .informationMissing: "cxl-info-missing"
    case .activityMissing: "cxl-active-missing"
    case .readinessOnes: "cxl-ones"
    case .resetHangs: "flr-hangs"
    case .removed: "removed"
    }
  }

  /// The fault called `name`, or nil.
  public static func named(_ name: String) -> Fault? {
    for fault in allCases where fault.name.utf8.elementsEqual(name.utf8) { return fault }
    return nil
  }

  /// The names of all, for messages: `a, b, c`.
  public static var allNames: String {
    var list = ""
    for fault in allCases {
      if !list.utf8.isEmpty { list += ", " }
      list += fault.name
    }
    return list
  }

  /// Whether the memory cannot be used.
  var takesMemoryAway: Bool {
    switch self {
    case .none, .resetHangs: false
    case .linkDown, .trainingStuck, .trainingPartial, .informationMissing, .activityMissing, .readinessOnes,
      .removed:
      true
    }
  }
}

extension GraceDevice {
  /// Breaks the device, or mends it: what a fault kept from coming up is then up, if its time has come.
  public mutating func setFault(_ new: Fault) {
    fault = new
    hasHungReset = false
    followReadiness()
    followPresence()
  }

  /// NV_PBUS_SW_SCRATCH(38).
  @inline(__always)
  var linkStatus: UInt32 { readiness.link.isUp && fault != .linkDown ? 0xff : 0 }

  /// NV_THERM_I2CS_SCRATCH.
  @inline(__always)
  var bootStatus: UInt32 {
    switch fault {
    case .trainingStuck: 0
    // Any value between will do; this one has half of the bits.
    case .trainingPartial: 0x0f
    default: readiness.boot.isUp ? 0xff : 0
    }
  }

  /// The dword of the CXL device DVSEC that says what is ready.
  func cxlReadiness(_ register: ConfigRegister) -> UInt32 {
    if fault == .readinessOnes { return .max }
    var value = register.reset
    if readiness.information.isUp, fault != .informationMissing { value |= CXLMemory.infoValid }
    if readiness.activity.isUp, fault != .activityMissing { value |= CXLMemory.active }
    return value
  }

  /// Tells the host whether the function answers.
  mutating func followPresence() {
    let isPresent = fault != .removed && !hasHungReset
    guard isPresent != wasPresent else { return }
    wasPresent = isPresent
    host.setPresence(isPresent)
  }
}
