#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <mutex>
#include <tuple>
#include <utility>
#include <vector>

#include "cuda/call.h"
#include "cuda/stream.h"

namespace ad::cuda {

/// Page-locked host memory, without which a copy cannot overlap with work. Locking pages costs more than most
/// copies, so buffers go back to a pool that the process keeps.
class Pinned {
 public:
  explicit Pinned(std::size_t bytes) : bytes_(std::max<std::size_t>(bytes, 1)) {
    const std::lock_guard<std::mutex> lock(pool().mutex);
    auto& idle = pool().idle;
    for (auto it = idle.begin(); it != idle.end(); ++it) {
      if (it->second < bytes_) continue;
      std::tie(data_, bytes_) = *it;
      idle.erase(it);
      return;
    }
    check(cudaMallocHost(&data_, bytes_), "page-locking host memory");
  }
  ~Pinned() {
    const std::lock_guard<std::mutex> lock(pool().mutex);
    auto& idle = pool().idle;
    idle.emplace_back(data_, bytes_);
    if (idle.size() <= kKept) return;
    const auto smallest = std::min_element(idle.begin(), idle.end(),
                                           [](const auto& a, const auto& b) { return a.second < b.second; });
    static_cast<void>(cudaFreeHost(smallest->first));
    idle.erase(smallest);
  }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;

  unsigned char* data() const { return static_cast<unsigned char*>(data_); }

 private:
  static constexpr std::size_t kKept = 8;
  struct Pool {
    std::mutex mutex;
    std::vector<std::pair<void*, std::size_t>> idle;
  };
  // Never destroyed: at exit the driver may be gone before it.
  static Pool& pool() {
    static Pool* const pool = new Pool;
    return *pool;
  }

  void* data_ = nullptr;
  std::size_t bytes_;
};

/// About what one stage of a pipeline holds: enough for the bus to reach its speed.
constexpr std::size_t kStageBytes = std::size_t{8} << 20;

/// Host memory to the device, one stage being filled while the other is on its way. Returns once all is
/// there.
inline void upload(void* device, const void* host, std::size_t bytes, const Call& call) {
  const std::size_t stage = std::min(bytes, kStageBytes);
  const Pinned first(stage), second(stage);
  const Pinned* const stages[2] = {&first, &second};
  Event free[2];
  const Stream stream;
  std::size_t done = 0;
  for (std::size_t i = 0; done < bytes; ++i) {
    call.throw_if_cancelled();
    const std::size_t count = std::min(stage, bytes - done);
    free[i % 2].wait();
    std::memcpy(stages[i % 2]->data(), static_cast<const unsigned char*>(host) + done, count);
    check(cudaMemcpyAsync(static_cast<unsigned char*>(device) + done, stages[i % 2]->data(), count,
                          cudaMemcpyHostToDevice, stream),
          "copying to the device");
    free[i % 2].record(stream);
    done += count;
  }
  stream.wait();
}

/// A small array to the device, in stream order, where page-locking would not pay.
template <class T>
void upload_small(T* device, const T* host, std::size_t count, cudaStream_t stream) {
  check(cudaMemcpyAsync(device, host, count * sizeof(T), cudaMemcpyHostToDevice, stream),
        "copying to the device");
}

}  // namespace ad::cuda
