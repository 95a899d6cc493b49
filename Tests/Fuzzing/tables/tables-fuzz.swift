// SPDX-License-Identifier: GPL-2.0-or-later

import Foundation
import GraceConformance

/// All that gracectl reads of a machine, made up by a fuzzer. The format of the input stands in README.md.
@c
public func LLVMFuzzerTestOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  guard let data else { return 0 }
  let evidence = EvidenceInput(Input(data, size)).evidence
  let findings = evidence.findings()
  demandFindings(evidence, findings)
  demandWalks(evidence)
  demandEnds(evidence, findings)
  let topology = evidence.topology()
  demandMap(of: topology)
  // Writing takes ten times as long as finding, so one input in eight is written, twice; which ones is the bytes' choice.
  let sum = UnsafeBufferPointer(start: data, count: size).reduce(0, &+)
  guard sum & 7 == 0 || printsDigests else { return 0 }
  let output = Output(evidence, findings, topology)
  output.demandWhole()
  output.demandAgain(Output(evidence, evidence.findings(), evidence.topology()))
  if printsDigests { print(output.digest) }
  return 0
}

/// Sets of Swift have another order in every process. Two replays that print the same do not depend on it.
private let printsDigests = ProcessInfo.processInfo.environment["GRACE_FUZZ_DIGESTS"] != nil
