#include "block.h"

#include "fault.h"
#include "sanitizers.h"
#include "shared_memory.h"

__thread uint3 threadIdx, blockIdx;
__thread dim3 blockDim, gridDim;

namespace simt {
namespace {

__thread Block* running = nullptr;

// A thread that gives way this often while none comes to an end or a barrier waits for what never happens.
constexpr std::size_t kSpins = 20'000'000;

}  // namespace

Block* current_block() {
  return running;
}

Block::Block() {
  home_.tsan = tsan_current();
}

void Block::run(const Launch& launch, uint3 index, Random random, unsigned char poison) {
  launch_ = &launch;
  index_ = index;
  random_ = random;
  const SharedMemory shared(launch.dynamic_shared, poison);
  dynamic_shared_ = shared.data();
  poison_static_shared(launch.kernel, poison);
  blockIdx = index;
  blockDim = launch.block;
  gridDim = launch.grid;
  running = this;
  start_threads();
  happens_before(&started_);
  while (alive_ > 0) {
    if (!pass()) report_deadlock();
  }
  happens_after(&finished_);
  shared.check();
  running = nullptr;
}

void Block::start_threads() {
  const dim3 size = launch_->block;
  count_ = alive_ = static_cast<int>(size.x * size.y * size.z);
  waiting_ = 0;
  yields_ = 0;
  while (threads_.size() < static_cast<std::size_t>(count_)) threads_.push_back(std::make_unique<Thread>());
  warps_.resize((count_ + 31) / 32);
  for (Warp& warp : warps_) warp.waiting = warp.gone = 0;
  // Lanes that the block's size leaves out.
  warps_.back().gone = static_cast<int>(warps_.size()) * 32 - count_;
  for (int i = 0; i < count_; ++i) {
    const unsigned n = static_cast<unsigned>(i);
    Thread& thread = *threads_[i];
    thread.state = State::ready;
    thread.index = {n % size.x, n / size.x % size.y, n / size.x / size.y};
    thread.copies.clear();
    thread.fibre.prepare(enter_thread);
  }
}

void Block::enter_thread() {
  Block& block = *running;
  Thread& thread = block.thread();
  thread.fibre.arrived(block.home_);
  happens_after(&block.started_);
  block.launch_->body();
  if (thread.copies.pending()) fault("the thread ends with a cp.async that it never waited for");
  happens_before(&block.finished_);
  thread.state = State::exited;
  ++block.warps_[block.current_ / 32].gone;
  --block.alive_;
  block.yields_ = 0;
  thread.fibre.left(block.home_);
}

void Block::resume(int i) {
  current_ = i;
  threadIdx = threads_[i]->index;
  threads_[i]->fibre.enter(home_);
  current_ = -1;
}

// One turn for every thread that can go on. False where none can.
bool Block::pass() {
  ready_.clear();
  for (int i = 0; i < count_; ++i) {
    if (threads_[i]->state == State::ready) ready_.push_back(i);
  }
  random_.shuffle(ready_);
  for (int i : ready_) resume(i);
  if (!ready_.empty()) return true;
  // A lane that others waited for may have returned instead, which completes their meeting.
  for (int i = 0; i < count_; ++i) {
    if (threads_[i]->state == State::at_collective && try_collective(i)) return true;
  }
  return false;
}

void Block::yield() {
  if (!random_.coin(4) && ++yields_ % 1024 != 0) return;
  if (yields_ > kSpins) fault("the block spins: it waits for something that no running thread will do");
  suspend();
}

unsigned Block::active_mask() const {
  unsigned mask = 0;
  const int first = current_ & ~31;
  for (int lane = 0; lane < 32 && first + lane < count_; ++lane) {
    if (threads_[first + lane]->state != State::exited) mask |= 1u << lane;
  }
  return mask;
}

void* dynamic_shared() {
  return running->dynamic_shared();
}

void may_yield() {
  if (running != nullptr) running->yield();
}

void trap(const char* file, int line) {
  fault("__trap() at " + place(file, line));
}

int lane() {
  return running->lane();
}

unsigned active_mask() {
  return running->active_mask();
}

}  // namespace simt
