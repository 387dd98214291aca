#pragma once

#include <cstddef>

#include "switch.h"

namespace simt {

/// The scheduler's side of a switch: the worker thread's own stack.
struct Home {
  Context context = nullptr;
  void* tsan = nullptr;
  void* fake_stack = nullptr;
  const void* bottom = nullptr;
  std::size_t bytes = 0;
};

/// A stack that runs device code, one thread of a block. Kept and used again by later blocks of the same
/// worker.
class Fibre {
 public:
  Fibre();
  ~Fibre();
  Fibre(const Fibre&) = delete;
  Fibre& operator=(const Fibre&) = delete;

  /// The next enter() begins at `entry`, which has to call arrived() first and left() last.
  void prepare(void (*entry)());

  /// From the worker's stack: runs the fibre until it leaves.
  void enter(Home& home);

  /// From the fibre's stack: back to the worker.
  void leave(Home& home);

  void arrived(Home& home);
  [[noreturn]] void left(Home& home);

 private:
  char* stack_;
  Context context_ = nullptr;
  void* tsan_;
  void* fake_stack_ = nullptr;
};

}  // namespace simt
