// Warp collectives: a meeting is complete when every lane that the mask names is there or has returned.
#include <algorithm>

#include "block.h"
#include "fault.h"
#include "sanitizers.h"

namespace simt {
namespace {

std::uint64_t join(Collective kind, std::uint64_t a, std::uint64_t b) {
  const auto left = static_cast<std::int64_t>(a), right = static_cast<std::int64_t>(b);
  switch (kind) {
    case Collective::add:
      return a + b;
    case Collective::minimum:
      return static_cast<std::uint64_t>(std::min(left, right));
    case Collective::maximum:
      return static_cast<std::uint64_t>(std::max(left, right));
    case Collective::bit_and:
      return a & b;
    case Collective::bit_or:
      return a | b;
    default:
      return a ^ b;
  }
}

template <class F>
void for_lanes(unsigned lanes, F body) {
  for (int lane = 0; lane < 32; ++lane) {
    if (lanes >> lane & 1) body(lane);
  }
}

}  // namespace

std::uint64_t Block::collective(Collective kind, unsigned mask, std::uint64_t mine, int source, Place at) {
  Thread& self = thread();
  if (!(mask >> lane() & 1))
    fault("the calling lane is not in the mask of its collective, " + place(at.file, at.line));
  self.kind = kind;
  self.mask = mask;
  self.mine = mine;
  self.source = source & 31;
  self.place = at;
  self.state = State::at_collective;
  Warp& warp = warps_[current_ / 32];
  ++warp.waiting;
  // A shuffle or a vote hands over its value and orders nothing else: only __syncwarp() does.
  const bool orders = kind == Collective::sync;
  const int leader = __builtin_ctz(mask);
  void* tag = &warp.tags[leader][warp.turns[leader] & 1];
  if (orders) happens_before(tag);
  // The last to come does not go first every time.
  if (!try_collective(current_) || random_.coin(2)) suspend();
  if (orders) happens_after(tag);
  return self.result;
}

bool Block::try_collective(int i) {
  const Thread& self = *threads_[i];
  const Warp& warp = warps_[i / 32];
  if (warp.waiting + warp.gone < __builtin_popcount(self.mask)) return false;
  const int first = i & ~31;
  unsigned lanes = 0;
  bool all_here = true;
  for_lanes(self.mask, [&](int lane) {
    if (first + lane >= count_) return;
    const Thread& other = *threads_[first + lane];
    if (other.state == State::exited) return;
    // Another mask is not this meeting: where masks are wrong, the block ends in a deadlock and says so.
    if (other.state != State::at_collective || other.mask != self.mask) {
      all_here = false;
      return;
    }
    if (other.kind != self.kind || !(other.place == self.place)) {
      fault("lanes of one warp meet at different collectives: " + describe(self) + ", " + describe(other));
    }
    lanes |= 1u << lane;
  });
  if (all_here) finish_collective(first, lanes);
  return all_here;
}

void Block::finish_collective(int first, unsigned lanes) {
  combine(first, lanes);
  Warp& warp = warps_[first / 32];
  warp.waiting -= __builtin_popcount(lanes);
  ++warp.turns[__builtin_ctz(threads_[first + __builtin_ctz(lanes)]->mask)];
  for_lanes(lanes, [&](int lane) { threads_[first + lane]->state = State::ready; });
}

void Block::combine(int first, unsigned lanes) {
  const auto at = [&](int lane) -> Thread& { return *threads_[first + lane]; };
  const int leader = __builtin_ctz(lanes);
  unsigned votes = 0;
  std::uint64_t joined = at(leader).mine;
  for_lanes(lanes, [&](int lane) {
    if (at(lane).mine != 0) votes |= 1u << lane;
    if (lane != leader) joined = join(at(lane).kind, joined, at(lane).mine);
  });
  for_lanes(lanes, [&](int lane) {
    Thread& self = at(lane);
    switch (self.kind) {
      case Collective::sync:
        break;
      case Collective::shuffle:
        if (!(lanes >> self.source & 1)) {
          fault("a shuffle reads lane " + std::to_string(self.source) +
                ", which does not take part: " + describe(self));
        }
        self.result = at(self.source).mine;
        break;
      case Collective::ballot:
        self.result = votes;
        break;
      case Collective::any:
        self.result = votes != 0;
        break;
      case Collective::all:
        self.result = votes == lanes;
        break;
      case Collective::match:
        self.result = 0;
        for_lanes(lanes,
                  [&](int other) { self.result |= std::uint64_t{at(other).mine == self.mine} << other; });
        break;
      default:
        self.result = joined;
    }
  });
}

std::uint64_t collective(Collective kind, unsigned mask, std::uint64_t mine, int source, const char* file,
                         int line) {
  return current_block()->collective(kind, mask, mine, source, {file, line});
}

}  // namespace simt
