// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel
import Testing

@Suite("Messages")
struct MessageTests {
  /// Names and values as a shell can give them to QEMU: `representation=$'a\nb'`.
  @Test(
    "a message is one line, whatever the setting is that it quotes",
    arguments: [
      ("representation", "a\nb", "there is no representation 'a?b'; use vm or bare-metal"),
      ("ats", "\u{1b}[2J\u{9b}", "ats=?[2J? is neither on nor off; write one of them"),
      (
        "co\tlor", "red", "grace-gpu has no option 'co?lor'; use those of docs/device.md and docs/firmware.md"
      ),
      (
        "instance", "é\u{7f}漢",
        "instance=é?漢 is not a number; write it in decimal, or in hexadecimal after 0x"
      ),
    ])
  func oneLine(name: String, value: String, message: String) {
    do throws(OptionError) {
      _ = try DeviceOptions([Setting(name: name, value: value)])
      Issue.record("it is taken")
    } catch {
      #expect(error.message == message)
    }
  }

  @Test("a profile's message has no control characters of more than one byte either")
  func profile() {
    do throws(ProfileError) {
      _ = try Profile(text: "base = gb200\nname = \u{9b}2J\n")
      Issue.record("it is taken")
    } catch {
      #expect(error.line == 2 && error.problem == "'?2J' is no name; use up to 32 of a-z, 0-9, -, . and _")
    }
  }
}
