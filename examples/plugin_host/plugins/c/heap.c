// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The size of a block is a power of two, at least 16 bytes. Each size has a list of free blocks. New blocks are cut
// from the end of memory, which grows by pages of 64 KiB.
#include "heap.h"

#include <stdint.h>

enum { smallest_class = 4, largest_class = 30, page_size = 65536, nowhere = 16 };

struct FreeBlock {
  struct FreeBlock* next;
};

static struct FreeBlock* free_blocks[largest_class + 1];

/// The end of static data and the stack. The linker sets the symbol's address; it has no value.
extern unsigned char __heap_base;
static uintptr_t heap_end;  ///< 0 until the first block is cut

/// The base 2 logarithm of the size of the block that holds `size` bytes.
static unsigned size_class(size_t size) {
  if (size > (size_t)1 << largest_class) __builtin_trap();
  return size <= (size_t)1 << smallest_class ? smallest_class : 32U - (unsigned)__builtin_clz((unsigned)size - 1);
}

static void* cut_fresh_block(size_t size) {
  if (heap_end == 0) heap_end = ((uintptr_t)&__heap_base + 15U) & ~(uintptr_t)15U;
  const size_t available = (size_t)__builtin_wasm_memory_size(0) * page_size - heap_end;
  if (size > available) {
    const size_t pages = (size - available + page_size - 1) / page_size;
    if (__builtin_wasm_memory_grow(0, pages) == SIZE_MAX) __builtin_trap();
  }
  void* block = (void*)heap_end;
  heap_end += size;
  return block;
}

void* heap_allocate(size_t size) {
  if (size == 0) return (void*)nowhere;
  const unsigned index = size_class(size);
  struct FreeBlock* block = free_blocks[index];
  if (block == NULL) return cut_fresh_block((size_t)1 << index);
  free_blocks[index] = block->next;
  return block;
}

void heap_release(void* block, size_t size) {
  if (size == 0) return;
  const unsigned index = size_class(size);
  struct FreeBlock* freed = block;
  freed->next = free_blocks[index];
  free_blocks[index] = freed;
}

void* heap_resize(void* block, size_t old_size, size_t new_size) {
  if (old_size != 0 && new_size != 0 && size_class(old_size) == size_class(new_size)) return block;
  void* moved = heap_allocate(new_size);
  __builtin_memcpy(moved, block, old_size < new_size ? old_size : new_size);
  heap_release(block, old_size);
  return moved;
}

/// The compiler calls this by name. The loop must not be turned back into a call: see -fno-builtin in CMakeLists.txt.
void* memcpy(void* restrict to, const void* restrict from, size_t size) {
  unsigned char* target = to;
  const unsigned char* source = from;
  for (size_t i = 0; i < size; ++i) target[i] = source[i];
  return to;
}
