#include "workers.h"

#include <condition_variable>
#include <mutex>
#include <numeric>
#include <thread>

#include "fault.h"
#include "settings.h"

namespace simt {
namespace {

/// A grid with the order in which its blocks are dealt out, one after the other to the workers in turn.
struct Grid {
  const Launch* launch;
  std::vector<unsigned> order;
  Settings settings;
  unsigned number;

  uint3 index(unsigned block) const {
    const dim3 size = launch->grid;
    return {block % size.x, block / size.x % size.y, block / size.x / size.y};
  }

  void run(Block& block, unsigned worker) const {
    for (std::size_t i = worker; i < order.size(); i += settings.workers) {
      const Random random(settings.seed, (std::uint64_t{number} << 32) + order[i]);
      block.run(*launch, index(order[i]), random, settings.poison);
    }
  }
};

/// A thread that runs its share of a grid whenever there is one, and keeps its fibres in between.
class Worker {
 public:
  explicit Worker(unsigned number) : thread_([this, number] { serve(number); }) {}

  void give(const Grid* grid) {
    const std::lock_guard<std::mutex> lock(mutex_);
    grid_ = grid;
    busy_ = true;
    changed_.notify_all();
  }

  void wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return !busy_; });
  }

 private:
  void serve(unsigned number) {
    give_signal_stack();
    Block block;
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return busy_; });
      lock.unlock();
      grid_->run(block, number);
      lock.lock();
      busy_ = false;
      changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  const Grid* grid_ = nullptr;
  bool busy_ = false;
  std::thread thread_;
};

}  // namespace

void run_grid(const Launch& launch) {
  // They end with the process: its last words may still be a launch.
  static auto& workers = *new std::vector<Worker*>;
  static unsigned launches = 0;
  Grid grid{&launch, {}, settings(), launches++};
  grid.order.resize(std::size_t{launch.grid.x} * launch.grid.y * launch.grid.z);
  std::iota(grid.order.begin(), grid.order.end(), 0u);
  Random(grid.settings.seed, grid.number).shuffle(grid.order);
  while (workers.size() < grid.settings.workers) workers.push_back(new Worker(workers.size()));
  for (unsigned i = 0; i < grid.settings.workers; ++i) workers[i]->give(&grid);
  for (unsigned i = 0; i < grid.settings.workers; ++i) workers[i]->wait();
}

}  // namespace simt
