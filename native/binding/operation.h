#pragma once

#include <napi.h>

#include <functional>

#include "ad/run.h"
#include "ad/status.h"
#include "binding/arguments.h"
#include "dispatch/target.h"

namespace ad::binding {

/// The kernel call, on a thread of libuv: everything heavy goes from there to the kernels' own pool.
using Work = std::function<Status(const Run&)>;
/// Makes the promise's value once the work is done, on the JavaScript thread. Without one the value is
/// undefined.
using Finish = std::function<Napi::Value(Napi::Env)>;

/// Where a call shall compute: info[1] is `{ device, deviceMemory? }` besides what start() reads of it.
dispatch::Target target_of(const Napi::CallbackInfo& info);

/// Starts `work` with the arrays of `arguments` pinned; info[1] is `{ token, threads, onProgress? }`.
/// The promise resolves with what `finish` makes, or rejects with an Error whose `status` is a code of
/// ad/status.h.
Napi::Value start(const Napi::CallbackInfo& info, Arguments& arguments, Work work, Finish finish = {});

}  // namespace ad::binding
