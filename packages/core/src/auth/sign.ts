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
  readonly query: Pairs;
  /** Exactly the headers to sign. */
  readonly headers: Pairs;
  /** `start;end` in Unix seconds. */
  readonly keyTime: string;
}

/** The seven parts of a COS signature, in the order every SDK writes them. Values are not percent-encoded. */
export type SignatureFields = Pairs;

const HMAC_SHA1 = { name: "HMAC", hash: "SHA-1" };

/**
 * Signs XML API v5 requests (COS document 436/7778) on WebCrypto alone.
 *
 * SignKey depends on the secret and the key time only, so it is kept for as long as both stay the same:
 * that saves one HMAC and one key import per request.
 */
export class Signer {
  #secretKey = "";
  #keyTime = "";
  #hmacKey: Promise<CryptoKey> | undefined;

  /** The whole `Authorization` value. */
  async authorization(key: SigningKey, request: SignableRequest): Promise<string> {
    const fields = await this.fields(key, request);
    return fields.map(([name, value]) => `${name}=${value}`).join("&");
  }

  async fields(key: SigningKey, request: SignableRequest): Promise<SignatureFields> {
    const query = canonicalList(request.query);
    const headers = canonicalList(request.headers);
    const text = httpString(request.method, request.pathname, query, headers);
    const textSha1 = toHex(new Uint8Array(await crypto.subtle.digest("SHA-1", utf8(text))));
    const stringToSign = `sha1\n${request.keyTime}\n${textSha1}\n`;
    const signature = await hmac(await this.#signKey(key.SecretKey, request.keyTime), stringToSign);
    return [
      ["q-sign-algorithm", "sha1"],
      ["q-ak", key.SecretId],
      ["q-sign-time", request.keyTime],
      ["q-key-time", request.keyTime],
      ["q-header-list", headers.names],
      ["q-url-param-list", query.names],
      ["q-signature", signature],
    ];
  }

  #signKey(secretKey: string, keyTime: string): Promise<CryptoKey> {
    if (this.#hmacKey === undefined || secretKey !== this.#secretKey || keyTime !== this.#keyTime) {
      this.#secretKey = secretKey;
      this.#keyTime = keyTime;
      // The key of the second HMAC is the hex text of the first, not its bytes.
      this.#hmacKey = importKey(secretKey)
        .then((imported) => hmac(imported, keyTime))
        .then(importKey);
    }
    return this.#hmacKey;
  }
}

function importKey(text: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", utf8(text), HMAC_SHA1, false, ["sign"]);
}

async function hmac(key: CryptoKey, text: string): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8(text))));
}
