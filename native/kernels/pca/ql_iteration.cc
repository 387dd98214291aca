#include <algorithm>
#include <cmath>
#include <limits>

#include "cpu/parallel.h"
#include "kernels/pca/tridiagonal.h"

namespace ad {
namespace {

// Eigenvalues take about 1.7 steps each; so many never.
constexpr std::size_t kStepsPerValue = 60;
// Steps whose rotations are gathered before all threads apply them.
constexpr std::size_t kStepsAtOnce = 16;

/// One implicit QL step with Wilkinson's shift on the unreduced block first .. last; notes its rotations.
void ql_step(std::vector<double>& d, std::vector<double>& e, std::size_t first, std::size_t last,
             std::vector<Rotation>& rotations) {
  const double half = (d[first + 1] - d[first]) / (2 * e[first]);
  const double shift = d[first] - e[first] / (half + std::copysign(std::hypot(half, 1.0), half));
  double bulge = d[last] - shift, sine = 1, cosine = 1, moved = 0;
  for (std::size_t i = last; i-- > first;) {
    const double across = sine * e[i], along = cosine * e[i];
    const double length = std::hypot(across, bulge);
    e[i + 1] = length;
    if (length == 0) {
      // The block has come apart by itself: what is below is done with in the next step.
      d[i + 1] -= moved;
      e[last] = 0;
      return;
    }
    sine = across / length;
    cosine = bulge / length;
    const double before = d[i + 1] - moved;
    const double change = (d[i] - before) * sine + 2 * cosine * along;
    moved = sine * change;
    d[i + 1] = before + moved;
    bulge = cosine * change - along;
    rotations.push_back({i, cosine, sine});
  }
  d[first] -= moved;
  e[first] = bulge;
  e[last] = 0;
}

Status apply(const PcaKernels& kernels, std::vector<Rotation>& rotations, std::size_t n,
             std::vector<double>& blocks, const Run& run) {
  const std::size_t size = n * kRotatedColumns;
  const Status done = parallel_for(run, blocks.size() / size, [&](std::size_t block, int) {
    kernels.rotate(blocks.data() + block * size, rotations.data(), rotations.size());
  });
  rotations.clear();
  return done;
}

}  // namespace

Status ql_iteration(const PcaKernels& kernels, Tridiagonal& tridiagonal, std::vector<double>& blocks,
                    const Run& run) {
  std::vector<double>&d = tridiagonal.diagonal, &e = tridiagonal.below;
  const std::size_t n = d.size();
  const std::size_t size = n * kRotatedColumns;
  blocks.assign((n + kRotatedColumns - 1) / kRotatedColumns * size, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    blocks[i / kRotatedColumns * size + i * kRotatedColumns + i % kRotatedColumns] = 1;
  }
  double norm = 0;
  for (std::size_t i = 0; i < n; ++i) norm = std::max(norm, std::abs(d[i]) + std::abs(e[i]));
  const double nothing = std::numeric_limits<double>::epsilon() * norm;
  std::vector<Rotation> rotations;
  for (std::size_t first = 0, steps = 0; first < n;) {
    std::size_t last = first;
    while (last + 1 < n && std::abs(e[last]) > nothing) ++last;
    if (last == first) {
      ++first;
      continue;
    }
    if (++steps > kStepsPerValue * n) return {Code::internal, "the QL iteration did not converge"};
    ql_step(d, e, first, last, rotations);
    if (rotations.size() < kStepsAtOnce * n) continue;
    const double done = static_cast<double>(first) / static_cast<double>(n);
    const Status status = apply(kernels, rotations, n, blocks, run.stage(done, done));
    if (!status.ok()) return status;
  }
  return apply(kernels, rotations, n, blocks, run.stage(1, 1));
}

}  // namespace ad
