// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the engine's errors and traps to ours: one-line messages, backtraces. Only failing paths come here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "holdfast/diagnostics/host_error.hpp"
#include "holdfast/engine/wasmtime/handles.hpp"

namespace holdfast::engine::wasmtime {

/// The engine's message as its parts: what was attempted, then the causes, the innermost last; one line each.
/// Backtraces are left out. Never empty.
std::vector<std::string> message_chain(std::string_view text);

/// All parts of the chain, joined to one line.
std::string message_of(const wasmtime_error_t& error);

/// The innermost part of the chain, without the words "wasm trap: ".
std::string cause_of(const wasmtime_error_t& error);
std::string cause_of(const wasm_trap_t& trap);

/// Innermost first. The engine keeps the innermost 20 of them.
std::vector<Frame> frames_of(const wasmtime_error_t& error);
std::vector<Frame> frames_of(const wasm_trap_t& trap);

/// An error about a binary: the innermost cause, and the offset that it ends with as the error's offset.
HostError invalid_binary(const wasmtime_error_t& error);

/// An error about text: its first line, with line and column.
HostError invalid_text(const wasmtime_error_t& error);

}  // namespace holdfast::engine::wasmtime
