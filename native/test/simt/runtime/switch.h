#pragma once

namespace simt {

/// Where a fibre stopped: its stack pointer with the registers that a call preserves above it.
using Context = void*;

/// A stack that begins at `entry` when it is switched to for the first time.
Context first_context(void* stack_end, void (*entry)());

/// Saves this stack into `save` and goes on where `load` stopped.
extern "C" void simt_switch(Context* save, Context load);

}  // namespace simt
