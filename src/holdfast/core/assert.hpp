// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Contracts: mistakes of the programmer who uses Holdfast, never of a guest. Freestanding: a program
// without an operating system may define `holdfast::contract_violated` itself (it is a weak symbol).
#pragma once

namespace holdfast {

/// Called when a contract is broken; must not return. The default stops the program with the message.
[[noreturn]] void contract_violated(const char* condition, const char* message, const char* file, int line) noexcept;

}  // namespace holdfast

/// Checked in all builds: use it where the check is cheap.
#define HOLDFAST_ASSERT(condition, message)                                   \
  do {                                                                        \
    if (!(condition)) [[unlikely]]                                            \
      ::holdfast::contract_violated(#condition, message, __FILE__, __LINE__); \
  } while (false)

/// Checked in debug builds only.
#ifdef NDEBUG
#define HOLDFAST_DEBUG_ASSERT(condition, message) static_cast<void>(0)
#else
#define HOLDFAST_DEBUG_ASSERT(condition, message) HOLDFAST_ASSERT(condition, message)
#endif
