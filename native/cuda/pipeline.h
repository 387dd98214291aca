#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <vector>

#include "cuda/arena.h"
#include "cuda/transfer.h"

namespace ad::cuda {

/// Items that go through the device in chunks, in two lanes: while one lane computes, the other's results
/// come back and its next items go out.
class Pipeline {
 public:
  static constexpr int kLanes = 2;

  /// `stage_bytes` of all arrays together decide how many items make a chunk; at most `most`.
  Pipeline(std::size_t items, std::size_t bytes_per_item, std::size_t most = SIZE_MAX)
      : items_(items),
        chunk_(std::clamp<std::size_t>(kStageBytes / std::max<std::size_t>(bytes_per_item, 1), 1,
                                       std::max<std::size_t>(1, std::min(items, most)))) {}

  std::size_t chunk() const { return chunk_; }
  /// Lanes that will be used.
  int lanes() const { return items_ > chunk_ ? kLanes : 1; }

  /// An array of `bytes_per_item` for each item, in both lanes. Returns its number.
  std::size_t input(ArenaPlan& plan, const void* host, std::size_t bytes_per_item) {
    return add(plan, host, nullptr, bytes_per_item);
  }
  std::size_t output(ArenaPlan& plan, void* host, std::size_t bytes_per_item) {
    return add(plan, nullptr, host, bytes_per_item);
  }

  template <class T>
  T* device(const Arena& arena, std::size_t array, int lane) const {
    return reinterpret_cast<T*>(arena.at(arrays_[array].blocks[lane]));
  }

  /// work(stream, lane, first, count) starts what is to be done with items first .. first + count - 1, whose
  /// inputs are in the lane's device arrays and whose outputs belong there.
  template <class Work>
  void run(const Arena& arena, const Call& call, Work work) {
    std::unique_ptr<Lane> lanes[kLanes];
    for (int i = 0; i < this->lanes(); ++i) lanes[i] = std::make_unique<Lane>(pinned_bytes());
    std::size_t chunks = 0;
    for (std::size_t first = 0; first < items_; first += chunk_, ++chunks) {
      call.throw_if_cancelled();
      call.report(static_cast<double>(first) / static_cast<double>(items_));
      const int i = static_cast<int>(chunks % kLanes);
      Lane& lane = *lanes[i];
      collect(lane);
      lane.first = first;
      lane.count = std::min(chunk_, items_ - first);
      send(arena, lane, i);
      work(static_cast<cudaStream_t>(lane.stream), i, first, lane.count);
      fetch(arena, lane, i);
      lane.done.record(lane.stream);
    }
    // In the order in which they were started.
    for (std::size_t i = 0; i < kLanes; ++i) {
      if (Lane* lane = lanes[(chunks + i) % kLanes].get()) collect(*lane);
    }
    call.report(1);
  }

 private:
  struct Array {
    const void* from;
    void* to;
    std::size_t bytes;
    Block<unsigned char> blocks[kLanes];
  };
  struct Lane {
    explicit Lane(std::size_t bytes) : pinned(bytes) {}
    Pinned pinned;
    Stream stream;
    Event done;
    std::size_t first = 0, count = 0;
  };

  std::size_t add(ArenaPlan& plan, const void* from, void* to, std::size_t bytes) {
    Array array{from, to, bytes, {}};
    for (int i = 0; i < lanes(); ++i) array.blocks[i] = plan.add<unsigned char>(bytes * chunk_);
    arrays_.push_back(array);
    return arrays_.size() - 1;
  }

  std::size_t pinned_bytes() const {
    std::size_t bytes = 0;
    for (const Array& array : arrays_) bytes += array.bytes * chunk_;
    return bytes;
  }

  void send(const Arena& arena, Lane& lane, int i) const {
    std::size_t offset = 0;
    for (const Array& array : arrays_) {
      unsigned char* const stage = lane.pinned.data() + offset;
      offset += array.bytes * chunk_;
      if (array.from == nullptr) continue;
      const std::size_t bytes = lane.count * array.bytes;
      std::memcpy(stage, static_cast<const unsigned char*>(array.from) + lane.first * array.bytes, bytes);
      check(cudaMemcpyAsync(arena.at(array.blocks[i]), stage, bytes, cudaMemcpyHostToDevice, lane.stream),
            "copying to the device");
    }
  }

  void fetch(const Arena& arena, Lane& lane, int i) const {
    std::size_t offset = 0;
    for (const Array& array : arrays_) {
      unsigned char* const stage = lane.pinned.data() + offset;
      offset += array.bytes * chunk_;
      if (array.to == nullptr) continue;
      check(cudaMemcpyAsync(stage, arena.at(array.blocks[i]), lane.count * array.bytes,
                            cudaMemcpyDeviceToHost, lane.stream),
            "copying from the device");
    }
  }

  /// Waits for the lane's chunk, if it has one, and hands its outputs over.
  void collect(Lane& lane) const {
    if (lane.count == 0) return;
    lane.done.wait();
    std::size_t offset = 0;
    for (const Array& array : arrays_) {
      const unsigned char* const stage = lane.pinned.data() + offset;
      offset += array.bytes * chunk_;
      if (array.to == nullptr) continue;
      std::memcpy(static_cast<unsigned char*>(array.to) + lane.first * array.bytes, stage,
                  lane.count * array.bytes);
    }
    lane.count = 0;
  }

  std::size_t items_;
  std::size_t chunk_;
  std::vector<Array> arrays_;
};

}  // namespace ad::cuda
