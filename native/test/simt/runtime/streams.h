#pragma once

#include <cuda_runtime.h>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "random.h"

struct CUstream_st {
  struct Operation {
    unsigned long long number;  ///< in the order in which the host gave all of them
    std::function<void()> work;
    CUstream_st* after_stream = nullptr;  ///< waits until this stream ...
    unsigned long long after = 0;         ///< ... has done this operation
  };
  std::deque<Operation> queue;
  bool follows_default = true;  ///< false for cudaStreamNonBlocking
  bool destroyed = false;

  bool has_done(unsigned long long number) const { return queue.empty() || queue.front().number > number; }
};

struct CUevent_st {
  CUstream_st* stream = nullptr;  ///< null: never recorded
  unsigned long long number = 0;
  std::chrono::steady_clock::time_point reached;

  bool done() const { return stream == nullptr || stream->has_done(number); }
};

namespace simt {

/// All streams of the device. Nothing runs when it is given; it runs when the host waits for it, together
/// with what has to come before it and, by the seed, with what may.
class Streams {
 public:
  static Streams& get();

  cudaStream_t create(bool follows_default);
  /// Null as a stream is the default one.
  bool known(cudaStream_t stream) const;
  bool known_event(cudaEvent_t event) const;
  void destroy(cudaStream_t stream);
  cudaEvent_t create_event();
  void destroy_event(cudaEvent_t event);

  unsigned long long enqueue(cudaStream_t stream, std::function<void()> work);
  void wait_event(cudaStream_t stream, cudaEvent_t event);
  void record(cudaEvent_t event, cudaStream_t stream);

  bool idle(cudaStream_t stream) const;
  void complete(cudaStream_t stream);
  void complete_to(CUstream_st* stream, unsigned long long number);
  void complete_all();

  /// "1 streams, 2 events" that nobody destroyed, or empty.
  std::string leaks() const;

 private:
  Streams();
  CUstream_st* real(cudaStream_t stream) const { return stream != nullptr ? stream : streams_.front().get(); }
  CUstream_st* blocker(const CUstream_st* stream, unsigned long long& number) const;
  void run_head(CUstream_st* stream);
  void run_others();

  std::vector<std::unique_ptr<CUstream_st>> streams_;
  std::vector<std::unique_ptr<CUevent_st>> events_;
  unsigned long long next_ = 1;
  Random random_;
};

/// One host thread at a time talks to the device. Recursive: a host function in a stream may ask for the
/// device's state.
std::recursive_mutex& device_lock();

}  // namespace simt
