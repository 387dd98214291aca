#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "kernels/distance/distance.h"
#include "kernels/nearest/byte_rows.h"
#include "kernels/nearest/byte_scan.h"
#include "kernels/nearest/shortlist.h"
#include "support.h"

using namespace ad;
using namespace ad::nearest;

namespace {

double true_distance(const float* a, const float* b, std::size_t n) {
  double squared = 0;
  for (std::size_t i = 0; i < n; ++i)
    squared += std::pow(static_cast<double>(a[i]) - static_cast<double>(b[i]), 2);
  return std::sqrt(squared);
}

/// Calls visit(true distance, least distance, |q'| + |m'|) for each pair of a query and a bank row.
template <class Visit>
void each_pair(const std::vector<float>& bank_rows, const std::vector<float>& queries, std::size_t cols,
               const Visit& visit) {
  const NearestKernels& kernels = kNearest.pick();
  CentredBank bank;
  REQUIRE(centre({bank_rows.data(), bank_rows.size() / cols, cols}, bank, test::with_threads(2)).ok());
  std::unique_ptr<const ByteRows> bytes;
  REQUIRE(ByteRows::build(bank, bank.order, bytes, test::with_threads(2)).ok());
  REQUIRE(bytes != nullptr);
  std::vector<float> centred(cols), row(cols);
  const auto norm = [&](const std::vector<float>& x) {
    return std::sqrt(kernels.dot(x.data(), x.data(), cols));
  };
  for (std::size_t q = 0; q < queries.size(); q += cols) {
    kernels.subtract(queries.data() + q, bank.mean.data(), cols, centred.data());
    const ByteRows::Query query = bytes->prepare(centred.data(), norm(centred));
    for (std::size_t i = 0; i < bank.rows.rows; ++i) {
      kernels.subtract(bank.rows.row(bytes->row(i)), bank.mean.data(), cols, row.data());
      // A reach spares the root, not the answer.
      const double least = bytes->least_distance(query, i);
      CHECK(bytes->least_distance(query, i, least) == least);
      if (least > 0) CHECK(bytes->least_distance(query, i, 0.9 * least) >= 0.9 * least);
      visit(true_distance(queries.data() + q, bank.rows.row(bytes->row(i)), cols), least,
            norm(centred) + norm(row));
    }
  }
}

/// Scores that are less the farther a row is, as exact as can be.
struct PlainBound {
  using Score = float;
  float threshold(float limit) const { return -limit; }
};

}  // namespace

TEST_CASE("the byte kernels give plain C++'s numbers at every size and at their extremes") {
  for (Level level : test::levels()) {
    ScopedLevel forced(level);
    CAPTURE(level_name(level));
    const NearestKernels& kernels = kNearest.pick();
    test::Random random(51);
    for (std::size_t n : {1, 3, 15, 16, 17, 63, 64, 65, 127, 200, 65536}) {
      CAPTURE(n);
      const std::int32_t offset = query_offset(kernels.grid), largest = 127 + offset;
      std::vector<std::uint8_t> query(n, static_cast<std::uint8_t>(largest));
      std::vector<std::int8_t> row(n, -127);
      CHECK(kernels.dot_bytes(query.data(), row.data(), n) == -largest * 127 * static_cast<std::int32_t>(n));
      std::int32_t product = 0;
      const auto cell = [&] { return static_cast<std::int32_t>(random.below(255)) - 127; };
      for (std::size_t i = 0; i < n; ++i) {
        const std::int32_t q = cell() + offset, r = cell();
        query[i] = static_cast<std::uint8_t>(q);
        row[i] = static_cast<std::int8_t>(r);
        product += q * r;
      }
      CHECK(kernels.dot_bytes(query.data(), row.data(), n) == product);

      std::vector<float> x = random.floats(n, -100, 100);
      x[n / 2] = -126.6f;
      CHECK(kernels.largest(x.data(), n) == 126.6f);
      double squared = 0;
      const float answer = kernels.round_to_bytes(x.data(), 1, n, row.data());
      for (std::size_t i = 0; i < n; ++i) {
        REQUIRE(row[i] == std::lrint(x[i]));
        squared += std::pow(static_cast<double>(x[i]) - row[i], 2);
      }
      CHECK(static_cast<double>(answer) == doctest::Approx(squared).epsilon(1e-4));
    }
  }
}

