// The physical limits that kernels are held against: multiply-adds and memory.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#ifdef __AVX512VNNI__
#include <immintrin.h>
#endif

namespace {

// As wide as the widest registers: split ones would not all fit.
#ifdef __AVX512F__
constexpr int kLanes = 16;
#elif defined(__AVX2__)
constexpr int kLanes = 8;
#else
constexpr int kLanes = 4;
#endif
typedef float Floats __attribute__((vector_size(4 * kLanes)));
typedef float UnalignedFloats __attribute__((vector_size(4 * kLanes), aligned(4)));
// Enough sums in flight to hide the latency of a multiply-add on two ports.
constexpr int kSums = 12;
constexpr int kSteps = 4096;

void rate(benchmark::State& state, const char* name, double per_iteration) {
  const double all = per_iteration * static_cast<double>(state.iterations());
  state.counters[name] = benchmark::Counter(all, benchmark::Counter::kIsRate);
}

void fused_multiply_add(benchmark::State& state) {
  Floats sums[kSums], a, b;
  for (int i = 0; i < kLanes; ++i) a[i] = 0.999f, b[i] = 0.001f;
  for (Floats& sum : sums) sum = a;
  for (auto _ : state) {
    for (int step = 0; step < kSteps; ++step) {
      for (Floats& sum : sums) sum = sum * a + b;
    }
    benchmark::DoNotOptimize(sums);
  }
  rate(state, "FLOP/s", 2.0 * kSums * kLanes * kSteps);
}
BENCHMARK(fused_multiply_add)->Threads(1)->Threads(2)->UseRealTime();

#ifdef __AVX512VNNI__
void int8_dot_product(benchmark::State& state) {
  __m512i sums[kSums], a = _mm512_set1_epi8(3), b = _mm512_set1_epi8(-2);
  for (__m512i& sum : sums) sum = _mm512_setzero_si512();
  for (auto _ : state) {
    for (int step = 0; step < kSteps; ++step) {
      for (__m512i& sum : sums) sum = _mm512_dpbusd_epi32(sum, a, b);
    }
    benchmark::DoNotOptimize(sums);
  }
  rate(state, "MAC/s", 64.0 * kSums * kSteps);
}
BENCHMARK(int8_dot_product)->Threads(1)->Threads(2)->UseRealTime();
#endif

// Far more than the caches of one core hold.
constexpr std::size_t kFloats = std::size_t{64} << 20;

void read_memory(benchmark::State& state) {
  static const std::vector<float> memory(kFloats, 1.0f);
  const std::size_t share = kFloats / static_cast<std::size_t>(state.threads());
  const float* begin = memory.data() + share * static_cast<std::size_t>(state.thread_index());
  for (auto _ : state) {
    Floats sums[4] = {};
    for (std::size_t i = 0; i < share; i += 4 * kLanes) {
      for (int s = 0; s < 4; ++s) {
        sums[s] += *reinterpret_cast<const UnalignedFloats*>(begin + i + s * kLanes);
      }
    }
    benchmark::DoNotOptimize(sums);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(4 * share));
}
BENCHMARK(read_memory)->Threads(1)->Threads(2)->UseRealTime();

}  // namespace
