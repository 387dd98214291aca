// The way from the core to the device and back: the library is opened as a process opens it, and every room
// is asked through dispatch/. The kernels themselves are compared with the CPU's in kernels/.
#include <cmath>

#include "dispatch/nearest.h"
#include "dispatch/rooms.h"
#include "kernels/backend.h"
#include "kernels/moments/triangle.h"

using namespace ad;
using namespace ad::dispatch;
using test::first_difference;

namespace {

constexpr Target kCpu{Device::cpu, 0}, kCuda{Device::cuda, 0};
// A budget in which nothing fits.
constexpr Target kTinyCuda{Device::cuda, 100}, kTinyAuto{Device::automatic, 100};

void open_device() {
  const DeviceReport& report = cuda().open(AD_SIMT_LIBRARY, AD_CUDA_PROBE);
  REQUIRE(report.reason == "");
  REQUIRE(cuda().backend() != nullptr);
}

/// `room(target, out)` gives the same on the device; what does not fit there is an error where the device was
/// asked for by name, and done on the CPU where it was not.
template <class T, class Room>
void check_room(std::size_t size, Room room) {
  open_device();
  std::vector<T> expected(size), got(size), fallen_back(size);
  REQUIRE(room(kCpu, expected).ok());
  REQUIRE(room(kCuda, got).message == "");
  CHECK(first_difference(got, expected) == "");
  const Status refused = room(kTinyCuda, got);
  CHECK(refused.code == Code::device_memory);
  CHECK_MESSAGE(refused.message.find("on the device; the budget is 0.0 MB") != std::string::npos,
                refused.message);
  REQUIRE(room(kTinyAuto, fallen_back).ok());
  CHECK(first_difference(fallen_back, expected) == "");
}

struct Neighbours {
  std::vector<std::uint32_t> indices;
  std::vector<float> distances;
};

Status search(const NearestBank& bank, const std::vector<float>& queries, std::size_t k, Neighbours& out) {
  const std::size_t rows = queries.size() / bank.cols();
  out = {std::vector<std::uint32_t>(rows * k), std::vector<float>(rows * k)};
  return bank.search({queries.data(), rows, bank.cols()}, k, out.indices.data(), out.distances.data(),
                     test::with_threads(1));
}

}  // namespace

TEST_CASE("dispatch: coreset") {
  test::Random random(1);
  const auto points = random.floats(90 * 7);
  check_room<std::uint32_t>(20, [&](const Target& target, std::vector<std::uint32_t>& out) {
    Coreset chosen;
    Status status = coreset(target, {points.data(), 90, 7}, 20, 3, chosen, test::with_threads(1));
    out = chosen.rows;
    return status;
  });
}

TEST_CASE("dispatch: projection") {
  test::Random random(2);
  const auto points = random.floats(20 * 30);
  check_room<float>(20 * 11, [&](const Target& target, std::vector<float>& out) {
    return projection(target, {points.data(), 20, 30}, 0.3, 5, {out.data(), 20, 11}, test::with_threads(1));
  });
}

TEST_CASE("dispatch: mahalanobis, of full and of low rank") {
  test::Random random(3);
  const std::size_t positions = 3, cols = 6;
  const auto rows = random.floats(4 * positions * cols), mean = random.floats(positions * cols);
  for (const std::size_t kept : {cols, std::size_t{2}}) {
    const std::size_t triangle = triangle_size(cols, kept);
    const auto factors = random.floats(positions * triangle, 0.5, 1);
    check_room<float>(4 * positions, [&](const Target& target, std::vector<float>& out) {
      return distances(target, {rows.data(), 4 * positions, cols}, {mean.data(), positions, cols},
                       {factors.data(), positions, triangle}, out.data(), test::with_threads(1));
    });
  }
}

TEST_CASE("dispatch: kde") {
  test::Random random(4);
  const std::size_t cols = 3, count = 12;
  const auto points = random.floats(count * cols), rows = random.floats(5 * cols);
  const std::vector<double> mean(cols, 0.25), whitener{1, 0, 0, 0.5, 2, 0, 0.25, 1, 1};
  const GaussianKde<const double, const float> density{
      mean.data(), whitener.data(), {points.data(), count, cols}, -2};
  // Rounded to fp32: the last bits of exp and of a sum in another order are the device's own.
  check_room<float>(5, [&](const Target& target, std::vector<float>& out) {
    std::vector<double> exact(out.size());
    Status status = log_density(target, {rows.data(), 5, cols}, density, exact.data(), test::with_threads(1));
    std::copy(exact.begin(), exact.end(), out.begin());
    return status;
  });
}

