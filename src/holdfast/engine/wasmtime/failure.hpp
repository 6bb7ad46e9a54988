// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Converts the engine's errors and traps to one-line messages, backtraces and HostError. Used only after failures.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "holdfast/diagnostics/host_error.hpp"
#include "holdfast/engine/wasmtime/handles.hpp"

namespace holdfast::engine::wasmtime {

/// The parts of the engine's message, one line each: first the attempted operation, then the causes, innermost last.
/// Leaves out backtraces. Never empty.
std::vector<std::string> message_chain(std::string_view text);

/// All parts of the chain, joined into one line.
std::string message_of(const wasmtime_error_t& error);

/// The innermost part of the chain, without the prefix "wasm trap: ".
std::string cause_of(const wasmtime_error_t& error);
std::string cause_of(const wasm_trap_t& trap);

/// The frames, innermost first. The engine keeps only the 20 innermost frames.
std::vector<Frame> frames_of(const wasmtime_error_t& error);
std::vector<Frame> frames_of(const wasm_trap_t& trap);

/// An error about a binary: its message is the innermost cause, and its offset is the one at the end of that cause.
HostError invalid_binary(const wasmtime_error_t& error);

/// An error about text: its message is the first line of `error`, with line and column.
HostError invalid_text(const wasmtime_error_t& error);

}  // namespace holdfast::engine::wasmtime
