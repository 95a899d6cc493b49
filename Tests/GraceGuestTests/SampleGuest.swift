// SPDX-License-Identifier: GPL-2.0-or-later

@testable import GraceGuest

/// The console of a guest in which everything is as it should be, written by hand: one gh200-480gb with 2.25
/// GiB, where every length differs from the size of its region.
struct SampleGuest {
  /// The machine.
  let options: MachineOptions
  /// The console's lines.
  var lines: [String]

  init(_ representation: Representation) {
    options = MachineOptions(representation: representation, memorySize: 2304 << 20)
    let text =
      SampleGuest.start + (representation == .vm ? SampleGuest.vm : SampleGuest.bareMetal) + SampleGuest.end
    lines = text.split(separator: "\n").map(String.init)
  }

  /// A gb200 of the same size: its memory is not divided, and BAR2 shows all of it too.
  init(blackwell representation: Representation) {
    let hopper = SampleGuest(representation)
    options = MachineOptions(
      profile: .gb200, representation: representation, memorySize: hopper.options.memorySize)
    let changes = [
      ("402653345", "436207777"), ("403312640", "436867072"), ("1051872", "2073568"),
      (#""2345""#, #""2941""#),
      (#""1809""#, #""2046""#), (#"flr""#, #"flr bus""#),
      (#""bar":2,"bytes":1342177280"#, #""bar":2,"bytes":2415919104"#),
      (#""bar":4,"bytes":1073741824"#, #""bar":4,"bytes":2415919104"#),
      (#"[{"offset":0,"bytes":1342177280}]"#, "[]"),
      (#"[{"offset":0,"bytes":1073741824}]"#, #"[{"offset":0,"bytes":2415919104}]"#),
      (#""bytes":2147483648"#, #""bytes":4294967296"#),
    ]
    lines = changes.reduce(hopper) { $0.replacing($1.0, by: $1.1) }.lines
    guard representation == .bareMetal else { return }
    lines.insert(
      ##"# grace {"fact":"bar","function":"0000:01:00.0","index":2,"start":554050781184,"bytes":4294967296,"##
        + #""prefetchable":true,"wide":true}"#,
      at: lines.count - 1)
  }

  /// The same guest with a text replaced wherever it occurs.
  func replacing(_ old: String, by new: String) -> SampleGuest {
    var copy = self
    copy.lines = lines.map { $0.replacing(old, with: new) }
    return copy
  }

  /// The same guest without the lines that hold a text.
  func dropping(_ text: String) -> SampleGuest {
    var copy = self
    copy.lines = lines.filter { !$0.contains(text) }
    return copy
  }

  /// The console as it came, a line each millisecond.
  func consoleRun(ending: ConsoleRun.Ending = .exited(0), messages: [String] = []) -> ConsoleRun {
    ConsoleRun(
      console: lines.enumerated().map { ConsoleLine($0.element, at: .milliseconds(1500 + $0.offset)) },
      messages: messages, ending: ending, wallTime: .milliseconds(3000))
  }

  /// What it left.
  func run() throws(GuestRunError) -> GuestRun {
    try GuestRun(consoleRun(), options: options)
  }

  private static let start = """
    UEFI firmware
    KTAP version 1
    1..2
    # grace {"fact":"boot","kernel":"7.3.4","uptime_ms":870,"cpus":2,"page_size":4096}
    # grace {"fact":"register","function":"0000:01:00.0","name":"BOOT_0","offset":0,"value":402653345}
    # grace {"fact":"register","function":"0000:01:00.0","name":"BOOT_1","offset":4,"value":0}
    # grace {"fact":"register","function":"0000:01:00.0","name":"BOOT_42","offset":2560,"value":403312640}
    # grace {"fact":"register","function":"0000:01:00.0","name":"C2C_STATUS","offset":5272,"value":255}
    # grace {"fact":"register","function":"0000:01:00.0","name":"BOOT_COMPLETE","offset":131260,"value":255}
    # grace {"fact":"register","function":"0000:01:00.0","name":"MEMORY_RANGE","offset":1051872,"value":36864}
    # grace {"fact":"register","function":"0000:01:00.0","name":"FRAMEBUFFER","offset":1147812,"value":2304}

    """

  private static let end = """
    # grace {"fact":"usable","function":"0000:01:00.0","bar":2,"bytes":1342177280}
    # grace {"fact":"usable","function":"0000:01:00.0","bar":4,"bytes":1073741824}
    \(node(0, cpu: true, memory: 2_000_000_000))
    \((1...8).map { node($0, cpu: false, memory: 0) }.joined(separator: "\n"))
    \((0...8).flatMap(accesses).joined(separator: "\n"))
    \((1...8).map(initiator).joined(separator: "\n"))
    # grace {"fact":"memory-affinity","domain":0,"base":1073741824,"length":2147483648,"flags":1}
    \((1...8).map(memoryEntry).joined(separator: "\n"))
      KTAP version 1
      1..2
      ok 1 memory is memory
      ok 2 huge pages # SKIP none configured
    ok 1 memory-check
    ok 2 interrupts
    # grace {"fact":"kernel-log","level":4,"text":"something odd"}
    # grace {"fact":"program","name":"memory-check","function":"0000:01:00.0","ms":123}
    # grace {"fact":"end","uptime_ms":1234}
    reboot: Power down
    """

  private static let vm = """
    \(function(node: -1, driver: "null", reset: "flr"))
    # grace {"fact":"bar","function":"0000:01:00.0","index":0,"start":556198264832,"bytes":16777216,"prefetchable":true,"wide":true}
    # grace {"fact":"bar","function":"0000:01:00.0","index":2,"start":554050781184,"bytes":2147483648,"prefetchable":true,"wide":true}
    # grace {"fact":"bar","function":"0000:01:00.0","index":4,"start":549755813888,"bytes":2147483648,"prefetchable":true,"wide":true}

    """

  private static let bareMetal = """
    \(function(node: 0, driver: #""nvgrace_gpu_vfio_pci""#, reset: "acpi flr"))
    # grace {"fact":"bar","function":"0000:01:00.0","index":0,"start":549755813888,"bytes":16777216,"prefetchable":true,"wide":true}
    # grace {"fact":"property","function":"0000:01:00.0","name":"nvidia,gpu-mem-base-pa","value":70368744177664}
    # grace {"fact":"property","function":"0000:01:00.0","name":"nvidia,gpu-mem-pxm-start","value":1}
    # grace {"fact":"property","function":"0000:01:00.0","name":"nvidia,gpu-mem-pxm-count","value":8}
    # grace {"fact":"property","function":"0000:01:00.0","name":"nvidia,gpu-mem-size","value":2415919104}
    \(region(0, bytes: 16_777_216, areas: ""))
    \(region(2, bytes: 2_147_483_648, areas: #"{"offset":0,"bytes":1342177280}"#))
    \(region(4, bytes: 2_147_483_648, areas: #"{"offset":0,"bytes":1073741824}"#))

    """

  private static func function(node: Int, driver: String, reset: String) -> String {
    ##"# grace {"fact":"function","address":"0000:01:00.0","vendor":"10de","device":"2345","##
      + #""subsystem_vendor":"10de","subsystem_device":"1809","class":"030200","revision":"a1","#
      + #""numa_node":\#(node),"companion":"\\_SB_.PCI0.S08_.GPU0","driver":\#(driver),"#
      + #""reset_methods":"\#(reset)"}"#
  }

  private static func region(_ index: Int, bytes: Int, areas: String) -> String {
    ##"# grace {"fact":"vfio-region","function":"0000:01:00.0","index":\##(index),"bytes":\##(bytes),"##
      + #""readable":true,"writable":true,"mappable":true,"areas":[\#(areas)]}"#
  }

  private static func node(_ id: Int, cpu: Bool, memory: Int) -> String {
    let distances = (0...8).map { $0 == id ? "10" : $0 == 0 || id == 0 ? "80" : "11" }.joined(separator: ",")
    return ##"# grace {"fact":"node","id":\##(id),"online":true,"possible":true,"has_cpu":\##(cpu),"##
      + #""has_memory":\#(memory > 0),"has_generic_initiator":\#(!cpu),"memory_bytes":\#(memory),"#
      + #""distances":[\#(distances)]}"#
  }

  /// From the node itself, and from the CPUs' node.
  private static func accesses(_ node: Int) -> [String] {
    [(0, node), (1, 0)].map { (kind, from) in
      let (nanoseconds, megabytes) = from != node ? (800, 375_000) : (100, node == 0 ? 486_000 : 3_400_000)
      return ##"# grace {"fact":"access","node":\##(node),"class":\##(kind),"initiators":[\##(from)],"##
        + #""read_latency":\#(nanoseconds),"write_latency":\#(nanoseconds),"#
        + #""read_bandwidth":\#(megabytes),"write_bandwidth":\#(megabytes)}"#
    }
  }

  private static func initiator(_ domain: Int) -> String {
    ##"# grace {"fact":"initiator","domain":\##(domain),"handle_type":1,"segment":0,"bus":1,"device":0,"##
      + #""function":0,"flags":3,"bytes":"052000010\#(domain)0000000000010000000000000000000000000003000000"#
      + #"00000000"}"#
  }

  private static func memoryEntry(_ domain: Int) -> String {
    ##"# grace {"fact":"memory-affinity","domain":\##(domain),"base":0,"length":0,"flags":3}"##
  }
}
