// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Between the operating system's description of files and WASI's. No state.
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

/// Errors: what the system says.
FileResult<struct stat> status_of(int descriptor) noexcept;
/// Of the entry `name`, itself when it is a link.
FileResult<struct stat> status_at(int directory, const char* name) noexcept;

/// For utimensat. Errors: invalid for a second or more of nanoseconds, overflow for a time that the system cannot say.
FileResult<std::array<timespec, 2>> new_times(const NewTimestamp& access, const NewTimestamp& modification) noexcept;

}  // namespace holdfast::wasi
