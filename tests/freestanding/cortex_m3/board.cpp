// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs a Cortex-M3 from its reset to the end of the tests: vector table, memory, constructors, and semihosting, which
// passes text and the exit code to an emulator or a debugger. Uses no operating system, and from newlib only memcpy and
// its relatives.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "check.hpp"
#include "console.hpp"
#include "holdfast/core/assert.hpp"

// Symbols that the linker script (mps2_an385.ld) defines.
extern "C" {
extern std::uint32_t stack_end;
extern std::uint32_t data_load;
extern std::uint32_t data_begin;
extern std::uint32_t data_end;
extern std::uint32_t bss_begin;
extern std::uint32_t bss_end;
extern void (*const constructors_begin)();
extern void (*const constructors_end)();
}

namespace {

// Semihosting operations (Arm's "Semihosting for AArch32 and AArch64").
enum class Operation : std::uint32_t { write0 = 0x04, exit_extended = 0x20 };

void semihost(Operation operation, const void* argument) noexcept {
  asm volatile(
      "mov r0, %[operation]\n\t"
      "mov r1, %[argument]\n\t"
      "bkpt 0xab"
      :
      : [operation] "r"(operation), [argument] "r"(argument)
      : "r0", "r1", "memory");
}

[[noreturn]] void leave(std::uint32_t exit_code) noexcept {
  constexpr std::uint32_t application_exit = 0x20026;
  const std::uint32_t arguments[] = {application_exit, exit_code};
  semihost(Operation::exit_extended, arguments);
  while (true) {
  }
}

[[noreturn]] void fault() {
  holdfast::freestanding::write("processor fault\n");
  leave(3);
}

[[noreturn]] void reset() {
  std::memcpy(&data_begin, &data_load, sizeof data_load * static_cast<std::size_t>(&data_end - &data_begin));
  std::memset(&bss_begin, 0, sizeof bss_begin * static_cast<std::size_t>(&bss_end - &bss_begin));
  for (auto constructor = &constructors_begin; constructor != &constructors_end; ++constructor) (*constructor)();
  leave(holdfast::freestanding::run_all_tests() == 0 ? 0 : 1);
}

struct VectorTable {
  std::uint32_t* initial_stack;
  void (*handlers[15])();
};

}  // namespace

extern "C" [[gnu::section(".vectors"), gnu::used]] const VectorTable vectors{
    &stack_end,
    {reset, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault}};

namespace holdfast {

void freestanding::write(const char* text) noexcept { semihost(Operation::write0, text); }

void contract_violated(const char*, const char* message, const char*, int) noexcept {
  freestanding::write("contract violated: ");
  freestanding::write(message);
  freestanding::write("\n");
  leave(2);
}

}  // namespace holdfast

// The compiler refers to this function in the vtables of abstract classes.
extern "C" void __cxa_pure_virtual() { fault(); }

// Registers destructors of static objects to run at exit. The program on a board never exits, so this does nothing.
extern "C" {
void* __dso_handle = nullptr;
int __aeabi_atexit(void*, void (*)(void*), void*) { return 0; }
}
