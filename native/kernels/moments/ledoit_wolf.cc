#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "cpu/parallel.h"
#include "kernels/moments/kernels.h"
#include "kernels/moments/moments.h"
#include "kernels/moments/triangle.h"

namespace ad {
namespace {

// Rows whose distances to the mean one thread measures at a time.
constexpr std::size_t kRowBlock = 64;

/// Sum over rows of |x - mean|^4.
Status fourth_moment(MatrixView<const float> rows, const double* mean, double& out, const Run& run) {
  const MomentsKernels& kernels = kMoments.pick();
  std::vector<double> squares(rows.rows);
  const Status done = parallel_for(run, (rows.rows + kRowBlock - 1) / kRowBlock, [&](std::size_t block, int) {
    const std::size_t end = std::min(rows.rows, (block + 1) * kRowBlock);
    for (std::size_t r = block * kRowBlock; r < end; ++r) {
      squares[r] = kernels.squared_deviation(rows.row(r), mean, rows.cols);
    }
  });
  out = 0;
  for (const double square : squares) out += square * square;
  return done;
}

/// Calls body(element, whether on the diagonal) for each element of a packed triangle.
template <class Body>
void each_element(float* triangle, std::size_t cols, const Body& body) {
  for (std::size_t j = 0; j < cols; ++j) {
    body(*triangle++, true);
    for (std::size_t i = j + 1; i < cols; ++i) body(*triangle++, false);
  }
}

}  // namespace

Status ledoit_wolf(MatrixView<const float> rows, double* mean, float* covariance, double& shrinkage,
                   const Run& run) {
  return guarded([&]() -> Status {
    if (rows.rows < 2) {
      return Status::invalid("A covariance needs at least 2 rows; found " + std::to_string(rows.rows) + ".");
    }
    const std::size_t cols = rows.cols;
    const auto n = static_cast<double>(rows.rows), d = static_cast<double>(cols);
    Status done =
        add_moments(rows, 1, 0, {mean, 1, cols}, {covariance, 1, triangle_size(cols)}, run.stage(0, 0.9));
    if (!done.ok()) return done;
    double fourth;
    done = fourth_moment(rows, mean, fourth, run.stage(0.9, 1));
    if (!done.ok()) return done;

    double trace = 0;
    each_element(covariance, cols, [&](float& value, bool diagonal) {
      value = static_cast<float>(static_cast<double>(value) / n);
      if (diagonal) trace += static_cast<double>(value);
    });
    const double variance = trace / d;
    // |S|^2 and |S - variance I|^2, both over the whole matrix.
    double square = 0, spread = 0;
    each_element(covariance, cols, [&](float value, bool diagonal) {
      const double s = static_cast<double>(value), off = diagonal ? s - variance : s;
      square += diagonal ? s * s : 2 * s * s;
      spread += diagonal ? off * off : 2 * off * off;
    });
    // Lemma 3.4 and equation 14 there: how far S is from the true covariance, and how far from its target.
    const double error = std::min(std::max(0.0, (fourth / n - square) / n), spread);
    shrinkage = spread > 0 ? error / spread : 0;
    each_element(covariance, cols, [&](float& value, bool diagonal) {
      const double shrunk =
          (1 - shrinkage) * static_cast<double>(value) + (diagonal ? shrinkage * variance : 0);
      value = static_cast<float>(shrunk);
    });
    return {};
  });
}

}  // namespace ad
