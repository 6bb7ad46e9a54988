// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An allocator for a program without a C library. The user of a block remembers its size and passes it to
// heap_release. Blocks are aligned to 16 bytes. Running out of memory traps; no function returns a null pointer.
#pragma once

#include <stddef.h>

/// Allocates at least `size` bytes with unspecified contents. For a size of 0, returns an address that must not be read
/// or written.
void* heap_allocate(size_t size);

/// Releases a block that heap_allocate or heap_resize returned for `size` bytes.
void heap_release(void* block, size_t size);

/// Returns a block of `new_size` bytes with the same contents, which may be the old block. Otherwise releases that one.
void* heap_resize(void* block, size_t old_size, size_t new_size);
