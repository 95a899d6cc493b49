// SPDX-License-Identifier: GPL-2.0-or-later

/// Reads KTAP from the lines of a console.
///
/// Lines of other programs may stand between those of the protocol; they are kept with the diagnostics, where
/// they explain a failure. Breaches do not stop the parser: a crash half-way still tells what had passed.
struct KTAPParser {
  /// A document whose end has not come.
  private struct Open {
    var document = KTAPDocument()
    /// Spaces before its lines.
    let indentation: Int
    /// Diagnostics and foreign lines that belong to the next result.
    var pending: [String] = []
    /// A nested document whose own result is due next.
    var nested: KTAPDocument?
  }

  /// The outermost document comes first; it stays open to the end.
  private var stack: [Open] = []

  /// The outermost document on the console. Lines before it are left out.
  static func parse(_ lines: some Sequence<String>) throws(KTAPError) -> KTAPDocument {
    var parser = KTAPParser()
    for line in lines {
      parser.take(line)
    }
    while parser.stack.count > 1 { parser.closeInnermost() }
    guard let outermost = parser.stack.popLast() else { throw .noDocument }
    return finished(outermost)
  }

  private mutating func take(_ line: String) {
    let text = line.drop { $0 == " " }
    let indentation = line.count - text.count
    let kind = KTAPLine(text)
    if stack.isEmpty {
      if kind == .version { stack.append(Open(indentation: indentation)) }
      return
    }

    switch kind {
    case .other: stack[stack.count - 1].pending.append(line)
    case .diagnostic(let text): stack[stack.count - 1].pending.append(text)
    case .version:
      // A document at the depth of an open one follows it; the outermost has no follower.
      closeDeeper(than: indentation - 1)
      if indentation > stack[stack.count - 1].indentation {
        stack.append(Open(indentation: indentation))
      } else {
        note(.malformedLine(line))
      }
    case .plan, .result, .bailOut, .malformed:
      closeDeeper(than: indentation)
      guard indentation == stack[stack.count - 1].indentation else { return note(.malformedLine(line)) }
      takeInnermost(kind, line)
    }
  }

  private mutating func takeInnermost(_ kind: KTAPLine, _ line: String) {
    var open = stack.removeLast()
    defer { stack.append(open) }
    switch kind {
    case .plan(let count) where open.document.plan == nil:
      open.document.plan = count
    case .bailOut(let reason):
      open.document.problems.append(.bailOut(reason: reason))
    case .result(var result):
      let due = open.document.cases.count + 1
      if result.number != due {
        open.document.problems.append(.wrongNumber(expected: due, found: result.number))
      }
      result.diagnostics = open.pending + result.diagnostics
      result.subtests = open.nested
      open.pending = []
      open.nested = nil
      open.document.cases.append(result)
    default:
      open.document.problems.append(.malformedLine(line))
    }
  }

  private mutating func note(_ problem: KTAPProblem) {
    stack[stack.count - 1].document.problems.append(problem)
  }

  /// A line further out ends what is nested deeper.
  private mutating func closeDeeper(than indentation: Int) {
    while stack.count > 1, stack[stack.count - 1].indentation > indentation { closeInnermost() }
  }

  private mutating func closeInnermost() {
    let inner = KTAPParser.finished(stack.removeLast())
    if let earlier = stack[stack.count - 1].nested {
      stack[stack.count - 1].document.unfinished.append(earlier)
      note(.noResult)
    }
    stack[stack.count - 1].nested = inner
  }

  private static func finished(_ open: Open) -> KTAPDocument {
    var document = open.document
    document.diagnostics = open.pending
    if let nested = open.nested {
      document.unfinished.append(nested)
      document.problems.append(.noResult)
    }
    switch document.plan {
    case nil: document.problems.append(.noPlan)
    case let plan? where plan != document.cases.count:
      document.problems.append(.planMismatch(planned: plan, found: document.cases.count))
    default: break
    }
    return document
  }
}