TEST_CASE("bytes never claim more than the true distance, and little less") {
  const std::size_t cols = 301, rows = 60;
  for (Level level : test::levels()) {
    ScopedLevel forced(level);
    CAPTURE(level_name(level));
    test::Random random(52);
    std::vector<float> bank = random.floats(rows * cols), queries = random.floats(20 * cols);
    // A query in the bank, one within rounding of a row, one that lies along the direction of a row.
    std::copy_n(bank.data(), cols, queries.data());
    for (std::size_t c = 0; c < cols; ++c) {
      queries[cols + c] = bank[cols + c] * (1 + 1e-7f);
      queries[2 * cols + c] = bank[2 * cols + c] * 3;
    }
    each_pair(bank, queries, cols, [](double distance, double least, double norms) {
      CHECK(least <= distance);
      // Uniform rounding of n cells loses about sqrt(n / 12) of them on either side.
      CHECK(least >= distance - 2 * norms / 127);
    });
  }
}

TEST_CASE("bytes keep their promise for zeros, outliers, offsets and extreme scales") {
  const std::size_t cols = 70, rows = 40;
  for (Level level : test::levels()) {
    ScopedLevel forced(level);
    CAPTURE(level_name(level));
    for (double scale : {1e-30, 1e-15, 1.0, 1e12}) {
      for (float offset : {0.0f, 1000.0f}) {
        CAPTURE(scale);
        test::Random random(53);
        std::vector<float> bank = random.floats(rows * cols), queries = random.floats(10 * cols);
        std::fill_n(bank.begin(), 3 * cols, 0.0f);
        std::fill_n(queries.begin(), cols, 0.0f);
        bank[5 * cols + 7] = queries[3 * cols + 9] = 1e6f;
        for (auto* points : {&bank, &queries}) {
          for (float& x : *points) x = static_cast<float>((static_cast<double>(x) + offset) * scale);
        }
        each_pair(bank, queries, cols,
                  [](double distance, double least, double) { CHECK(least <= distance); });
      }
    }
    // All rows equal: nothing is left of them, nor of a query that equals them.
    each_pair(std::vector<float>(5 * cols, 2.5f), std::vector<float>(cols, 2.5f), cols,
              [](double, double least, double) { CHECK(least <= 0); });
  }
}

TEST_CASE("rows too wide for 32-bit sums get no bytes") {
  const std::vector<float> rows(2 * 65537, 1.0f);
  CentredBank bank;
  REQUIRE(centre({rows.data(), 2, 65537}, bank, {}).ok());
  std::unique_ptr<const ByteRows> bytes;
  REQUIRE(ByteRows::build(bank, bank.order, bytes, {}).ok());
  CHECK(bytes == nullptr);
}

TEST_CASE("a shortlist that gave up still learns the limit of the best rows that follow") {
  // Row i lies at 100 - i: each block holds a new nearest row, and none can be ruled out.
  const std::size_t rows = 90, block = 10, k = 2;
  std::vector<float> bank(rows);
  for (std::size_t i = 0; i < rows; ++i) bank[i] = 100 - static_cast<float>(i);
  const float query = 0;
  const Exact exact{{bank.data(), rows, 1}, kDistance.pick().squared};
  Shortlist<PlainBound> shortlist(exact, &query, {}, k, 4, std::numeric_limits<float>::infinity());
  for (std::size_t i = 0; i < rows; ++i) {
    // Half of the truth, so that rows farther than the best stay in question.
    const float score = -bank[i] * bank[i] / 2;
    if (score >= shortlist.threshold()) shortlist.note(score, static_cast<std::uint32_t>(i));
    if (i % block == block - 1) shortlist.settle();
  }
  CHECK(shortlist.given_up());
  CHECK(shortlist.limit() == 12 * 12);
}

