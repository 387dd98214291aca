#include "kernels/nearest/nearest.h"

#include <cmath>
#include <limits>

#include "backend.h"
#include "kernels/nearest/device_head.h"

using namespace ad;
using test::backend;

namespace {

struct Answer {
  std::vector<std::uint32_t> indices;
  std::vector<float> distances;
};

/// The CPU's answer: itself tested against brute force.
Answer on_cpu(const std::vector<float>& bank, const std::vector<float>& queries, std::size_t cols,
              std::size_t k) {
  std::unique_ptr<NearestIndex> index;
  const Run run = test::with_threads(1);
  REQUIRE(NearestIndex::build({bank.data(), bank.size() / cols, cols}, index, run).ok());
  const std::size_t rows = queries.size() / cols;
  Answer out{std::vector<std::uint32_t>(rows * k), std::vector<float>(rows * k)};
  REQUIRE(index->search({queries.data(), rows, cols}, k, out.indices.data(), out.distances.data(), run).ok());
  return out;
}

/// A bank on the device, with or without its head, whose errors may be made larger than they are.
class DeviceBank {
 public:
  DeviceBank(const std::vector<float>& bank, std::size_t cols, bool with_head, double more_error = 0)
      : cols_(cols) {
    ad_nearest_bank described{bank.data(), bank.size() / cols, cols, {}};
    nearest::CentredBank centred;
    nearest::DeviceHead head;
    const Run run = test::with_threads(1);
    REQUIRE(nearest::centre({bank.data(), described.rows, cols}, centred, run).ok());
    if (with_head) {
      REQUIRE(nearest::DeviceHead::build(centred, head, run).ok());
      REQUIRE(head.exists());
      described.head = {head.cells.data(),
                        head.half_norms.data(),
                        head.axes.data(),
                        centred.mean.data(),
                        static_cast<std::uint32_t>(head.words),
                        static_cast<std::uint32_t>(head.axis_count),
                        head.axes_defect,
                        head.shortest_tail,
                        centred.max_norm,
                        head.max_error + more_error,
                        head.scale.tail_centre,
                        head.scale.cells_per_unit};
    }
    test::require_ok(backend().nearest_create(&described, nullptr, &index_));
  }
  ~DeviceBank() { backend().nearest_destroy(index_); }

  Answer search(const std::vector<float>& queries, std::size_t k, std::uint64_t* exhaustive = nullptr) const {
    const std::size_t rows = queries.size() / cols_;
    Answer out{std::vector<std::uint32_t>(rows * k), std::vector<float>(rows * k)};
    const ad_nearest_query query{
        queries.data(),       rows,      static_cast<std::uint32_t>(k), out.indices.data(),
        out.distances.data(), exhaustive};
    test::require_ok(backend().nearest_search(index_, &query, nullptr));
    return out;
  }

  ad_nearest* get() const { return index_; }

 private:
  const std::size_t cols_;
  ad_nearest* index_ = nullptr;
};

void compare(const Answer& got, const Answer& expected) {
  CHECK(test::first_difference(got.indices, expected.indices) == "");
  CHECK(test::first_difference(got.distances, expected.distances) == "");
}

/// Rows that vary along few directions, as patch embeddings do.
std::vector<float> telling_rows(test::Random& random, std::size_t rows, std::size_t cols) {
  std::vector<float> axes = random.floats(6 * cols), out(rows * cols);
  for (std::size_t r = 0; r < rows; ++r) {
    float along[6];
    for (float& x : along) x = random.between(-3, 3);
    for (std::size_t c = 0; c < cols; ++c) {
      float x = random.between(-0.1, 0.1);
      for (int a = 0; a < 6; ++a) x += along[a] * axes[static_cast<std::size_t>(a) * cols + c];
      out[r * cols + c] = x;
    }
  }
  return out;
}

}  // namespace

