#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "kernels/distance/distance.h"
#include "kernels/nearest/clusters.h"
#include "kernels/nearest/head.h"
#include "kernels/nearest/head_map.h"
#include "kernels/nearest/principal_axes.h"
#include "support.h"

using namespace ad;
using namespace ad::nearest;

namespace {

/// Rows whose coordinate c has the standard deviation (c + 1)^-decay, plus an offset.
std::vector<float> rows_with_spectrum(test::Random& random, std::size_t rows, std::size_t cols, double decay,
                                      double offset) {
  std::vector<float> out(rows * cols);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double spread = std::pow(static_cast<double>(i % cols + 1), -decay);
    out[i] = static_cast<float>(offset + spread * static_cast<double>(random.between(-1, 1)));
  }
  return out;
}

double true_distance(const float* a, const float* b, std::size_t n) {
  double squared = 0;
  for (std::size_t i = 0; i < n; ++i)
    squared += std::pow(static_cast<double>(a[i]) - static_cast<double>(b[i]), 2);
  return std::sqrt(squared);
}

double length(const float* a, std::size_t n) {
  double squared = 0;
  for (std::size_t i = 0; i < n; ++i) squared += static_cast<double>(a[i]) * static_cast<double>(a[i]);
  return std::sqrt(squared);
}

}  // namespace

TEST_CASE("orthonormalise: the rows become orthonormal, dependent and zero rows too") {
  for (Level level : test::levels()) {
    ScopedLevel forced(level);
    const NearestKernels& kernels = kNearest.pick();
    test::Random random(31);
    const std::size_t count = 20, n = 33;
    std::vector<float> rows = random.floats(count * n);
    std::copy_n(rows.begin(), n, rows.begin() + 5 * n);
    std::fill_n(rows.begin() + 9 * n, n, 0.0f);
    orthonormalise(kernels, rows.data(), count, n);
    CHECK(orthonormality_defect(kernels, rows.data(), count, n) < 1e-5);
  }
}

TEST_CASE("principal axes leave little more variance than the best ones, for every number of axes") {
  // The oracle: with independent columns the best j axes are the j columns that spread most.
  const std::size_t rows = 4000, cols = 90, count = 40;
  test::Random random(32);
  const std::vector<float> samples = rows_with_spectrum(random, rows, cols, 1.0, 0);
  std::vector<float> axes;
  const NearestKernels& kernels = kNearest.pick();
  REQUIRE(principal_axes(kernels, {samples.data(), rows, cols}, count, axes, test::with_threads(2)).ok());
  CHECK(orthonormality_defect(kernels, axes.data(), count, cols) < 1e-5);
  for (std::size_t j : {10, 20, 40}) {
    double total = 0, best = 0, captured = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      const float* row = samples.data() + i * cols;
      total += std::pow(length(row, cols), 2);
      best += std::pow(length(row, j), 2);
      for (std::size_t a = 0; a < j; ++a)
        captured += std::pow(kernels.dot(row, axes.data() + a * cols, cols), 2);
    }
    CHECK(total - captured < 1.15 * (total - best));
  }
}

TEST_CASE("the head's map never stretches a distance by more than the errors it reports") {
  for (Level level : test::levels()) {
    ScopedLevel forced(level);
    CAPTURE(level_name(level));
    const NearestKernels& kernels = kNearest.pick();
    test::Random random(33);
    const std::size_t cols = 700, count = 31;
    std::vector<float> axes = random.floats(count * cols);
    orthonormalise(kernels, axes.data(), count, cols);
    const HeadMap map(kernels, axes, count, 0.2);
    REQUIRE(map.coordinates() == count + 1);

    // Pairs far apart, close together, and inside the axes' span (no tail); those differences test the
    // errors.
    const std::size_t width = map.tile_rows();
    for (int round = 0; round < 50; ++round) {
      std::vector<float> rows(width * cols);
      std::vector<const float*> pointers(width);
      std::vector<double> norms(width);
      for (std::size_t i = 0; i < width; ++i) {
        float* row = rows.data() + i * cols;
        if (round % 3 == 0) {
          for (std::size_t a = 0; a < count; ++a)
            kernels.add_scaled(random.between(-1, 1), axes.data() + a * cols, cols, row);
        } else {
          if (i > 0 && round % 3 == 1) std::copy_n(rows.data(), cols, row);
          for (std::size_t c = 0; c < cols; ++c)
            row[c] += random.between(-1, 1) * (round % 3 == 1 && i > 0 ? 1e-4f : 1.0f);
        }
        pointers[i] = row;
        norms[i] = length(row, cols);
      }
      std::vector<float> coordinates(width * map.coordinates());
      std::vector<double> errors(width);
      map.map(pointers.data(), norms.data(), width, coordinates.data(), errors.data());
      for (std::size_t i = 1; i < width; ++i) {
        const double mapped =
            true_distance(coordinates.data(), coordinates.data() + i * map.coordinates(), map.coordinates());
        CHECK(mapped <= true_distance(rows.data(), rows.data() + i * cols, cols) + errors[0] + errors[i]);
        CHECK(errors[i] < 0.02 * norms[i]);
      }
    }
  }
}

