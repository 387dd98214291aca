#include "kernels/nearest/nearest.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <string>

#include "kernels/distance/distance.h"
#include "support.h"

using namespace ad;

namespace {

struct Answer {
  std::vector<std::uint32_t> indices;
  std::vector<float> distances;

  friend bool operator==(const Answer& a, const Answer& b) {
    return a.indices == b.indices && a.distances == b.distances;
  }
};

struct Set {
  std::vector<float> bank, queries;
  std::size_t cols;

  MatrixView<const float> bank_view() const { return {bank.data(), bank.size() / cols, cols}; }
  MatrixView<const float> query_view() const { return {queries.data(), queries.size() / cols, cols}; }
};

std::unique_ptr<NearestIndex> build(const Set& set, int threads = 1) {
  std::unique_ptr<NearestIndex> index;
  REQUIRE(NearestIndex::build(set.bank_view(), index, test::with_threads(threads)).ok());
  return index;
}

Answer search(const NearestIndex& index, const Set& set, std::size_t k, int threads = 1) {
  const std::size_t rows = set.query_view().rows;
  Answer out{std::vector<std::uint32_t>(rows * k), std::vector<float>(rows * k)};
  const Status status = index.search(set.query_view(), k, out.indices.data(), out.distances.data(),
                                     test::with_threads(threads));
  REQUIRE(status.message == "");
  return out;
}

Answer search(const Set& set, std::size_t k, int threads = 1) {
  return search(*build(set, threads), set, k, threads);
}

/// The oracle: every row measured, sorted by (canonical squared distance, row).
Answer brute_force(const Set& set, std::size_t k) {
  Answer out;
  const auto bank = set.bank_view(), queries = set.query_view();
  for (std::size_t q = 0; q < queries.rows; ++q) {
    std::vector<std::pair<float, std::uint32_t>> all;
    for (std::size_t i = 0; i < bank.rows; ++i) {
      all.emplace_back(squared_distance(queries.row(q), bank.row(i), set.cols),
                       static_cast<std::uint32_t>(i));
    }
    std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(k), all.end());
    for (std::size_t j = 0; j < k; ++j) {
      out.indices.push_back(all[j].second);
      out.distances.push_back(std::sqrt(all[j].first));
    }
  }
  return out;
}

void check_everywhere(const Set& set, std::initializer_list<std::size_t> ks) {
  std::vector<Answer> expected;
  for (std::size_t k : ks) expected.push_back(brute_force(set, k));
  for (Level level : test::levels()) {
    ScopedLevel forced(level);
    CAPTURE(level_name(level));
    for (int threads : {1, 2, 3, 7}) {
      const auto index = build(set, threads);
      auto answer = expected.begin();
      for (std::size_t k : ks) {
        CAPTURE(k);
        CHECK(search(*index, set, k, threads) == *answer++);
      }
    }
  }
}

/// Points with a spectrum: coordinate c has the standard deviation (c + 1)^-decay, then turned by reflections
/// so that no axis is special. Decay 0 is the hardest: no direction says more than another.
Set spectrum(std::size_t bank, std::size_t queries, std::size_t cols, double decay, double offset,
             std::uint64_t seed) {
  test::Random random(seed);
  auto points = [&](std::size_t rows) {
    std::vector<float> out = random.floats(rows * cols);
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] *= static_cast<float>(std::pow(static_cast<double>(i % cols + 1), -decay));
    }
    return out;
  };
  Set set{points(bank), points(queries), cols};
  for (int turn = 0; turn < 3; ++turn) {
    const std::vector<float> axis = random.floats(cols);
    double norm = 0;
    for (float a : axis) norm += static_cast<double>(a) * a;
    for (auto* points : {&set.bank, &set.queries}) {
      for (std::size_t row = 0; row < points->size(); row += cols) {
        double along = 0;
        for (std::size_t c = 0; c < cols; ++c) along += static_cast<double>((*points)[row + c]) * axis[c];
        for (std::size_t c = 0; c < cols; ++c)
          (*points)[row + c] -= static_cast<float>(2 * along / norm * axis[c]);
      }
    }
  }
  for (auto* points : {&set.bank, &set.queries}) {
    for (float& x : *points) x += static_cast<float>(offset);
  }
  return set;
}

}  // namespace