TEST_CASE("dispatch: patch embedding") {
  test::Random random(5);
  const auto fine = random.floats(2 * 3 * 6 * 5), coarse = random.floats(2 * 4 * 3 * 3);
  const std::vector<FeatureLevel> levels{{fine.data(), 3, 6, 5, 1}, {coarse.data(), 4, 3, 3, 0.5f}};
  for (const Interpolation how : {Interpolation::bilinear, Interpolation::nearest}) {
    check_room<float>(2 * 30 * 7, [&](const Target& target, std::vector<float>& out) {
      return embed(target, levels, 2, 3, how, {out.data(), 60, 7}, test::with_threads(1));
    });
  }
}

TEST_CASE("dispatch: anomaly maps") {
  test::Random random(6);
  const auto scores = random.floats(2 * 4 * 5);
  check_room<float>(2 * 16 * 20, [&](const Target& target, std::vector<float>& out) {
    return maps(target, scores.data(), {2, 4, 5, 16, 20}, 2, Border::reflect, out.data(),
                test::with_threads(1));
  });
}

TEST_CASE("dispatch: nearest, the bank with its head resident") {
  open_device();
  test::Random random(7);
  const std::size_t cols = 64;
  // Along one direction, so that a few coordinates tell nearly everything.
  std::vector<float> bank;
  for (int row = 0; row < 2200; ++row) {
    const float along = random.between(-3, 3);
    for (std::size_t c = 0; c < cols; ++c)
      bank.push_back(along * static_cast<float>(c % 5) + random.between(0, 0.1));
  }
  const std::vector<float> queries(bank.begin() + 40 * cols, bank.begin() + 47 * cols);
  const MatrixView<const float> view{bank.data(), 2200, cols};
  const Run run = test::with_threads(1);
  std::unique_ptr<const NearestBank> on_cpu, on_device, refused;
  REQUIRE(build_nearest(kCpu, view, on_cpu, run).ok());
  REQUIRE(build_nearest(kCuda, view, on_device, run).message == "");
  CHECK(std::string(on_cpu->device()) == "cpu");
  CHECK(std::string(on_device->device()) == "cuda");
  Neighbours expected, got;
  REQUIRE(search(*on_cpu, queries, 5, expected).ok());
  REQUIRE(search(*on_device, queries, 5, got).message == "");
  CHECK(first_difference(got.indices, expected.indices) == "");
  CHECK(first_difference(got.distances, expected.distances) == "");

  CHECK(build_nearest(kTinyCuda, view, refused, run).code == Code::device_memory);
  REQUIRE(build_nearest(kTinyAuto, view, refused, run).ok());
  CHECK(std::string(refused->device()) == "cpu");
}

TEST_CASE("dispatch: a search that the device cannot do, of a bank that lies there") {
  open_device();
  test::Random random(8);
  const std::size_t cols = 4;
  const auto bank = random.floats(80 * cols), queries = random.floats(300 * cols);
  const MatrixView<const float> view{bank.data(), 80, cols};
  const Run run = test::with_threads(1);
  // Enough for the bank, too little for what searching 300 queries takes.
  constexpr std::uint64_t kBankOnly = 4096;
  std::unique_ptr<const NearestBank> on_cpu, asked, chosen;
  REQUIRE(build_nearest(kCpu, view, on_cpu, run).ok());
  REQUIRE(build_nearest({Device::cuda, kBankOnly}, view, asked, run).message == "");
  REQUIRE(build_nearest({Device::automatic, kBankOnly}, view, chosen, run).message == "");
  CHECK(std::string(chosen->device()) == "cuda");
  Neighbours expected, got;
  REQUIRE(search(*on_cpu, queries, 9, expected).ok());
  CHECK(search(*asked, queries, 9, got).code == Code::device_memory);
  REQUIRE(search(*chosen, queries, 9, got).message == "");
  CHECK(first_difference(got.indices, expected.indices) == "");
  CHECK(first_difference(got.distances, expected.distances) == "");

  // More neighbours than the device lists.
  const std::size_t many = AD_NEAREST_MAX_K + 1;
  REQUIRE(search(*on_cpu, queries, many, expected).ok());
  CHECK(search(*asked, queries, many, got).code == Code::invalid_argument);
  REQUIRE(search(*chosen, queries, many, got).message == "");
  CHECK(first_difference(got.indices, expected.indices) == "");
}
