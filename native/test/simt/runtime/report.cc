// What a block says of itself when it cannot go on.
#include <map>

#include "block.h"
#include "fault.h"

namespace simt {
namespace {

template <class T>
std::string triple(const T& v) {
  return "(" + std::to_string(v.x) + ", " + std::to_string(v.y) + ", " + std::to_string(v.z) + ")";
}

std::string mask_text(unsigned mask) {
  char text[16];
  std::snprintf(text, sizeof text, "0x%08x", mask);
  return text;
}

}  // namespace

std::string Block::where() const {
  std::string text = kernel_name(launch_->kernel) + ", block " + triple(index_);
  if (current_ >= 0) text += ", thread " + triple(threads_[current_]->index);
  return text;
}

std::string Block::describe(const Thread& thread) const {
  switch (thread.state) {
    case State::ready:
      return "ready";
    case State::at_barrier:
      return "at the barrier " + place(thread.place.file, thread.place.line);
    case State::at_collective:
      return "at the warp collective " + place(thread.place.file, thread.place.line) + " with mask " +
             mask_text(thread.mask);
    case State::exited:
      return "returned";
  }
  return "";
}

void Block::report_deadlock() const {
  std::map<std::string, std::pair<int, const Thread*>> groups;
  for (int i = 0; i < count_; ++i) {
    auto& [count, first] = groups[describe(*threads_[i])];
    if (++count == 1) first = threads_[i].get();
  }
  std::string text = "deadlock:";
  for (const auto& [what, group] : groups) {
    text += (text.back() == ':' ? " " : "; ") + std::to_string(group.first) + " threads " + what +
            " (first " + triple(group.second->index) + ")";
  }
  fault(text);
}

}  // namespace simt
