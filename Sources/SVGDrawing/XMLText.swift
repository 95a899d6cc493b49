// SPDX-License-Identifier: GPL-2.0-or-later

/// XML 1.0, 2.2 and 2.4: five characters have names, and control characters cannot be written at all.
public func escapedXML(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&apos;"
    case "\n": result += "\n"
    case _ where scalar.value < 0x20 || scalar.value == 0xfffe || scalar.value == 0xffff: result += "?"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
