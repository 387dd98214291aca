#include "cpu/parallel.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

namespace ad {
namespace {

/// One parallel_for in flight. Helpers that come after it closed find nothing to do and leave.
class Job {
 public:
  Job(const Run& run, std::size_t count, const std::function<void(std::size_t, int)>& body)
      : run_(run), count_(count), body_(body) {}

  void work_as_caller() {
    drain(0, true);
    std::unique_lock<std::mutex> lock(mutex_);
    closed_ = true;
    left_.wait(lock, [&] { return inside_ == 0; });
  }

  void work_as_helper() {
    int worker;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (closed_) return;
      worker = ++joined_;
      ++inside_;
    }
    drain(worker, false);
    std::lock_guard<std::mutex> lock(mutex_);
    if (--inside_ == 0) left_.notify_all();
  }

  Status status() const {
    if (error_) return guarded([&]() -> Status { std::rethrow_exception(error_); });
    return run_.cancelled() ? Status::cancelled() : Status{};
  }

 private:
  void drain(int worker, bool report) {
    try {
      while (!stop_.load(std::memory_order_relaxed) && !run_.cancelled()) {
        const std::size_t index = next_.fetch_add(1, std::memory_order_relaxed);
        if (index >= count_) return;
        body_(index, worker);
        const std::size_t done = done_.fetch_add(1, std::memory_order_relaxed) + 1;
        if (report) run_.report(static_cast<double>(done) / static_cast<double>(count_));
      }
    } catch (...) {
      std::lock_guard<std::mutex> lock(mutex_);
      if (!error_) error_ = std::current_exception();
      stop_ = true;
    }
  }

  const Run& run_;
  const std::size_t count_;
  const std::function<void(std::size_t, int)>& body_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::size_t> done_{0};
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::condition_variable left_;
  std::exception_ptr error_;
  bool closed_ = false;
  int inside_ = 0;
  int joined_ = 0;
};

class ThreadPool {
 public:
  // Never destroyed: at process exit a helper may still be inside a job, and there is nothing it could be
  // told.
  static ThreadPool& instance() {
    static ThreadPool* pool = new ThreadPool;
    return *pool;
  }

  void invite(const std::shared_ptr<Job>& job, int helpers) {
    std::lock_guard<std::mutex> lock(mutex_);
    for (int i = 0; i < helpers; ++i) invitations_.push_back(job);
    try {
      while (static_cast<int>(invitations_.size()) > idle_ + starting_ && threads_ < kMaxThreads - 1) {
        std::thread([this] { serve(); }).detach();
        ++threads_;
        ++starting_;
      }
    } catch (const std::system_error&) {
      // No more threads to be had: those that exist, the caller at least, do the work.
    }
    wake_.notify_all();
  }

 private:
  void serve() {
    std::unique_lock<std::mutex> lock(mutex_);
    --starting_;
    for (;;) {
      ++idle_;
      wake_.wait(lock, [&] { return !invitations_.empty(); });
      --idle_;
      std::shared_ptr<Job> job = std::move(invitations_.front());
      invitations_.pop_front();
      lock.unlock();
      job->work_as_helper();
      job.reset();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<Job>> invitations_;
  int threads_ = 0;
  int idle_ = 0;
  int starting_ = 0;
};

}  // namespace

int worker_count(const Run& run, std::size_t count) {
  const std::size_t asked = static_cast<std::size_t>(std::clamp(run.threads, 1, kMaxThreads));
  return static_cast<int>(std::max<std::size_t>(1, std::min(asked, count)));
}

Status parallel_for(const Run& run, std::size_t count, const std::function<void(std::size_t, int)>& body) {
  return guarded([&]() -> Status {
    if (count == 0) return run.cancelled() ? Status::cancelled() : Status{};
    auto job = std::make_shared<Job>(run, count, body);
    const int workers = worker_count(run, count);
    if (workers > 1) ThreadPool::instance().invite(job, workers - 1);
    job->work_as_caller();
    return job->status();
  });
}

Status guarded(const std::function<Status()>& body) {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return {Code::out_of_memory, "not enough memory"};
  } catch (const std::exception& error) {
    return {Code::internal, error.what()};
  } catch (...) {
    return {Code::internal, "unknown failure"};
  }
}

}  // namespace ad
