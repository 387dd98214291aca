#include "kernels/pca/tridiagonal.h"

#include <algorithm>
#include <cmath>

#include "cpu/parallel.h"
#include "kernels/pca/products.h"

namespace ad {
namespace {

// Rows of the trailing matrix, eigenvectors, that one thread takes at a time.
constexpr std::size_t kRowBlock = 32, kVectorBlock = 8;
// A trailing matrix smaller than this is done before other threads would have woken up.
constexpr std::size_t kWorthThreads = 384;
// Below this a column is zero: squares of products of fp32 numbers are all far larger.
constexpr double kNothing = 1e-280;

/// Turns row[at ..] into the vector that reflects it onto its first axis, zeros before it as far as its lane
/// group reaches. Returns what is left on that axis; factor 0 where there is nothing to reflect.
double reflector(double* row, std::size_t at, std::size_t n, double& factor) {
  std::fill(row + at / kPcaLanes * kPcaLanes, row + at, 0.0);
  double rest = 0;
  for (std::size_t c = at + 1; c < n; ++c) rest += row[c] * row[c];
  const double head = row[at];
  factor = 0;
  if (rest < kNothing) {
    std::fill(row + at, row + n, 0.0);
    return head;
  }
  const double left = -std::copysign(std::sqrt(head * head + rest), head);
  row[at] = head - left;
  factor = 2 / (row[at] * row[at] + rest);
  return left;
}

}  // namespace

Status tridiagonalise(const PcaKernels& kernels, double* matrix, std::size_t n, std::size_t stride,
                      Tridiagonal& out, const Run& run) {
  out.diagonal.assign(n, 0);
  out.below.assign(n, 0);
  out.factors.assign(n, 0);
  // The pending update, rows -= v w' + w v', and the product of the next reflector.
  std::vector<double> v(stride), w(stride), product(stride);
  for (std::size_t j = 0; j < n; ++j) {
    double* const row = matrix + j * stride;
    const std::size_t start = j / kPcaLanes * kPcaLanes;
    kernels.update_and_dot(row + start, v.data() + start, w.data() + start, v[j], w[j], w.data() + start,
                           stride - start);
    out.diagonal[j] = row[j];
    if (j + 1 == n) break;
    const std::size_t next = j + 1, aligned = next / kPcaLanes * kPcaLanes;
    out.below[j] = reflector(row, next, n, out.factors[j]);
    const std::size_t blocks = (n - next + kRowBlock - 1) / kRowBlock;
    const Run pass{n - next < kWorthThreads ? 1 : run.threads, run.cancel, {}};
    const Status done = parallel_for(pass, blocks, [&](std::size_t block, int) {
      const std::size_t first = next + block * kRowBlock, end = std::min(n, first + kRowBlock);
      for (std::size_t i = first; i < end; ++i) {
        product[i] = kernels.update_and_dot(matrix + i * stride + aligned, v.data() + aligned,
                                            w.data() + aligned, v[i], w[i], row + aligned, stride - aligned);
      }
    });
    if (!done.ok()) return done;
    // w = p - (factor / 2) (p . v) v with p = factor A v makes H A H = A - v w' - w v'.
    double overlap = 0;
    for (std::size_t i = next; i < n; ++i) overlap += product[i] * row[i];
    const double factor = out.factors[j];
    std::fill(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(next), 0.0);
    std::fill(w.begin(), w.begin() + static_cast<std::ptrdiff_t>(next), 0.0);
    for (std::size_t i = next; i < n; ++i) {
      v[i] = row[i];
      w[i] = factor * (product[i] - 0.5 * factor * overlap * row[i]);
    }
    const double left = static_cast<double>(n - next) / static_cast<double>(n);
    run.report(1 - left * left * left);
  }
  return {};
}

Status apply_reflections(const PcaKernels& kernels, const double* reflections, const Tridiagonal& tridiagonal,
                         std::size_t stride, double* vectors, std::size_t count, const Run& run) {
  const std::size_t n = tridiagonal.diagonal.size();
  return parallel_for(run, (count + kVectorBlock - 1) / kVectorBlock, [&](std::size_t block, int) {
    const std::size_t end = std::min(count, (block + 1) * kVectorBlock);
    for (std::size_t j = n; j-- > 0;) {
      if (tridiagonal.factors[j] == 0) continue;
      const std::size_t aligned = (j + 1) / kPcaLanes * kPcaLanes;
      for (std::size_t i = block * kVectorBlock; i < end; ++i) {
        kernels.reflect(vectors + i * stride + aligned, reflections + j * stride + aligned,
                        tridiagonal.factors[j], stride - aligned);
      }
    }
  });
}

}  // namespace ad
