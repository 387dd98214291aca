#include "async_copies.h"

#include <cuda_pipeline.h>

#include <algorithm>
#include <cstring>

#include "block.h"
#include "fault.h"

namespace simt {

void AsyncCopies::Copy::land() const {
  std::memcpy(to, from, bytes - zeros);
  std::memset(static_cast<char*>(to) + bytes - zeros, 0, zeros);
}

void AsyncCopies::issue(void* to, const void* from, std::size_t bytes, std::size_t zeros, Random& random) {
  const Copy copy{to, from, bytes, zeros};
  if (random.coin(2)) {
    copy.land();
  } else {
    open_.push_back(copy);
  }
}

void AsyncCopies::commit() {
  groups_.push_back(std::move(open_));
  open_.clear();
}

void AsyncCopies::wait(std::size_t left_open) {
  while (groups_.size() > left_open) {
    for (const Copy& copy : groups_.front()) copy.land();
    groups_.pop_front();
  }
}

bool AsyncCopies::pending() const {
  return !open_.empty() ||
         std::any_of(groups_.begin(), groups_.end(), [](const auto& group) { return !group.empty(); });
}

void AsyncCopies::clear() {
  open_.clear();
  groups_.clear();
}

void async_copy(void* to, const void* from, std::size_t bytes, std::size_t zeros, const char* file,
                int line) {
  if (bytes != 4 && bytes != 8 && bytes != 16) {
    fault("cp.async copies 4, 8 or 16 bytes, not " + std::to_string(bytes) + ", " + place(file, line));
  }
  if (zeros > bytes) fault("cp.async fills more zeros than it copies bytes, " + place(file, line));
  if ((reinterpret_cast<std::uintptr_t>(to) | reinterpret_cast<std::uintptr_t>(from)) % bytes != 0) {
    fault("cp.async of " + std::to_string(bytes) +
          " bytes from or to an address that is not aligned to it, " + place(file, line));
  }
  Block& block = *current_block();
  block.thread().copies.issue(to, from, bytes, zeros, block.random());
}

void async_commit() {
  current_block()->thread().copies.commit();
}

void async_wait(std::size_t groups_left_open) {
  current_block()->thread().copies.wait(groups_left_open);
}

}  // namespace simt
