import type { Sha1 } from "../runtime/sha1.ts";
import { toHex } from "../text/hex.ts";
import { utf8 } from "../text/utf8.ts";
import { canonicalList, httpString, type Pairs } from "./canonical.ts";

export interface SigningKey {
  readonly SecretId: string;
  readonly SecretKey: string;
}

export interface SignableRequest {
  readonly method: string;
  /** Decoded: `/` and the raw key. */
  readonly pathname: string;
  /** All query parameters of the request: each is signed. */
  readonly query: Pairs;
  /** Exactly the headers to sign: `signedHeaders()` chooses them. */
  readonly headers: Pairs;
  /** `start;end` in Unix seconds. */
  readonly keyTime: string;
}

const HMAC_SHA1 = { name: "HMAC", hash: "SHA-1" };

/**
 * Signs XML API v5 requests (COS document 436/7778) with WebCrypto, or with the runtime's synchronous SHA-1 where it has
 * one: on Node each WebCrypto call costs 85 µs of thread switches, 9 % of an upload's CPU with parts of 1 MB.
 *
 * SignKey depends only on the secret and the key time, so it is kept as long as both stay the same: that saves one HMAC
 * and one key import per request.
 */
export class Signer {
  readonly #sha1: Sha1 | undefined;
  readonly #signKey = new KeptKey<string>();
  readonly #hmacKey = new KeptKey<Promise<CryptoKey>>();

  constructor(sha1?: Sha1) {
    this.#sha1 = sha1;
  }

  /**
   * The value of the `Authorization` header: the seven fields of a signature in the order that every SDK writes, not
   * percent-encoded. At once where the runtime has a synchronous SHA-1.
   */
  authorization(key: SigningKey, request: SignableRequest): string | Promise<string> {
    const { keyTime } = request;
    const query = canonicalList(request.query);
    const headers = canonicalList(request.headers);
    const text = httpString(request.method, request.pathname, query, headers);
    const value = (signature: string): string =>
      `q-sign-algorithm=sha1&q-ak=${key.SecretId}&q-sign-time=${keyTime}&q-key-time=${keyTime}&q-header-list=${headers.names}&q-url-param-list=${query.names}&q-signature=${signature}`;
    return this.#sha1 === undefined
      ? this.#byWebCrypto(key.SecretKey, keyTime, text).then(value)
      : value(this.#bySha1(this.#sha1, key.SecretKey, keyTime, text));
  }

  #bySha1(sha1: Sha1, secretKey: string, keyTime: string, text: string): string {
    const signKey = this.#signKey.get(secretKey, keyTime, () => sha1.hmac(secretKey, keyTime));
    return sha1.hmac(signKey, stringToSign(keyTime, sha1.digest(text)));
  }

  async #byWebCrypto(secretKey: string, keyTime: string, text: string): Promise<string> {
    const hmacKey = this.#hmacKey.get(secretKey, keyTime, () =>
      // The key of the second HMAC is the hex text of the first, not its bytes.
      importKey(secretKey)
        .then((imported) => hmac(imported, keyTime))
        .then(importKey),
    );
    const digest = toHex(new Uint8Array(await crypto.subtle.digest("SHA-1", utf8(text))));
    return hmac(await hmacKey, stringToSign(keyTime, digest));
  }
}

/** The key that was derived from the last secret and key time. */
class KeptKey<T> {
  #last: { readonly secretKey: string; readonly keyTime: string; readonly key: T } | undefined;

  get(secretKey: string, keyTime: string, derive: () => T): T {
    if (this.#last?.secretKey !== secretKey || this.#last.keyTime !== keyTime)
      this.#last = { secretKey, keyTime, key: derive() };
    return this.#last.key;
  }
}

function stringToSign(keyTime: string, digest: string): string {
  return `sha1\n${keyTime}\n${digest}\n`;
}

/** @internal its type is not known to every program: without a browser's types, Node's have no global `CryptoKey` */
export function importKey(text: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", utf8(text), HMAC_SHA1, false, ["sign"]);
}

/** HMAC-SHA1 as lower-case hex. @internal as {@link importKey} */
export async function hmac(key: CryptoKey, text: string): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8(text))));
}
