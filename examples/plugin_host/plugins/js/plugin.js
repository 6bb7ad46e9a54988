// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A plugin of the world `demo:store/plugin` (wit/world.wit) in JavaScript. jco makes a component from it that contains
// the QuickJS engine: see build.sh.
import { Bucket } from 'demo:store/kv@0.1.0';

function concatenate(left, right) {
  const whole = new Uint8Array(left.length + right.length);
  whole.set(left, 0);
  whole.set(right, left.length);
  return whole;
}

class Blob {
  constructor(init) {
    this.bytes = Uint8Array.from(init);
    this.bucket = new Bucket('blobs');
  }

  write(bytes) {
    this.bytes = concatenate(this.bytes, bytes);
    this.bucket.set('last', this.bytes);
  }

  read(n) {
    return this.bytes.slice(0, n);
  }

  // With componentize-qjs 0.4.5 the guest panics before this runs, because of a defect there. The demo shows the trap.
  static merge(lhs, rhs) {
    const merged = new Blob(lhs.bytes);
    merged.write(rhs.bytes);
    return merged;
  }
}

export const blobs = { Blob };
