// Addition of sha256 digests modulo 2^256: the combination behind the multiset part of the content hash. Unlike XOR it
// tells one row from three equal ones.

export interface Sum256 {
  add(digest: Uint8Array): void;
  /** 32 bytes, least significant first. */
  bytes(): Uint8Array;
}

export function createSum256(): Sum256 {
  const words = new Uint32Array(8);
  return {
    add(digest) {
      const view = new DataView(digest.buffer, digest.byteOffset, 32);
      let carry = 0;
      for (let i = 0; i < 8; i++) {
        const sum = (words[i] ?? 0) + view.getUint32(i * 4, true) + carry;
        words[i] = sum;
        carry = sum > 0xffffffff ? 1 : 0;
      }
    },
    bytes() {
      const out = new Uint8Array(32);
      const view = new DataView(out.buffer);
      for (const [i, word] of words.entries()) view.setUint32(i * 4, word, true);
      return out;
    },
  };
}
