// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel
import GraceFirmware

/// Settings of a GPU as the device takes them.
enum GPUSetting {
  /// Settings that are bytes or addresses. QEMU reads some of them itself and gives the device numbers.
  private static let sizes: Set<String> = ["memory-size", "memory-base", "egm-size", "egm-base", "dsd-size"]

  /// A setting, with a size such as `96G` as a number. What is no size stays as it is, for the device to refuse.
  static func setting(name: String, value: String) -> Setting {
    guard sizes.contains(name), let bytes = ByteSize.bytes(value) else {
      return Setting(name: name, value: value)
    }
    return Setting(name: name, value: "\(bytes)")
  }

  /// `NAME=VALUE`, or nil if it is nothing of the kind.
  static func setting(_ text: String) -> Setting? {
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else { return nil }
    return setting(name: String(text[..<equals]), value: String(text[text.index(after: equals)...]))
  }

  /// The checked settings of the GPU at `place`.
  static func options(_ settings: [Setting], profile: Profile, place: String) throws(MachineError)
    -> DeviceOptions
  {
    do throws(OptionError) {
      return try DeviceOptions(settings, profile: profile)
    } catch {
      throw MachineError(place, error.message)
    }
  }
}
