// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks of contracts. A broken contract is a mistake of the program that uses Holdfast, never of a guest.
// Freestanding: a program without an operating system may define `holdfast::contract_violated` itself (it is a weak
// symbol).
#pragma once

namespace holdfast {

/// Called when a contract is broken; must not return. The default prints the message and aborts the program, or
/// executes a trap instruction where there is no operating system.
[[noreturn]] void contract_violated(const char* condition, const char* message, const char* file, int line) noexcept;

}  // namespace holdfast

/// Checks `condition` in all builds; for cheap checks. `message` states the contract.
#define HOLDFAST_ASSERT(condition, message)                                   \
  do {                                                                        \
    if (!(condition)) [[unlikely]]                                            \
      ::holdfast::contract_violated(#condition, message, __FILE__, __LINE__); \
  } while (false)

/// Checks `condition` in debug builds only.
#ifdef NDEBUG
#define HOLDFAST_DEBUG_ASSERT(condition, message) static_cast<void>(0)
#else
#define HOLDFAST_DEBUG_ASSERT(condition, message) HOLDFAST_ASSERT(condition, message)
#endif