TEST_CASE("no row within the limit scores below the head's threshold, on every level") {
  const std::size_t rows = 2500, cols = 128, queries = 40;
  test::Random random(34);
  const std::vector<float> bank_rows = rows_with_spectrum(random, rows, cols, 1.5, 3);
  std::vector<float> query_rows = rows_with_spectrum(random, queries, cols, 1.5, 3);
  // One far outside of the bank's box, one in the bank.
  for (std::size_t c = 0; c < cols; ++c) query_rows[c] += 50;
  std::copy_n(bank_rows.data() + 77 * cols, cols, query_rows.data() + cols);
  for (Level level : test::levels()) {
    ScopedLevel forced(level);
    CAPTURE(level_name(level));
    const NearestKernels& kernels = kNearest.pick();
    CentredBank bank;
    REQUIRE(centre({bank_rows.data(), rows, cols}, bank, test::with_threads(2)).ok());
    std::unique_ptr<const Head> head;
    REQUIRE(Head::build(bank, head, test::with_threads(2)).ok());
    REQUIRE(head != nullptr);
    CHECK(head->coordinates() < cols);

    std::vector<float> centred(queries * cols);
    std::vector<const float*> pointers;
    std::vector<double> norms;
    for (std::size_t q = 0; q < queries; ++q) {
      float* out = centred.data() + q * cols;
      kernels.subtract(query_rows.data() + q * cols, bank.mean.data(), cols, out);
      pointers.push_back(out);
      norms.push_back(length(out, cols));
    }
    const Head::Queries ready = head->prepare(pointers, norms);
    const std::size_t width = head->shape().queries, height = head->shape().rows;
    std::vector<std::int32_t> scores(width * height), centre_scores(width * height),
        thresholds(width, std::numeric_limits<std::int32_t>::lowest());
    std::vector<std::uint64_t> lanes(width);
    std::size_t below = 0;
    for (std::size_t place = 0; place < rows; ++place) {
      const std::uint32_t row = head->order()[place];
      const std::size_t cluster = place / kClusterRows;
      for (std::size_t tile = 0; tile * width < queries; ++tile) {
        const std::int32_t* words = ready.words.data() + tile * head->tile_words();
        head->rows().score(place / height, words, thresholds.data(), scores.data(), lanes.data());
        head->centres().score(cluster / height, words, thresholds.data(), centre_scores.data(), lanes.data());
        for (std::size_t q = tile * width; q < std::min((tile + 1) * width, queries); ++q) {
          const std::int32_t score = scores[(q - tile * width) * height + place % height];
          const float squared = squared_distance(query_rows.data() + q * cols, bank.rows.row(row), cols);
          // The row's own distance as the limit, the tightest that must let it through, and half of it.
          CHECK(score >= ready.bounds[q].threshold(squared));
          below += score < ready.bounds[q].threshold(squared / 2);
          // That limit also lets its cluster through.
          const double within = ready.bounds[q].reach(squared) + head->radii()[cluster];
          const std::int32_t centre = centre_scores[(q - tile * width) * height + cluster % height];
          CHECK(centre >= (ready.bounds[q].squared_norm() - within * within) / 2 - 1);
        }
      }
    }
    // And the bound is worth having: most rows at twice the squared limit are ruled out.
    CHECK(below > rows * queries / 2);
  }
}

TEST_CASE("clusters hold every point once, and neighbours") {
  const std::size_t rows = 1000, cols = 20, size = 64;
  test::Random random(37);
  std::vector<float> points = rows_with_spectrum(random, rows, cols, 1.0, 0);
  std::vector<std::uint32_t> order;
  REQUIRE(
      cluster_order(kNearest.pick(), {points.data(), rows, cols}, size, order, test::with_threads(2)).ok());
  std::vector<std::uint32_t> sorted = order;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < rows; ++i) CHECK(sorted[i] == i);
  // Two points of a run, and any two.
  double together = 0, apart = 0;
  for (std::size_t i = 1; i < rows; ++i) {
    if (i % size == 0) continue;
    const auto distance = [&](std::size_t a, std::size_t b) {
      return true_distance(points.data() + a * cols, points.data() + b * cols, cols);
    };
    together += distance(order[i], order[i - 1]);
    apart += distance(i, i - 1);
  }
  CHECK(together < 0.7 * apart);

  // Equal points have no direction to be cut across.
  std::fill(points.begin(), points.end(), 1.0f);
  REQUIRE(cluster_order(kNearest.pick(), {points.data(), rows, cols}, size, order, {}).ok());
  std::sort(order.begin(), order.end());
  CHECK(order == sorted);
}

TEST_CASE("a bank that spreads evenly in all directions gets no head, nor does a small one") {
  test::Random random(35);
  const std::vector<float> flat = random.floats(2500 * 128);
  for (std::size_t rows : {2500, 500}) {
    CentredBank bank;
    REQUIRE(centre({flat.data(), rows, 128}, bank, {}).ok());
    std::unique_ptr<const Head> head;
    REQUIRE(Head::build(bank, head, {}).ok());
    CHECK(head == nullptr);
  }
}

TEST_CASE("a bank whose rows are far from each other gets a head for queries that are nearer") {
  // No size pays for queries like the bank's own rows here, as nearly all rows look alike from each of them.
  test::Random random(36);
  const std::vector<float> rows = rows_with_spectrum(random, 4000, 512, 0.3, 0);
  for (Level level : test::levels()) {
    ScopedLevel forced(level);
    CAPTURE(level_name(level));
    CentredBank bank;
    REQUIRE(centre({rows.data(), 4000, 512}, bank, test::with_threads(2)).ok());
    std::unique_ptr<const Head> head;
    REQUIRE(Head::build(bank, head, test::with_threads(2)).ok());
    CHECK((head != nullptr) == (kNearest.pick().grid != Grid::int16));
  }
}