TEST_CASE("awkward sizes: every level and thread count answers like brute force") {
  for (std::size_t cols : test::kAwkward) {
    for (std::size_t rows : {1, 3, 17, 64, 200}) {
      const Set set = spectrum(rows, 1 + rows / 2, cols, 0.5, 0, cols * 1000 + rows);
      CAPTURE(cols);
      CAPTURE(rows);
      check_everywhere(set, {std::min<std::size_t>(rows, 3)});
    }
  }
}

TEST_CASE("spectra from flat to steep, one to many queries, k from 1 to 64") {
  std::uint64_t seed = 1;
  for (double decay : {0.0, 0.5, 1.0, 2.0}) {
    for (std::size_t queries : {1, 50}) {
      CAPTURE(decay);
      CAPTURE(queries);
      check_everywhere(spectrum(3000, queries, 100, decay, 0, seed++), {1, 9, 64});
    }
  }
}

TEST_CASE("a large common offset costs no digits") {
  check_everywhere(spectrum(2500, 30, 96, 1.0, 1e4, 5), {3});
  check_everywhere(spectrum(2500, 30, 96, 1.0, -1e7, 6), {3});
}

TEST_CASE("clusters, duplicates and zero rows: ties go to the lowest row") {
  test::Random random(7);
  const std::size_t cols = 72;
  Set set{{}, {}, cols};
  const std::vector<float> centres = random.floats(12 * cols, -5, 5);
  for (std::size_t i = 0; i < 2600; ++i) {
    const float* centre = centres.data() + random.below(12) * cols;
    const float spread = i % 3 == 0 ? 0.0f : 1e-3f;
    for (std::size_t c = 0; c < cols; ++c) set.bank.push_back(centre[c] + spread * random.between(-1, 1));
  }
  std::fill_n(set.bank.begin() + 100 * cols, 20 * cols, 0.0f);
  set.queries.assign(set.bank.begin(), set.bank.begin() + 130 * cols);
  check_everywhere(set, {1, 20});
}

TEST_CASE("equal rows, a bank of zeros, and more equal rows than a shortlist keeps") {
  for (float value : {0.0f, 2.5f}) {
    for (std::size_t cols : {5, 80}) {
      Set set{std::vector<float>(5000 * cols, value), std::vector<float>(2 * cols, value), cols};
      set.queries.back() = 7;
      check_everywhere(set, {4});
    }
  }
}

TEST_CASE("rows far away from the rest") {
  Set set = spectrum(2500, 20, 64, 1.0, 0, 11);
  for (std::size_t c = 0; c < 64; ++c) set.queries[c] = 4e7f;
  check_everywhere(set, {5});
  for (std::size_t c = 0; c < 64; ++c) {
    set.bank[c] = 1e6f;
    set.bank[64 * 500 + c] = -3e8f;
  }
  check_everywhere(set, {5});
}

TEST_CASE("numbers at the limits of fp32") {
  for (double scale : {1e-44, 1e-38, 1e-22, 1e17, 1e19, 1e37}) {
    Set set = spectrum(300, 10, 24, 0.5, 0, 13);
    for (auto* points : {&set.bank, &set.queries}) {
      for (float& x : *points) x = static_cast<float>(static_cast<double>(x) * scale);
    }
    CAPTURE(scale);
    check_everywhere(set, {5});
  }
}

TEST_CASE("a bank that its head prunes for some queries only") {
  // Most queries lie among the rows; the others are as far from every row as from any.
  Set set = spectrum(4000, 60, 128, 1.5, 0, 41);
  test::Random random(42);
  for (std::size_t i = 0; i < 25 * 128; ++i) set.queries[i] = random.between(-2, 2);
  check_everywhere(set, {1, 12});
}

