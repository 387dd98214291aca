#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include "random.h"

namespace simt {

/// One thread's cp.async: what it issued and what is not there yet.
class AsyncCopies {
 public:
  void issue(void* to, const void* from, std::size_t bytes, std::size_t zeros, Random& random);
  void commit();
  /// Lands all groups but the newest `left_open`.
  void wait(std::size_t left_open);
  void clear();
  /// Whether there are copies that no wait has covered.
  bool pending() const;

 private:
  struct Copy {
    void* to;
    const void* from;
    std::size_t bytes, zeros;
    void land() const;
  };
  std::vector<Copy> open_;
  std::deque<std::vector<Copy>> groups_;
};

}  // namespace simt
