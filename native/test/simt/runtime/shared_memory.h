#pragma once

#include <cstddef>

namespace simt {

/// Dynamic shared memory of one block: filled with the poison byte, with guards on both sides.
class SharedMemory {
 public:
  SharedMemory(std::size_t bytes, unsigned char poison);
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  /// Between the guards, also where the launch asked for none.
  void* data() const { return data_; }

  /// Faults where a guard was written to.
  void check() const;

 private:
  std::size_t bytes_;
  std::size_t whole_;
  unsigned char* memory_ = nullptr;
  unsigned char* data_ = nullptr;
};

/// Fills the static __shared__ memory (thread-local here) of the module that holds `kernel` with the poison
/// byte.
void poison_static_shared(const void* kernel, unsigned char poison);

}  // namespace simt
