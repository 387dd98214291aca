#include "dispatch/nearest.h"

#include <mutex>
#include <string>

#include "cpu/parallel.h"
#include "kernels/linear/columns.h"
#include "kernels/nearest/centred_bank.h"
#include "kernels/nearest/device_head.h"
#include "kernels/nearest/nearest.h"

namespace ad::dispatch {
namespace {

class CpuBank final : public NearestBank {
 public:
  explicit CpuBank(std::unique_ptr<NearestIndex> index) : index_(std::move(index)) {}

  std::size_t rows() const override { return index_->rows(); }
  std::size_t cols() const override { return index_->cols(); }
  const char* device() const override { return "cpu"; }
  Status search(MatrixView<const float> queries, std::size_t k, std::uint32_t* indices, float* distances,
                const Run& run) const override {
    return index_->search(queries, k, indices, distances, run);
  }

 private:
  const std::unique_ptr<NearestIndex> index_;
};

/// The bank on a device. A search that the device cannot do, for want of memory or because it lists fewer
/// neighbours, is done on the CPU where the choice was left to us: the bank's rows are still in place.
class DeviceBank final : public NearestBank {
 public:
  DeviceBank(const ad_backend& backend, ad_nearest* index, MatrixView<const float> bank, const Target& target)
      : backend_(backend), index_(index), bank_(bank), target_(target) {}
  ~DeviceBank() override { backend_.nearest_destroy(index_); }

  std::size_t rows() const override { return bank_.rows; }
  std::size_t cols() const override { return bank_.cols; }
  const char* device() const override { return backend_.name; }
  Status search(MatrixView<const float> queries, std::size_t k, std::uint32_t* indices, float* distances,
                const Run& run) const override {
    return guarded([&]() -> Status {
      if (target_.device == Device::automatic && k > AD_NEAREST_MAX_K) {
        return search_on_cpu(queries, k, indices, distances, run);
      }
      Status status = check_finite("queries", queries, run.stage(0, 0));
      if (!status.ok()) return status;
      const ad_nearest_query query{queries.data, queries.rows, static_cast<std::uint32_t>(k),
                                   indices,      distances,    nullptr};
      const BackendCall call(run, target_);
      status = status_of(backend_, backend_.nearest_search(index_, &query, call.get()));
      return falls_back(target_, status) ? search_on_cpu(queries, k, indices, distances, run) : status;
    });
  }

 private:
  Status search_on_cpu(MatrixView<const float> queries, std::size_t k, std::uint32_t* indices,
                       float* distances, const Run& run) const {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      const Status built = on_cpu_ ? Status{} : NearestIndex::build(bank_, on_cpu_, run.stage(0, 0));
      if (!built.ok()) return built;
    }
    return on_cpu_->search(queries, k, indices, distances, run);
  }

  const ad_backend& backend_;
  ad_nearest* const index_;
  const MatrixView<const float> bank_;
  const Target target_;
  mutable std::mutex mutex_;
  mutable std::unique_ptr<NearestIndex> on_cpu_;
};

Status build_on_device(const ad_backend& backend, const Target& target, MatrixView<const float> bank,
                       std::unique_ptr<const NearestBank>& out, const Run& run) {
  nearest::CentredBank centred;
  Status status = nearest::centre(bank, centred, run.stage(0, 0.1));
  if (!status.ok()) return status;
  nearest::DeviceHead head;
  status = nearest::DeviceHead::build(centred, head, run.stage(0.1, 0.8));
  if (!status.ok()) return status;
  ad_nearest_bank described{bank.data, bank.rows, bank.cols, {}};
  if (head.exists()) {
    described.head = {head.cells.data(),
                      head.half_norms.data(),
                      head.axes.data(),
                      centred.mean.data(),
                      static_cast<std::uint32_t>(head.words),
                      static_cast<std::uint32_t>(head.axis_count),
                      head.axes_defect,
                      head.shortest_tail,
                      centred.max_norm,
                      head.max_error,
                      head.scale.tail_centre,
                      head.scale.cells_per_unit};
  }
  const Run copying = run.stage(0.8, 1);
  const BackendCall call(copying, target);
  ad_nearest* index = nullptr;
  status = status_of(backend, backend.nearest_create(&described, call.get(), &index));
  if (status.ok()) out = std::make_unique<DeviceBank>(backend, index, bank, target);
  return status;
}

}  // namespace

Status build_nearest(const Target& target, MatrixView<const float> bank,
                     std::unique_ptr<const NearestBank>& out, const Run& run) {
  return guarded([&]() -> Status {
    if (bank.rows > UINT32_MAX)
      return Status::invalid("the bank has more rows than a 32-bit index can name.");
    return run_on(
        target,
        [&]() -> Status {
          std::unique_ptr<NearestIndex> index;
          Status status = NearestIndex::build(bank, index, run);
          if (status.ok()) out = std::make_unique<CpuBank>(std::move(index));
          return status;
        },
        [&](const ad_backend& backend) { return build_on_device(backend, target, bank, out, run); });
  });
}

}  // namespace ad::dispatch
