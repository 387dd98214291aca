#pragma once

#include <cstddef>
#include <map>

namespace simt {

/// Host memory that the device may copy from at any later time: allocated or registered as pinned.
class PinnedMemory {
 public:
  static PinnedMemory& get();
  void add(const void* memory, std::size_t bytes, bool registered);
  /// False where it was not added, or not in this way.
  bool remove(const void* memory, bool registered);
  bool contains(const void* address) const;

 private:
  struct Range {
    std::size_t bytes;
    bool registered;
  };
  std::map<const char*, Range> ranges_;
};

}  // namespace simt
