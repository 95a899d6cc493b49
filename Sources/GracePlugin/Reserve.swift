// SPDX-License-Identifier: GPL-2.0-or-later

// Swift traps when libc has no memory, and QEMU would end with it. So a call that may allocate first sets aside the most that
// it can need, or is refused. From then on memory that libc does not have comes out of that reserve.

#if hasFeature(Embedded)

  import CQemuBridge
  import Synchronization

  /// Memory that was set aside for one call. It stands at the start of its own bytes.
  ///
  /// Nothing is used twice: a block that is freed is only counted. When the call is over and the last block is freed, all
  /// of it goes back to libc; what a device keeps until its end may lie in it.
  private struct Reserve {
    var next: UnsafeMutablePointer<Reserve>?
    /// The thread of the call; 0 when that is over.
    var thread: UInt
    var firstFree: UInt
    let end: UInt
    var blockCount = 0
  }

  /// All reserves. Devices share nothing but this, and two threads may call two devices at a time, so there is a lock. It is
  /// held for some dozens of instructions.
  nonisolated(unsafe) private var reserves: UnsafeMutablePointer<Reserve>?
  private let isLocked = Atomic<Bool>(false)
  /// How many there are: with none, which is nearly always, freeing needs no lock.
  private let reserveCount = Atomic<Int>(0)

  private func locked<Result>(_ body: () -> Result) -> Result {
    while isLocked.exchange(true, ordering: .acquiring) {}
    defer { isLocked.store(false, ordering: .releasing) }
    return body()
  }

  /// Runs `body` with `byteCount` bytes in reserve, or answers nil if they are not to be had.
  func withReserve<Result>(_ byteCount: UInt64, _ body: () -> Result) -> Result? {
    let header = UInt64(MemoryLayout<Reserve>.stride)
    guard let size = Int(exactly: byteCount), size <= Int.max - Int(header) else { return nil }
    var block: UnsafeMutableRawPointer?
    guard __real_posix_memalign(&block, 16, size + Int(header)) == 0, let block else { return nil }
    let reserve = block.assumingMemoryBound(to: Reserve.self)
    let start = UInt(bitPattern: block)
    let thread = grace_gpu_thread()
    locked {
      reserve.initialize(
        to: Reserve(
          next: reserves, thread: thread, firstFree: start + UInt(header),
          end: start + UInt(header) + UInt(size)))
      reserves = reserve
    }
    reserveCount.wrappingAdd(1, ordering: .relaxed)
    defer {
      locked {
        reserve.pointee.thread = 0
        giveBack(reserve)
      }
    }
    return body()
  }

  /// Gives a reserve back to libc if nobody needs it any more. Called with the lock held.
  private func giveBack(_ reserve: UnsafeMutablePointer<Reserve>) {
    guard reserve.pointee.thread == 0, reserve.pointee.blockCount == 0 else { return }
    if reserves == reserve {
      reserves = reserve.pointee.next
    } else {
      var other = reserves
      while let current = other, current.pointee.next != reserve { other = current.pointee.next }
      other?.pointee.next = reserve.pointee.next
    }
    reserveCount.wrappingSubtract(1, ordering: .relaxed)
    __real_free(reserve)
  }

  /// What all of the plug-in allocates with.
  @c(__wrap_posix_memalign)
  func allocate(
    _ result: UnsafeMutablePointer<UnsafeMutableRawPointer?>, _ alignment: Int, _ size: Int
  ) -> Int32 {
    let status = __real_posix_memalign(result, alignment, size)
    if status == 0 { return 0 }
    let thread = grace_gpu_thread()
    return locked {
      var next = reserves
      while let reserve = next {
        next = reserve.pointee.next
        guard reserve.pointee.thread == thread, size >= 0, alignment > 0 else { continue }
        let (start, isTooHigh) = reserve.pointee.firstFree.addingReportingOverflow(UInt(alignment) &- 1)
        let block = start & ~(UInt(alignment) &- 1)
        // A block without bytes has an address of its own too, by which it is freed.
        let length = UInt(max(size, 1))
        guard !isTooHigh, block <= reserve.pointee.end, length <= reserve.pointee.end - block else {
          continue
        }
        reserve.pointee.firstFree = block + length
        reserve.pointee.blockCount += 1
        result.pointee = UnsafeMutableRawPointer(bitPattern: block)
        return 0
      }
      return status
    }
  }

  /// What all of the plug-in frees with.
  @c(__wrap_free)
  func release(_ pointer: UnsafeMutableRawPointer?) {
    // A block of a reserve is freed by a thread that got it, by whatever way, after the reserve was counted.
    if reserveCount.load(ordering: .relaxed) == 0 { return __real_free(pointer) }
    let address = UInt(bitPattern: pointer)
    let isFromReserve = locked {
      var next = reserves
      while let reserve = next {
        next = reserve.pointee.next
        guard address >= UInt(bitPattern: reserve), address < reserve.pointee.end else { continue }
        reserve.pointee.blockCount -= 1
        giveBack(reserve)
        return true
      }
      return false
    }
    if !isFromReserve { __real_free(pointer) }
  }

#else

  /// Ordinary Swift, in the tests, has an allocator of its own.
  func withReserve<Result>(_ byteCount: UInt64, _ body: () -> Result) -> Result? { body() }

#endif
