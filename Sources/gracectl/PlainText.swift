// SPDX-License-Identifier: GPL-2.0-or-later

/// A line that a terminal only prints. Tables, dumps and listings of others, and arguments, can have anything in them, also
/// what would move the cursor, and `check` is for those that nobody trusts.
func plain(_ line: String) -> String {
  var result = String.UnicodeScalarView()
  for scalar in line.unicodeScalars {
    switch scalar.value {
    // C0, DEL and C1; line and paragraph separator.
    case 0..<0x20, 0x7f...0x9f, 0x2028, 0x2029: result.append("?")
    default: result.append(scalar)
    }
  }
  return String(result)
}
