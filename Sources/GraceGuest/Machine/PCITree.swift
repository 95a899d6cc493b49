// SPDX-License-Identifier: GPL-2.0-or-later

/// What lies between the machine's root bus and its GPUs.
public enum PCITree: String, CaseIterable, Codable, Sendable {
  /// A root port for each GPU.
  case rootPorts = "root-ports"
  /// One root port, and a switch behind it with a downstream port for each GPU.
  case `switch`
  /// A host bridge for each GPU, with the GPU's NUMA node, and a root port on its bus.
  case expander
}
