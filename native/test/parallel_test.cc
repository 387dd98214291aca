#include "cpu/parallel.h"

#include <doctest/doctest.h>

#include <new>
#include <stdexcept>
#include <thread>

#include "support.h"

using namespace ad;

TEST_CASE("every index is visited once, by workers within the announced number") {
  for (int threads : {1, 2, 3, 8, 1000}) {
    for (std::size_t count : {0u, 1u, 2u, 7u, 1000u}) {
      const Run run = test::with_threads(threads);
      std::vector<std::atomic<int>> visits(count);
      std::atomic<int> highest{0};
      const Status status = parallel_for(run, count, [&](std::size_t i, int worker) {
        ++visits[i];
        int seen = highest.load();
        while (worker > seen && !highest.compare_exchange_weak(seen, worker)) {
        }
      });
      CHECK(status.ok());
      for (const auto& v : visits) CHECK(v.load() == 1);
      CHECK(highest.load() < worker_count(run, count));
    }
  }
}

TEST_CASE("what a body throws comes back as a status and stops the rest") {
  for (int threads : {1, 4}) {
    const Status failed = parallel_for(test::with_threads(threads), 100, [](std::size_t i, int) {
      if (i == 3) throw std::runtime_error("row 3");
    });
    CHECK(failed.code == Code::internal);
    CHECK(failed.message == "row 3");
    const Status memory =
        parallel_for(test::with_threads(threads), 100, [](std::size_t, int) { throw std::bad_alloc(); });
    CHECK(memory.code == Code::out_of_memory);
  }
}

TEST_CASE("cancelling stops the work early") {
  std::atomic<bool> cancel{false};
  std::atomic<std::size_t> done{0};
  const Status status = parallel_for(Run{2, &cancel, {}}, 1u << 20, [&](std::size_t i, int) {
    ++done;
    if (i == 10) cancel = true;
  });
  CHECK(status.code == Code::cancelled);
  CHECK(done.load() < 1u << 20);
}

TEST_CASE("progress rises from above zero to one on the calling thread, stages map into their part") {
  std::vector<double> shares;
  const auto caller = std::this_thread::get_id();
  Run run{1, nullptr, [&](double share) {
            CHECK((std::this_thread::get_id() == caller));
            shares.push_back(share);
          }};
  CHECK(parallel_for(run.stage(0.5, 1.0), 4, [](std::size_t, int) {}).ok());
  CHECK(shares == std::vector<double>{0.625, 0.75, 0.875, 1.0});
}

TEST_CASE("calls from several threads at once, and calls inside calls, all finish") {
  std::atomic<int> total{0};
  std::vector<std::thread> callers;
  for (int c = 0; c < 4; ++c) {
    callers.emplace_back([&] {
      for (int repeat = 0; repeat < 20; ++repeat) {
        parallel_for(test::with_threads(3), 8, [&](std::size_t, int) {
          parallel_for(test::with_threads(2), 4, [&](std::size_t, int) { ++total; });
        });
      }
    });
  }
  for (auto& caller : callers) caller.join();
  CHECK(total.load() == 4 * 20 * 8 * 4);
}
