// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Linear memory for a program without a C library. Every block has a size that its user remembers and gives back.
// Blocks are aligned to 16 bytes. Running out of memory is a trap, never a null pointer.
#pragma once

#include <stddef.h>

/// At least `size` bytes, contents unspecified. For a size of 0 an address that may not be read or written.
void* heap_allocate(size_t size);

/// Gives back a block that heap_allocate or heap_resize made for `size` bytes.
void heap_release(void* block, size_t size);

/// The same bytes in a block of another size; the old block is given back unless it is large enough.
void* heap_resize(void* block, size_t old_size, size_t new_size);
