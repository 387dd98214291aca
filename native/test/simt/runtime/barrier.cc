// __syncthreads() and its voting forms. Stricter than the hardware, which counts only threads that have not
// returned: here every thread of the block has to come, to the same line.
#include "block.h"
#include "fault.h"
#include "sanitizers.h"

namespace simt {

int Block::barrier(Vote vote, bool mine, Place at) {
  Thread& self = thread();
  if (waiting_ == 0) {
    vote_ = vote;
    barrier_place_ = at;
    votes_ = vote == Vote::all ? 1 : 0;
  } else if (!(barrier_place_ == at) || vote_ != vote) {
    fault("threads of one block meet at different barriers: " +
          place(barrier_place_.file, barrier_place_.line) + " and " + place(at.file, at.line));
  }
  if (vote == Vote::count) votes_ += mine ? 1 : 0;
  if (vote == Vote::all) votes_ &= mine ? 1 : 0;
  if (vote == Vote::any) votes_ |= mine ? 1 : 0;
  self.place = at;
  // Two tags by turns: a fast thread may be at the next barrier before a slow one has left this one.
  void* tag = &barrier_tags_[barriers_ & 1];
  happens_before(tag);
  if (++waiting_ == count_) {
    self.barrier_result = votes_;
    release_barrier();
    // The last to come does not go first every time.
    if (random_.coin(2)) suspend();
  } else {
    self.state = State::at_barrier;
    suspend();
  }
  happens_after(tag);
  return self.barrier_result;
}

void Block::release_barrier() {
  for (int i = 0; i < count_; ++i) {
    Thread& thread = *threads_[i];
    if (thread.state != State::at_barrier) continue;
    thread.state = State::ready;
    thread.barrier_result = votes_;
  }
  waiting_ = 0;
  yields_ = 0;
  ++barriers_;
}

int barrier(Vote vote, bool mine, const char* file, int line) {
  return current_block()->barrier(vote, mine, {file, line});
}

// Atomics here order nothing; what the fences on both sides order, TSan learns from one tag for all of them.
void fence() {
  static char tag;
  happens_before(&tag);
  happens_after(&tag);
  may_yield();
}

}  // namespace simt