namespace {

/// Scans a bank in bytes for one query, in two segments as two threads would; answers the better of both.
std::vector<Neighbour> scanned(const CentredBank& bank, const float* query, std::size_t k,
                               std::size_t capacity, bool& given_up) {
  const NearestKernels& kernels = kNearest.pick();
  std::unique_ptr<const ByteRows> bytes;
  REQUIRE(ByteRows::build(bank, bank.order, bytes, {}).ok());
  const std::size_t rows = bank.rows.rows, cols = bank.rows.cols;
  std::vector<float> centred(cols);
  kernels.subtract(query, bank.mean.data(), cols, centred.data());
  const double norm = std::sqrt(kernels.dot(centred.data(), centred.data(), cols));
  const Exact exact{bank.rows, kDistance.pick().squared};
  TopK best(k);
  given_up = false;
  for (const Positions segment : {Positions{0, rows / 3}, Positions{rows / 3, rows}}) {
    std::vector<ByteShortlist> shortlists;
    shortlists.emplace_back(exact, query, bytes->prepare(centred.data(), norm), k, capacity,
                            std::numeric_limits<float>::infinity());
    scan_bytes(*bytes, segment, shortlists, {});
    shortlists[0].finish();
    given_up |= shortlists[0].given_up();
    for (const Neighbour& neighbour : shortlists[0].best().sorted()) best.offer(neighbour);
  }
  return best.sorted();
}

}  // namespace

TEST_CASE("a scan in bytes finds brute force's neighbours, ties and duplicates included") {
  const std::size_t cols = 37, rows = 700;
  for (Level level : test::levels()) {
    ScopedLevel forced(level);
    CAPTURE(level_name(level));
    test::Random random(54);
    std::vector<float> points = random.floats(rows * cols);
    std::copy_n(points.data(), 40 * cols, points.data() + 600 * cols);
    CentredBank bank;
    REQUIRE(centre({points.data(), rows, cols}, bank, {}).ok());
    const Exact exact{bank.rows, kDistance.pick().squared};
    for (std::size_t k : {1, 2, 9, 64}) {
      for (std::size_t q = 0; q < 12; ++q) {
        CAPTURE(k);
        CAPTURE(q);
        std::vector<float> query = random.floats(cols);
        if (q % 2 == 0) std::copy_n(points.data() + q * cols, cols, query.data());
        TopK expected(k);
        for (std::uint32_t row = 0; row < rows; ++row) expected.offer(exact.measure(query.data(), row));
        bool given_up = false;
        const std::vector<Neighbour> found = scanned(bank, query.data(), k, rows, given_up);
        CHECK_FALSE(given_up);
        REQUIRE(found.size() == k);
        for (std::size_t i = 0; i < k; ++i) {
          CHECK(found[i].row == expected.sorted()[i].row);
          CHECK(found[i].squared == expected.sorted()[i].squared);
        }
      }
    }
  }
}

TEST_CASE("a scan in bytes gives up where it cannot tell rows apart, and knows a limit that holds") {
  // All rows on a sphere around the query, within what bytes resolve.
  const std::size_t cols = 64, rows = 500, k = 3;
  test::Random random(55);
  std::vector<float> points = random.floats(rows * cols);
  for (std::size_t row = 0; row < rows; ++row) {
    float* point = points.data() + row * cols;
    const double norm = std::sqrt(kNearest.pick().dot(point, point, cols));
    for (std::size_t c = 0; c < cols; ++c)
      point[c] = static_cast<float>(static_cast<double>(point[c]) / norm);
  }
  CentredBank bank;
  REQUIRE(centre({points.data(), rows, cols}, bank, {}).ok());
  const std::vector<float> query(cols, 0.0f);
  bool given_up = false;
  const std::vector<Neighbour> found = scanned(bank, query.data(), k, 20, given_up);
  CHECK(given_up);
  const Exact exact{bank.rows, kDistance.pick().squared};
  TopK expected(k);
  for (std::uint32_t row = 0; row < rows; ++row) expected.offer(exact.measure(query.data(), row));
  REQUIRE(found.size() == k);
  CHECK(found.back().squared >= expected.limit());
}
