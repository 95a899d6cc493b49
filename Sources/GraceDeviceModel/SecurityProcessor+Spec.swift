// SPDX-License-Identifier: GPL-2.0-or-later

// GH100's foundation security processor (FSP), as software talks to it. Registers: gh100/dev_fsp_pri.h in NVIDIA's
// open-gpu-kernel-modules. Messages: fsp_mctp_format.h, fsp_nvdm_format.h, nvdm_payload_cmd_response.h and kern_fsp_retval.h
// there. Who writes what when: kern_fsp_gh100.c there, and nv_falcon.c in Linux 7.3.

/// Offsets of its registers, and the form of its messages.
enum ProcessorSpec {
  /// NV_PFSP_QUEUE_HEAD(i) and NV_PFSP_QUEUE_TAIL(i) behind it: commands.
  static var commandQueues: UInt32 { 0x8f_2c00 }
  /// NV_PFSP_MSGQ_HEAD(i) and NV_PFSP_MSGQ_TAIL(i) behind it: answers.
  static var messageQueues: UInt32 { 0x8f_2c80 }
  /// Channels: each has a queue in both directions, a port and a part of the memory.
  static var channelCount: Int { 8 }
  /// Bytes of each channel. Published for channels 0 and 4, at 0 and 4096 (fsp_emem_channels.h), and for channel 2, at 2048
  /// (nv_falcon/hw.h).
  static var channelSize: UInt32 { 1024 }

  /// MCTP: first packet of a message.
  static var startOfMessage: UInt32 { 1 << 31 }
  /// MCTP: last packet of a message.
  static var endOfMessage: UInt32 { 1 << 30 }
  /// MCTP message type (bits 6:0): defined by a PCI vendor.
  static var vendorDefined: UInt32 { 0x7e }
  /// NVDM type: an answer.
  static var response: UInt32 { 0x15 }
  /// NVDM type: transfers of falcons.
  static var transfers: UInt32 { 0x22 }
  /// The command of that type that enables them.
  static var enableTransfers: UInt32 { 1 }
}

/// What an answer says of the command: FSP_OK and FSP_ERR_IFS_ERR_... in kern_fsp_retval.h (open-gpu-kernel-modules).
enum ProcessorStatus: UInt32 {
  case done = 0
  case invalidState = 0x9e
  case notSupported = 0xa0
  case invalidData = 0xa1
}

/// The registers of the security processor.
func securityProcessorRegisters() -> [RegisterSpec] {
  [
    RegisterSpec(
      "NV_PFSP_EMEMC(i), NV_PFSP_EMEMD(i), i < 8", at: 0x8f_2ac0, count: 16, writable: .max,
      behaviour: .messagePort,
      meaning: "Address (15:2; 24, 25: it goes on after writes, reads) and dword of the messages' memory.",
      source: "open-gpu-kernel-modules, gh100/dev_fsp_pri.h, NV_PFSP_EMEMC, NV_PFSP_EMEMD"),
    RegisterSpec(
      "NV_PFSP_QUEUE_HEAD(i), NV_PFSP_QUEUE_TAIL(i), i < 8", at: ProcessorSpec.commandQueues, count: 16,
      writable: .max, behaviour: .queue,
      meaning: "First and last dword of a command; a write of the head sends it; equal: it was received.",
      source: "open-gpu-kernel-modules, gh100/dev_fsp_pri.h, NV_PFSP_QUEUE_HEAD, NV_PFSP_QUEUE_TAIL"),
    RegisterSpec(
      "NV_PFSP_MSGQ_HEAD(i), NV_PFSP_MSGQ_TAIL(i), i < 8", at: ProcessorSpec.messageQueues, count: 16,
      writable: .max, behaviour: .queue,
      meaning: "First and last dword of an answer; software makes them equal when it has read it.",
      source: "open-gpu-kernel-modules, gh100/dev_fsp_pri.h, NV_PFSP_MSGQ_HEAD, NV_PFSP_MSGQ_TAIL"),
  ]
}
