// SPDX-License-Identifier: GPL-2.0-or-later

/// What the security processor has beside its registers.
struct SecurityProcessor {
  /// Messages in both directions, 1 KiB for each channel.
  var memory = FalconMemory<2048>()
  /// The message of several packets that a channel is in the middle of.
  var unfinished = InlineArray<8, UnfinishedMessage>(repeating: UnfinishedMessage())
  /// A bit for each channel that a command was sent in, and not yet received: its head was written.
  var sent: UInt32 = 0

  mutating func reset() {
    memory.clear()
    sent = 0
    for channel in unfinished.indices { unfinished[channel] = UnfinishedMessage() }
  }
}

/// As much of a message of several packets as has to be known while it comes: no command with so many bytes is understood,
/// so their contents are not kept.
struct UnfinishedMessage {
  /// Bit 31: there is one. Bits 9:8: the number of its next packet. Bits 7:0: its NVDM type.
  var state: UInt32 = 0

  init() {}

  /// After the first packet, number `sequence`.
  init(type: UInt32, sequence: UInt32) {
    state = 1 << 31 | ((sequence &+ 1) & 3) << 8 | type & 0xff
  }

  /// As saved; bits that mean nothing are dropped.
  init(state: UInt32) {
    self.state = state & 0x8000_03ff
  }

  /// Its NVDM type, or nil if there is no message.
  var type: UInt32? { state >> 31 == 1 ? state & 0xff : nil }
  /// The number of its next packet.
  var nextSequence: UInt32 { state >> 8 & 3 }
}

/// An answer: to a command of which type, and what it says.
private struct Answer {
  var type: UInt32
  var status: ProcessorStatus
}

extension GraceDevice {
  /// Answers what waits in any channel: the boot may be complete now.
  mutating func serveAllChannels() {
    for channel in 0..<ProcessorSpec.channelCount { serve(channel: UInt32(truncatingIfNeeded: channel)) }
  }

  /// Software wrote a head or a tail of a channel.
  ///
  /// It writes the tail of a command first, and the head when all is there: that sends it. Of an answer's either may say
  /// that it was taken.
  mutating func queueDidChange(_ channel: UInt32, sends: Bool) {
    if sends { processor.sent |= 1 << (channel & 7) }
    serve(channel: channel)
  }

  /// Answers the command that waits in a channel, if there is one.
  ///
  /// Not before the boot is complete, and not while an answer lies there that software has not taken: command and answer
  /// share the channel's memory. Both wait.
  mutating func serve(channel: UInt32) {
    guard channel < ProcessorSpec.channelCount else { return }
    let command = ProcessorSpec.commandQueues &+ channel &* 8
    let message = ProcessorSpec.messageQueues &+ channel &* 8
    let head = registers.value(at: command)
    let tail = registers.value(at: command &+ 4)
    let bit: UInt32 = 1 << (channel & 7)
    if head == tail { processor.sent &= ~bit }
    guard processor.sent & bit != 0, bootStatus == 0xff,
      registers.value(at: message) == registers.value(at: message &+ 4)
    else { return }

    // Equal again: the command was received.
    processor.sent &= ~bit
    registers.setValue(tail, at: command)
    let start = channel &* ProcessorSpec.channelSize
    var header: UInt32 = 0
    let answer: Answer?
    // The tail is that of the last dword, not what follows it.
    if head >= start, head < tail, tail < start &+ ProcessorSpec.channelSize, (head | tail) & 3 == 0 {
      header = processor.memory.word(Int(head >> 2))
      answer = receive(
        header, at: Int(head >> 2), wordCount: Int((tail &- head) >> 2) + 1, channel: Int(channel))
    } else {
      processor.unfinished[Int(channel)] = UnfinishedMessage()
      answer = Answer(type: 0, status: .invalidData)
    }
    guard let answer else { return }
    send(answer, to: header, at: Int(start >> 2))
    registers.setValue(start &+ 16, at: message &+ 4)
    registers.setValue(start, at: message)
  }

  /// Takes a packet of at least two dwords; nil if more are to come, for which software does not wait
  /// (kfspSendAndReadMessage in kern_fsp.c, open-gpu-kernel-modules).
  private mutating func receive(_ header: UInt32, at index: Int, wordCount: Int, channel: Int) -> Answer? {
    let isLast = header & ProcessorSpec.endOfMessage != 0
    let sequence = header >> 28 & 3
    let unfinished = processor.unfinished[channel]
    processor.unfinished[channel] = UnfinishedMessage()

    guard header & ProcessorSpec.startOfMessage != 0 else {
      guard let type = unfinished.type else { return Answer(type: 0, status: .invalidState) }
      guard sequence == unfinished.nextSequence else { return Answer(type: type, status: .invalidData) }
      // Nothing that is understood has several packets.
      if isLast { return Answer(type: type, status: status(ofLongMessage: type)) }
      processor.unfinished[channel] = UnfinishedMessage(type: type, sequence: sequence)
      return nil
    }

    // A first packet ends a message that was not complete, as in any use of MCTP (DMTF DSP0236, message assembly).
    let messageHeader = processor.memory.word(index + 1)
    let type = messageHeader >> 24
    guard messageHeader & 0x7f == ProcessorSpec.vendorDefined,
      messageHeader >> 8 & 0xffff == UInt32(Identity.vendor)
    else { return Answer(type: type, status: .invalidData) }
    guard isLast else {
      processor.unfinished[channel] = UnfinishedMessage(type: type, sequence: sequence)
      return nil
    }
    return Answer(type: type, status: run(type, at: index + 2, wordCount: wordCount - 2))
  }

  private func status(ofLongMessage type: UInt32) -> ProcessorStatus {
    type == ProcessorSpec.transfers ? .invalidData : .notSupported
  }

  /// Does what a command says, whose own dwords begin at `index`.
  private mutating func run(_ type: UInt32, at index: Int, wordCount: Int) -> ProcessorStatus {
    guard type == ProcessorSpec.transfers else { return .notSupported }
    guard wordCount == 1 else { return .invalidData }
    guard processor.memory.word(index) == ProcessorSpec.enableTransfers else { return .notSupported }
    transfers.isEnabled = true
    return .done
  }

  /// Writes an answer of one packet: MCTP and NVDM headers, task id, type of the command, status.
  private mutating func send(_ answer: Answer, to header: UInt32, at index: Int) {
    // Back to where the command came from, with its version and tag.
    let source = header >> 8 & 0xff
    let destination = header >> 16 & 0xff
    let route = header & 0x0700_000f | source << 16 | destination << 8
    processor.memory.setWord(
      ProcessorSpec.startOfMessage | ProcessorSpec.endOfMessage | route, at: index)
    processor.memory.setWord(
      ProcessorSpec.response << 24 | UInt32(Identity.vendor) << 8 | ProcessorSpec.vendorDefined, at: index + 1
    )
    processor.memory.setWord(0, at: index + 2)
    processor.memory.setWord(answer.type, at: index + 3)
    processor.memory.setWord(answer.status.rawValue, at: index + 4)
  }
}