TEST_CASE("device nearest: every row measured, awkward sizes, the CPU's bits") {
  test::Random random(1);
  const struct {
    std::size_t rows, queries, cols, k;
  } sizes[] = {{1, 1, 1, 1},     {33, 17, 31, 1},  {64, 16, 128, 5}, {65, 15, 129, 33},
               {70, 3, 300, 64}, {127, 33, 7, 32}, {200, 5, 64, 9}};
  for (const auto& size : sizes) {
    CAPTURE(size.rows);
    const auto bank = random.floats(size.rows * size.cols), queries = random.floats(size.queries * size.cols);
    std::uint64_t exhaustive = 0;
    const Answer got = DeviceBank(bank, size.cols, false).search(queries, size.k, &exhaustive);
    compare(got, on_cpu(bank, queries, size.cols, size.k));
    CHECK(exhaustive == size.queries);
  }
}

TEST_CASE("device nearest: ties and duplicates go to the lower row") {
  std::vector<float> bank;
  for (int row = 0; row < 90; ++row) {
    for (int c = 0; c < 33; ++c) bank.push_back(static_cast<float>((row % 3) * (c % 2)));
  }
  const std::vector<float> queries(bank.begin(), bank.begin() + 33 * 3);
  compare(DeviceBank(bank, 33, false).search(queries, 40), on_cpu(bank, queries, 33, 40));
}

TEST_CASE("device nearest: the head decides, and changes nothing") {
  test::Random random(2);
  const std::size_t cols = 72;
  const auto bank = telling_rows(random, 2100, cols);
  auto queries = telling_rows(random, 37, cols);
  // Rows of the bank themselves, and one that lies outside.
  std::copy_n(bank.begin() + 100 * cols, 2 * cols, queries.begin());
  for (std::size_t c = 0; c < cols; ++c) queries[5 * cols + c] *= 2;
  const DeviceBank device(bank, cols, true);
  for (const std::size_t k : {1, 9}) {
    std::uint64_t exhaustive = 0;
    compare(device.search(queries, k, &exhaustive), on_cpu(bank, queries, cols, k));
    CHECK(exhaustive == 0);
  }
}

TEST_CASE("device nearest: what the head cannot decide is measured") {
  test::Random random(3);
  const std::size_t cols = 64;
  const auto bank = telling_rows(random, 2100, cols);
  auto queries = telling_rows(random, 3, cols);
  std::uint64_t exhaustive = 0;
  // A head that is wrong by a thousand cells rules nothing out, and that is more than a query lists.
  compare(DeviceBank(bank, cols, true, 1000).search(queries, 2, &exhaustive), on_cpu(bank, queries, cols, 2));
  CHECK(exhaustive == 3);
  // Numbers that its bounds were not made for.
  for (std::size_t c = 0; c < cols; ++c) queries[cols + c] *= 1e18f;
  compare(DeviceBank(bank, cols, true).search(queries, 2, &exhaustive), on_cpu(bank, queries, cols, 2));
  CHECK(exhaustive == 1);
}

TEST_CASE("device nearest: refuses what it cannot do, and says why") {
  const std::vector<float> bank(10 * 4);
  const DeviceBank device(bank, 4, false);
  std::uint32_t indices[11];
  float distances[11];
  const ad_nearest_query query{bank.data(), 1, 11, indices, distances, nullptr};
  CHECK(backend().nearest_search(device.get(), &query, nullptr) == AD_INVALID_ARGUMENT);
  CHECK(std::string(backend().last_error()).find("k is 11; expected 1 to 10") != std::string::npos);
}

TEST_CASE("device nearest: a budget that is too small is an error before anything starts") {
  const std::vector<float> bank(1000 * 64);
  const ad_nearest_bank described{bank.data(), 1000, 64, {}};
  ad_call call{};
  call.memory_budget = 100000;
  ad_nearest* index = nullptr;
  CHECK(backend().nearest_create(&described, &call, &index) == AD_OUT_OF_DEVICE_MEMORY);
  CHECK(std::string(backend().last_error()).find("needs 0.3 MB on the device; the budget is 0.1 MB") !=
        std::string::npos);
}
