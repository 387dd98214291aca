// ad_cuda_probe <library>: prints what dispatch::probe_library finds. A program of its own, because a broken
// driver may crash or hang whoever asks it, and because nothing of a process with threads may safely run
// between fork and exec.
#include <cstdio>

#include "dispatch/report.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::fputs(ad::dispatch::to_text(ad::dispatch::probe_library(argv[1])).c_str(), stdout);
  return 0;
}
