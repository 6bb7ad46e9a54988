// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A plugin of the world `demo:store/plugin` in C. A blob owns its bytes and one bucket of the host.
#include "canonical_abi.h"
#include "heap.h"

struct Blob {
  Handle bucket;       ///< owned
  struct Bytes bytes;  ///< owned
};

/// Takes over `bytes`.
static struct Blob* make_blob(struct Bytes bytes) {
  static const char name[] = "blobs";
  struct Blob* blob = heap_allocate(sizeof *blob);
  blob->bucket = kv_bucket_constructor(name, sizeof name - 1);
  blob->bytes = bytes;
  return blob;
}

/// Appends a copy of `added`, then stores all bytes in the bucket. Traps on an error: `write` cannot report one.
static void append(struct Blob* blob, struct Bytes added) {
  static const char key[] = "last";
  struct Bytes* bytes = &blob->bytes;
  size_t size;
  if (__builtin_add_overflow(bytes->size, added.size, &size)) __builtin_trap();
  bytes->data = heap_resize(bytes->data, bytes->size, size);
  __builtin_memcpy(bytes->data + bytes->size, added.data, added.size);
  bytes->size = size;

  struct StatusOrText status;
  kv_bucket_set(blob->bucket, key, sizeof key - 1, bytes->data, bytes->size, &status);
  if (status.is_error) __builtin_trap();
}

/// Returns a copy of the first `n` bytes.
static struct Bytes copy_of(struct Bytes bytes, size_t n) {
  struct Bytes copy = {heap_allocate(n), n};
  __builtin_memcpy(copy.data, bytes.data, n);
  return copy;
}

Handle blobs_blob_constructor(uint8_t* init, size_t init_size) {
  return blob_new(make_blob((struct Bytes){init, init_size}));
}

void blobs_blob_write(struct Blob* self, uint8_t* bytes, size_t bytes_size) {
  append(self, (struct Bytes){bytes, bytes_size});
  heap_release(bytes, bytes_size);
}

struct Bytes* blobs_blob_read(struct Blob* self, uint32_t n) {
  struct Bytes* result = heap_allocate(sizeof *result);
  *result = copy_of(self->bytes, n < self->bytes.size ? n : self->bytes.size);
  return result;
}

/// The host calls this after it has read the result.
void blobs_blob_read_done(struct Bytes* result) {
  heap_release(result->data, result->size);
  heap_release(result, sizeof *result);
}

/// This function owns both handles and drops them, which destroys their blobs and buckets.
Handle blobs_blob_merge(Handle lhs, Handle rhs) {
  const struct Blob* left = blob_representation(lhs);
  const struct Blob* right = blob_representation(rhs);
  struct Blob* merged = make_blob(copy_of(left->bytes, left->bytes.size));
  append(merged, right->bytes);
  blob_drop(lhs);
  blob_drop(rhs);
  return blob_new(merged);
}

void blobs_blob_destructor(struct Blob* representation) {
  kv_bucket_drop(representation->bucket);
  heap_release(representation->bytes.data, representation->bytes.size);
  heap_release(representation, sizeof *representation);
}

/// Blocks of the heap are aligned to 16 bytes, more than any type of the Canonical ABI needs.
void* cabi_realloc(void* old, size_t old_size, size_t alignment, size_t new_size) {
  (void)alignment;
  return heap_resize(old, old_size, new_size);
}
