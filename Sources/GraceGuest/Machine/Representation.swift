// SPDX-License-Identifier: GPL-2.0-or-later

/// Which side of a passed-through GPU the emulated function shows.
public enum Representation: String, CaseIterable, Codable, Sendable {
  /// What a guest sees to which a hypervisor passed the GPU: coherent memory as BAR2 and BAR4, no `_DSD`.
  case vm
  /// What the host of the superchip sees: coherent memory at a fixed address that `_DSD` tells, in no BAR.
  case bareMetal = "bare-metal"
}
