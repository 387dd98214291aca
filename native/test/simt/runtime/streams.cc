#include "streams.h"

#include <algorithm>

#include "settings.h"

namespace simt {

std::recursive_mutex& device_lock() {
  static std::recursive_mutex mutex;
  return mutex;
}

Streams& Streams::get() {
  static Streams& streams = *new Streams;
  return streams;
}

Streams::Streams() : random_(settings().seed) {
  create(true);
}

cudaStream_t Streams::create(bool follows_default) {
  streams_.push_back(std::make_unique<CUstream_st>());
  streams_.back()->follows_default = follows_default;
  return streams_.back().get();
}

bool Streams::known(cudaStream_t stream) const {
  return stream == nullptr || std::any_of(streams_.begin(), streams_.end(), [&](const auto& each) {
           return each.get() == stream && !each->destroyed;
         });
}

bool Streams::known_event(cudaEvent_t event) const {
  return std::any_of(events_.begin(), events_.end(), [&](const auto& each) { return each.get() == event; });
}

// What it still holds runs later, as on the device.
void Streams::destroy(cudaStream_t stream) {
  stream->destroyed = true;
}

cudaEvent_t Streams::create_event() {
  events_.push_back(std::make_unique<CUevent_st>());
  return events_.back().get();
}

void Streams::destroy_event(cudaEvent_t event) {
  // A record of it that has not run yet writes the time into it.
  if (event->stream != nullptr) complete_to(event->stream, event->number);
  events_.erase(
      std::find_if(events_.begin(), events_.end(), [&](const auto& each) { return each.get() == event; }));
}

unsigned long long Streams::enqueue(cudaStream_t stream, std::function<void()> work) {
  real(stream)->queue.push_back({next_, std::move(work)});
  return next_++;
}

void Streams::wait_event(cudaStream_t stream, cudaEvent_t event) {
  if (event->stream == nullptr) return;
  real(stream)->queue.push_back({next_++, [] {}, event->stream, event->number});
}

void Streams::record(cudaEvent_t event, cudaStream_t stream) {
  const auto number = enqueue(stream, [event] { event->reached = std::chrono::steady_clock::now(); });
  event->stream = real(stream);
  event->number = number;
}

bool Streams::idle(cudaStream_t stream) const {
  return real(stream)->queue.empty();
}

// What the head of `stream` has to wait for, or null: the event it names, and the default stream's rule, by
// which what is given to it stands between all that was given before and all that is given after.
CUstream_st* Streams::blocker(const CUstream_st* stream, unsigned long long& number) const {
  const auto& head = stream->queue.front();
  if (head.after_stream != nullptr && !head.after_stream->has_done(head.after)) {
    number = head.after;
    return head.after_stream;
  }
  CUstream_st* first = streams_.front().get();
  number = head.number - 1;
  if (stream != first) return stream->follows_default && !first->has_done(number) ? first : nullptr;
  for (const auto& other : streams_) {
    if (other.get() != first && other->follows_default && !other->has_done(number)) return other.get();
  }
  return nullptr;
}

void Streams::run_head(CUstream_st* stream) {
  const auto work = std::move(stream->queue.front().work);
  work();
  stream->queue.pop_front();
}

void Streams::run_others() {
  while (random_.coin(2)) {
    CUstream_st* other = streams_[random_.below(streams_.size())].get();
    unsigned long long number = 0;
    if (!other->queue.empty() && blocker(other, number) == nullptr) run_head(other);
  }
}

void Streams::complete_to(CUstream_st* stream, unsigned long long number) {
  while (!stream->has_done(number)) {
    unsigned long long first = 0;
    if (CUstream_st* other = blocker(stream, first)) complete_to(other, first);
    run_others();
    if (!stream->has_done(number) && blocker(stream, first) == nullptr) run_head(stream);
  }
}

void Streams::complete(cudaStream_t stream) {
  complete_to(real(stream), next_ - 1);
}

void Streams::complete_all() {
  for (const auto& stream : streams_) complete_to(stream.get(), next_ - 1);
}

std::string Streams::leaks() const {
  const auto alive =
      std::count_if(streams_.begin() + 1, streams_.end(), [](const auto& each) { return !each->destroyed; });
  if (alive == 0 && events_.empty()) return "";
  return std::to_string(alive) + " streams, " + std::to_string(events_.size()) + " events";
}

}  // namespace simt
