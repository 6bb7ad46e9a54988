// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The world `demo:store/plugin` (wit/world.wit) as core functions, as a bindings generator would write them. Names,
// core signatures and the memory layout of results follow the Canonical ABI (CanonicalABI.md, "Flattening", "Storing").
//
// The memory of a list parameter comes from cabi_realloc and belongs to the function that receives it.
#pragma once

#include <stddef.h>
#include <stdint.h>

#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))

/// A handle: an index in this instance's handle table. 0 means no handle.
typedef int32_t Handle;

/// list<u8> or string, as it is stored in memory.
struct Bytes {
  uint8_t* data;
  size_t size;
};

/// result<_, string>, as it is stored in memory.
struct StatusOrText {
  uint8_t is_error;
  struct Bytes error;  ///< only when is_error is 1
};
_Static_assert(sizeof(struct StatusOrText) == 12 && offsetof(struct StatusOrText, error) == 4,
               "the Canonical ABI puts a string after the case byte at its own alignment");

// import demo:store/kv
#define KV "demo:store/kv@0.1.0"
IMPORT(KV, "[constructor]bucket") Handle kv_bucket_constructor(const char* name, size_t name_size);
IMPORT(KV, "[method]bucket.set")
void kv_bucket_set(Handle self, const char* key, size_t key_size, const uint8_t* value, size_t value_size,
                   struct StatusOrText* result);
IMPORT(KV, "[resource-drop]bucket") void kv_bucket_drop(Handle own);

// export demo:store/blobs: this plugin implements its resource type, so it may use the built-ins for that type
#define BLOBS "demo:store/blobs@0.1.0"
struct Blob;
IMPORT("[export]" BLOBS, "[resource-new]blob") Handle blob_new(struct Blob* representation);
IMPORT("[export]" BLOBS, "[resource-rep]blob") struct Blob* blob_representation(Handle handle);
IMPORT("[export]" BLOBS, "[resource-drop]blob") void blob_drop(Handle own);

EXPORT(BLOBS "#[constructor]blob") Handle blobs_blob_constructor(uint8_t* init, size_t init_size);
EXPORT(BLOBS "#[method]blob.write") void blobs_blob_write(struct Blob* self, uint8_t* bytes, size_t bytes_size);
EXPORT(BLOBS "#[method]blob.read") struct Bytes* blobs_blob_read(struct Blob* self, uint32_t n);
EXPORT("cabi_post_" BLOBS "#[method]blob.read") void blobs_blob_read_done(struct Bytes* result);
EXPORT(BLOBS "#[static]blob.merge") Handle blobs_blob_merge(Handle lhs, Handle rhs);
EXPORT(BLOBS "#[dtor]blob") void blobs_blob_destructor(struct Blob* representation);

/// The host calls this to allocate memory for the values that it lowers into this instance.
EXPORT("cabi_realloc") void* cabi_realloc(void* old, size_t old_size, size_t alignment, size_t new_size);
