#pragma once

#include <cuda_runtime.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "async_copies.h"
#include "fibre.h"
#include "random.h"

namespace simt {

/// What a launch runs, for every block the same.
struct Launch {
  const void* kernel;
  std::function<void()> body;
  dim3 grid, block;
  std::size_t dynamic_shared;
};

/// Where a thread waits: at which call, and in which line of the source.
struct Place {
  const char* file = "";
  int line = 0;
  bool operator==(const Place& other) const { return line == other.line && file == other.file; }
};

enum class State { ready, at_barrier, at_collective, exited };

struct Thread {
  Fibre fibre;
  State state = State::exited;
  uint3 index{};
  Place place;
  AsyncCopies copies;
  int barrier_result = 0;

  // The warp collective that it waits in, and what it got out of the last one.
  Collective kind = Collective::sync;
  unsigned mask = 0;
  int source = 0;
  std::uint64_t mine = 0, result = 0;
};

/// The lanes of a warp that wait in collectives, those that are no more, and what TSan is told of each
/// meeting: two tags by turns for each first lane of a mask, because a fast lane may be at its next meeting
/// already.
struct Warp {
  int waiting = 0, gone = 0;
  char tags[32][2] = {};
  unsigned turns[32] = {};
};

/// One block: its threads as fibres of one worker thread, resumed in turn until all have returned.
class Block {
 public:
  Block();
  void run(const Launch& launch, uint3 index, Random random, unsigned char poison);

  // From device code.
  int barrier(Vote vote, bool mine, Place place);
  std::uint64_t collective(Collective kind, unsigned mask, std::uint64_t mine, int source, Place place);
  void yield();
  void* dynamic_shared() const { return dynamic_shared_; }
  Thread& thread() { return *threads_[current_]; }
  Random& random() { return random_; }
  int lane() const { return current_ & 31; }
  unsigned active_mask() const;

  /// "kernel k, block (x, y, z), thread (x, y, z)" of what runs now.
  std::string where() const;

 private:
  static void enter_thread();
  void suspend() { thread().fibre.leave(home_); }
  void start_threads();
  void resume(int i);
  bool pass();
  void release_barrier();
  bool try_collective(int i);
  void finish_collective(int first, unsigned lanes);
  void combine(int first, unsigned lanes);
  std::string describe(const Thread& thread) const;
  [[noreturn]] void report_deadlock() const;

  const Launch* launch_ = nullptr;
  uint3 index_{};
  Random random_;
  Home home_;
  std::vector<std::unique_ptr<Thread>> threads_;
  std::vector<Warp> warps_;
  std::vector<int> ready_;
  void* dynamic_shared_ = nullptr;
  int count_ = 0, alive_ = 0, current_ = -1;
  std::size_t yields_ = 0;

  // The barrier that some wait at.
  int waiting_ = 0, votes_ = 0;
  Vote vote_ = Vote::none;
  Place barrier_place_;
  unsigned barriers_ = 0;

  // For TSan.
  char started_ = 0, finished_ = 0, barrier_tags_[2] = {};
};

/// The block that this OS thread runs, null in host code.
Block* current_block();

}  // namespace simt
