// Runs every seeded fault of this build in a process of its own, with several orders of threads, until it is
// caught, and its mended form with all of them, which must pass. Exit code 1 where a fault escapes or a
// mended program is accused.
#include <sys/wait.h>

#include "seeded.h"

std::vector<SeededFault>& seeded_faults() {
  static std::vector<SeededFault> faults;
  return faults;
}

namespace {

constexpr int kSeeds = 6;

struct Outcome {
  int code;
  std::string text;
};

Outcome run(const std::string& self, const SeededFault& fault, bool mended, int seed) {
  const std::string command = "SIMT_SEED=" + std::to_string(seed) + " SIMT_WORKERS=2 '" + self + "' " +
                              fault.name + (mended ? " mended" : " fault") + " 2>&1";
  Outcome out{0, ""};
  FILE* pipe = popen(command.c_str(), "r");
  char part[4096];
  while (std::size_t n = std::fread(part, 1, sizeof part, pipe)) out.text.append(part, n);
  const int status = pclose(pipe);
  out.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return out;
}

std::string line_with(const std::string& text, const std::string& words) {
  const std::size_t at = text.find(words);
  const std::size_t start = text.rfind('\n', at) + 1;
  return text.substr(start, text.find('\n', at) - start);
}

bool check(const std::string& self, const SeededFault& fault) {
  bool right = true;
  for (int seed = 0; seed < kSeeds / 2; ++seed) {
    const Outcome outcome = run(self, fault, true, seed);
    if (outcome.code == 0) continue;
    std::printf("%-28s ACCUSED where mended, seed %d:\n%s\n", fault.name, seed, outcome.text.c_str());
    right = false;
  }
  for (int seed = 0; seed < kSeeds; ++seed) {
    const Outcome outcome = run(self, fault, false, seed);
    if (outcome.code == 0 || outcome.text.find(fault.expected) == std::string::npos) {
      if (seed + 1 == kSeeds) std::printf("%-28s ESCAPED:\n%s\n", fault.name, outcome.text.c_str());
      continue;
    }
    std::printf("%-28s seed %d: %s\n", fault.name, seed, line_with(outcome.text, fault.expected).c_str());
    return right;
  }
  return false;
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 3) {
    for (const SeededFault& fault : seeded_faults()) {
      if (fault.name != std::string(arguments[1])) continue;
      fault.run(arguments[2] == std::string("mended"));
      return 0;
    }
    return 2;
  }
  std::size_t caught = 0;
  for (const SeededFault& fault : seeded_faults()) caught += check(arguments[0], fault);
  std::printf("%s: %zu of %zu seeded faults are caught\n", AD_SIMT_BUILD, caught, seeded_faults().size());
  return caught == seeded_faults().size() && caught > 0 ? 0 : 1;
}
