# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Toolchain file for a Cortex-M3 without an operating system (Debian: gcc-arm-none-eabi,
# libstdc++-arm-none-eabi-newlib).
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR cortex-m3)
set(CMAKE_CXX_COMPILER arm-none-eabi-g++)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)  # a program cannot be linked without a linker script

string(JOIN " " CMAKE_CXX_FLAGS_INIT
  -mcpu=cortex-m3 -mthumb -ffreestanding -fno-exceptions -fno-rtti
  -fno-threadsafe-statics                            # only main initialises statics
  -fno-unwind-tables -fno-asynchronous-unwind-tables
  -ffunction-sections -fdata-sections)