TEST_CASE("queries far nearer to the bank than its rows are to each other, and some that are not") {
  // The head leaves nearly all rows in question until a query has met its row.
  Set set = spectrum(4000, 60, 512, 0.3, 0, 44);
  test::Random random(45);
  for (std::size_t q = 0; q < 40; ++q) {
    const std::size_t row = random.below(4000);
    for (std::size_t c = 0; c < 512; ++c)
      set.queries[q * 512 + c] = set.bank[row * 512 + c] + 0.2f * set.queries[q * 512 + c];
  }
  check_everywhere(set, {1, 9});
}

TEST_CASE("an index built on one level answers on another") {
  const Set set = spectrum(2500, 40, 96, 1.5, 0, 43);
  const Answer expected = brute_force(set, 3);
  for (Level built_on : test::levels()) {
    std::unique_ptr<NearestIndex> index;
    {
      ScopedLevel forced(built_on);
      REQUIRE(NearestIndex::build(set.bank_view(), index, {}).ok());
    }
    ScopedLevel forced(Level::scalar);
    Answer answer{std::vector<std::uint32_t>(120), std::vector<float>(120)};
    REQUIRE(index->search(set.query_view(), 3, answer.indices.data(), answer.distances.data(), {}).ok());
    CHECK(answer == expected);
  }
}

TEST_CASE("k up to all rows, no queries, no columns") {
  const Set set = spectrum(150, 5, 12, 0.5, 0, 17);
  check_everywhere(set, {150});
  CHECK(search({set.bank, {}, 12}, 3) == Answer{});

  std::unique_ptr<NearestIndex> index;
  REQUIRE(NearestIndex::build({nullptr, 4, 0}, index, {}).ok());
  std::uint32_t indices[2];
  float distances[2];
  REQUIRE(index->search({nullptr, 1, 0}, 2, indices, distances, {}).ok());
  CHECK(indices[0] == 0);
  CHECK(indices[1] == 1);
  CHECK(distances[1] == 0);
}

TEST_CASE("what cannot be searched is refused with what was found") {
  Set set = spectrum(30, 20, 4, 0.5, 0, 19);
  std::unique_ptr<NearestIndex> index;
  REQUIRE(NearestIndex::build(set.bank_view(), index, {}).ok());
  std::vector<std::uint32_t> indices(2000);
  std::vector<float> distances(2000);
  const auto searched = [&](MatrixView<const float> queries, std::size_t k) {
    return index->search(queries, k, indices.data(), distances.data(), test::with_threads(3)).message;
  };
  CHECK(searched(set.query_view(), 31) == "k is 31; expected 1 to the bank's 30 rows.");
  CHECK(searched(set.query_view(), 0) == "k is 0; expected 1 to the bank's 30 rows.");
  CHECK(searched({set.queries.data(), 10, 8}, 1) == "queries have 8 columns; expected the bank's 4.");

  set.queries[4 * 13 + 2] = set.queries[4 * 19] = std::numeric_limits<float>::quiet_NaN();
  CHECK(searched(set.query_view(), 2) == "queries row 13 holds NaN in column 2; expected finite numbers.");
  set.bank[4 * 21 + 3] = -std::numeric_limits<float>::infinity();
  const Status status = NearestIndex::build(set.bank_view(), index, test::with_threads(2));
  CHECK(status.code == Code::not_finite);
  CHECK(status.message == "bank row 21 holds an infinity in column 3; expected finite numbers.");
}

TEST_CASE("a cancelled run stops, and progress ends at the whole") {
  const Set set = spectrum(500, 100, 16, 1.0, 0, 23);
  std::unique_ptr<NearestIndex> index;
  const std::atomic<bool> cancel{true};
  CHECK(NearestIndex::build(set.bank_view(), index, Run{2, &cancel, {}}).code == Code::cancelled);
  REQUIRE(NearestIndex::build(set.bank_view(), index, {}).ok());
  std::vector<std::uint32_t> indices(100);
  std::vector<float> distances(100);
  CHECK(index->search(set.query_view(), 1, indices.data(), distances.data(), Run{2, &cancel, {}}).code ==
        Code::cancelled);
  double last = 0;
  REQUIRE(index
              ->search(set.query_view(), 1, indices.data(), distances.data(),
                       Run{1, nullptr, [&](double share) { last = share; }})
              .ok());
  CHECK(last == 1);
}
