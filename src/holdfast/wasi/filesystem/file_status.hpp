// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Translates between the operating system's description of files and WASI's. No state.
#pragma once

#include <array>
#include <ctime>
#include <sys/stat.h>

#include "holdfast/wasi/filesystem/filesystem_error.hpp"
#include "holdfast/wasi/filesystem/filesystem_types.hpp"

namespace holdfast::wasi {

DescriptorType descriptor_type(mode_t mode) noexcept;

/// Times before 1970 are left out.
DescriptorStat descriptor_stat(const struct stat& status) noexcept;

/// The status of an open file. Errors: those of the system.
FileResult<struct stat> status_of(int descriptor) noexcept;
/// The status of the entry `name`; of the link itself if it is one. Errors: those of the system.
FileResult<struct stat> status_at(int directory, const char* name) noexcept;

/// The times for utimensat. Errors: invalid for 10^9 nanoseconds or more; overflow for a time that the system cannot
/// represent.
FileResult<std::array<timespec, 2>> new_times(const NewTimestamp& access, const NewTimestamp& modification) noexcept;

}  // namespace holdfast::wasi
