import type { Sha1 } from "@cosup/core/runtime";
import { plainSha1 } from "./plain-sha1.ts";

/**
 * What the first two requests of a program call: three for the first, two for each other. With eight requests, V8 would compile
 * the code for nothing: 10 ms.
 */
const CALLS_WITHOUT_CRYPTO = 5;

type Hash = typeof import("node:crypto").hash;

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 20;

/** The two padded keys of an HMAC (RFC 2104), with room for what is hashed behind each. */
interface PaddedKey {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

/**
 * SHA-1 in JavaScript for the first requests, then `node:crypto`'s: to load that is 5 ms of a program's start (a connection over
 * TLS needs it anyway), and it is four times as fast.
 */
export function createSha1(): Sha1 {
  const plain = plainSha1();
  let calls = 0;
  let native: Sha1 | undefined;
  const chosen = (): Sha1 => {
    calls += 1;
    if (calls <= CALLS_WITHOUT_CRYPTO) return plain;
    native ??= nativeSha1();
    return native;
  };
  return { digest: (text) => chosen().digest(text), hmac: (key, text) => chosen().hmac(key, text) };
}

/**
 * HMAC-SHA1 and SHA-1 by `crypto.hash` alone. A Hash or Hmac object for each request costs more in the garbage
 * collector than in hashing: with 1 MB parts, 30 ms of CPU per GB.
 */
function nativeSha1(): Sha1 {
  const { hash } = process.getBuiltinModule("node:crypto");
  let lastKey: string | undefined;
  let padded: PaddedKey | undefined;
  return {
    digest: (text) => hash("sha1", text),
    hmac: (key, text) => {
      // The same key for every request of five minutes.
      if (padded === undefined || key !== lastKey) {
        padded = padKey(key, hash);
        lastKey = key;
      }
      const bytes = Buffer.concat([padded.inner, Buffer.from(text, "utf8")]);
      padded.outer.write(hash("sha1", bytes, "binary"), BLOCK_BYTES, "latin1");
      return hash("sha1", padded.outer);
    },
  };
}

function padKey(key: string, hash: Hash): PaddedKey {
  const bytes = Buffer.from(key, "utf8");
  const short = bytes.length > BLOCK_BYTES ? Buffer.from(hash("sha1", bytes, "hex"), "hex") : bytes;
  const inner = Buffer.alloc(BLOCK_BYTES, 0x36);
  const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES, 0x5c);
  short.forEach((byte, at) => {
    inner[at] = byte ^ 0x36;
    outer[at] = byte ^ 0x5c;
  });
  return { inner, outer };
}
