#include "dispatch/probe.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

extern char** environ;

namespace ad::dispatch {
namespace {

using Clock = std::chrono::steady_clock;

DeviceReport failure(DeviceState state, const std::string& reason) {
  DeviceReport report;
  report.state = state;
  report.reason = reason;
  return report;
}

/// Starts the program with its standard output on `out`, and with signals as a fresh process has them.
/// posix_spawn rather than fork: between fork and exec a copy of a threaded process may hold locks that
/// nobody will release.
int start(const std::string& program, const std::string& library, int out, pid_t& child) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::string name = program, argument = library;
  char* arguments[] = {name.data(), argument.data(), nullptr};
  const int error = posix_spawn(&child, program.c_str(), &files, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return error;
}

/// Reads to the end of the pipe; false once the time is up.
bool read_all(int from, Clock::time_point deadline, std::string& text) {
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    pollfd wait{from, POLLIN, 0};
    const int ready = poll(&wait, 1, static_cast<int>(left));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    char buffer[4096];
    const ssize_t count = read(from, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return true;
    text.append(buffer, static_cast<std::size_t>(count));
  }
}

/// Waits for the child's end; false once the time is up.
bool wait_for(pid_t child, Clock::time_point deadline, int& status) {
  while (true) {
    const pid_t ended = waitpid(child, &status, WNOHANG);
    if (ended == child || (ended < 0 && errno != EINTR)) return true;
    if (Clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace

DeviceReport run_probe(const std::string& program, const std::string& library,
                       std::chrono::milliseconds timeout) {
  int ends[2];
  if (pipe(ends) != 0) {
    return failure(DeviceState::failed,
                   std::string("no pipe for the probe program: ") + std::strerror(errno));
  }
  // What else the process starts meanwhile shall not keep the pipe open.
  for (const int end : ends) fcntl(end, F_SETFD, FD_CLOEXEC);
  const auto deadline = Clock::now() + timeout;
  pid_t child = 0;
  const int error = start(program, library, ends[1], child);
  close(ends[1]);
  if (error != 0) {
    close(ends[0]);
    return failure(DeviceState::bad_library,
                   "the probe program " + program + " could not be started: " + std::strerror(error));
  }
  std::string text;
  int status = 0;
  const bool in_time = read_all(ends[0], deadline, text) && wait_for(child, deadline, status);
  close(ends[0]);
  if (!in_time) {
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return failure(DeviceState::timed_out,
                   "the driver gave no answer within " + std::to_string(timeout.count()) + " ms");
  }
  if (WIFSIGNALED(status)) {
    return failure(DeviceState::crashed, std::string("the driver or the library crashed when asked: ") +
                                             strsignal(WTERMSIG(status)));
  }
  return from_text(text);
}

}  // namespace ad::dispatch
