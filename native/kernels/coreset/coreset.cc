#include "kernels/coreset/coreset.h"

#include "cpu/parallel.h"
#include "kernels/coreset/head.h"
#include "kernels/coreset/selection.h"

namespace ad {

Status greedy_coreset(MatrixView<const float> points, std::size_t count, std::size_t start, Coreset& out,
                      const Run& run) {
  return guarded([&]() -> Status {
    std::unique_ptr<const coreset::Head> head;
    const Run choosing = run.stage(0.1, 1);
    const Status status = coreset::Head::build(points, head, run.stage(0, 0.1));
    if (!status.ok()) return status;
    return coreset::Selection(points, count, std::move(head), choosing).choose_all(start, out);
  });
}

std::size_t coreset_scratch_bytes(std::size_t rows, std::size_t cols, std::size_t count) {
  const std::size_t head = coreset::head_bytes(rows, cols);
  const std::size_t per_row = sizeof(float) * 2 + sizeof(std::uint32_t) * 3;
  const std::size_t centre = head > 0 ? head / rows : cols * sizeof(float);
  return head + rows * per_row + count * (centre + 2 * sizeof(std::uint32_t));
}

}  // namespace ad
