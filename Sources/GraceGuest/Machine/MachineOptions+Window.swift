// SPDX-License-Identifier: GPL-2.0-or-later

extension MachineOptions {
  /// The 64-bit PCI window of QEMU's `virt` machine, which is also its minimum (hw/arm/virt.c,
  /// `extended_memmap`).
  static let defaultWindowSize: UInt64 = 512 << 30

  /// The largest window given: it starts at its own size, so a larger one would begin where coherent memory
  /// lies on a host (2^46).
  static let largestWindowSize: UInt64 = 32 << 40

  /// The window to ask QEMU for, or nil if its default is wide enough.
  ///
  /// A root port's window is aligned to the largest BAR behind it. That BAR and everything else that the
  /// function has fit into twice its size, so this is what each GPU can cost. Once that is more than half of
  /// the default window, a power of two of at least twice the sum leaves firmware room for its own alignment.
  var chosenWindowSize: UInt64? {
    if let windowSize { return windowSize }
    guard representation == .vm, let split = try? memorySplit() else { return nil }
    let footprint = 2 * max(split.usememBAR, split.resmemBAR)
    let sum = footprint * UInt64(gpuCount)
    guard sum > MachineOptions.defaultWindowSize / 2 else { return nil }
    let wanted = min(powerOfTwo(atLeast: 2 * sum), MachineOptions.largestWindowSize)
    return wanted > MachineOptions.defaultWindowSize ? wanted : nil
  }
}
