// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel

/// The text of a profile, as the device and gracectl read it. What is taken makes a device in both representations.
func runProfile(_ input: inout Input) {
  let text = input.text()
  let profile: Profile
  do throws(ProfileError) {
    profile = try Profile(text: text)
  } catch {
    let lines = text.utf8.split(separator: 0x0a, omittingEmptySubsequences: false).count
    demand(error.line >= 0 && error.line <= lines, "an error names a line of the text")
    demandSentence(error.problem)
    demandSentence(error.message(in: "a.profile"))
    demandRefused(text)
    return
  }
  demand(
    profile.name.utf8.count <= 32 && Profile.named(profile.name) == nil, "a profile has a name of its own")
  for representation in ["vm", "bare-metal"] {
    for instance in ["0", "63"] {
      demandDevice(
        options([
          ("profile-text", text), ("representation", representation), ("instance", instance), ("ats", "on"),
        ]))
    }
  }
}

private func demandRefused(_ text: String) {
  do throws(OptionError) {
    _ = try DeviceOptions([Setting(name: "profile-text", value: text)])
    demand(false, "a profile that gracectl refuses the device refuses, too")
  } catch {
    demandSentence(error.message)
  }
}

/// `set fault` and `set poison` while a device runs: what is refused changes nothing.
func runChanges(_ input: inout Input) {
  var device = started(options(input.element(of: setups)))
  for piece in input.pieces(at: 0).prefix(16) {
    let isFault = (piece.first ?? 0) & 1 == 0
    let setting = Setting(
      name: isFault ? "fault" : "poison", value: String(decoding: piece.dropFirst(), as: UTF8.self))
    let (state, calls) = (device.snapshot(), device.host.calls)
    do throws(OptionError) {
      if isFault {
        device.setFault(try setting.fault())
      } else {
        device.setPoison(try device.options.poison(setting))
        demandPages(&device)
      }
    } catch {
      demandSentence(error.message)
      demand(device.snapshot() == state && device.host.calls == calls, "a refused setting changes nothing")
    }
  }
  let state = device.snapshot()
  do throws(SnapshotError) {
    try device.restore(state)
  } catch {
    demand(false, "a device takes its own state", error.message)
  }
  demand(device.snapshot() == state, "loading its own state changes nothing")
}

/// The pages that the host was told of are those that the device has.
private func demandPages(_ device: inout FuzzDevice) {
  var pages: Set<UInt64> = []
  var index = 0
  while let page = device.poison[index] {
    demand(page % 4096 == 0 && page < device.options.backingSize, "a bad page is a page of the memory")
    demand(pages.insert(page).inserted, "a bad page is named once")
    index += 1
  }
  demand(
    index == device.poison.count && index <= 32 && device.host.badPages == pages,
    "the host knows the bad pages")
}
