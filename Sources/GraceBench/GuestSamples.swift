// SPDX-License-Identifier: GPL-2.0-or-later

/// Times as a guest measured them, in the unit of the table.
public enum GuestSamples {
  /// `ns` is the time of one, `MB/s` takes the count for bytes, and anything else is how many there are in a second.
  public static func values(ns: [UInt64], count: UInt64, unit: String) -> [Double] {
    ns.map { ns in
      let (time, count) = (Double(ns), Double(count))
      return switch unit {
      case "ns": time / count
      case "MB/s": count * 1000 / time
      default: count * 1_000_000_000 / time
      }
    }
  }
}
