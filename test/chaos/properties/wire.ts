import fc from "fast-check";
import { canonicalList } from "../../../packages/core/src/auth/canonical.ts";
import { Signer } from "../../../packages/core/src/auth/sign.ts";
import { signedHeaders } from "../../../packages/core/src/auth/signed-headers.ts";
import { ArgumentRangeError } from "../../../packages/core/src/errors.ts";
import { Endpoint } from "../../../packages/core/src/http/endpoint.ts";
import { checkKey, keyPath } from "../../../packages/core/src/params/key.ts";
import { authenticate } from "../../../packages/emulator/src/auth/authenticate.ts";
import { withDefaults } from "../../../packages/emulator/src/options.ts";
import { locate } from "../../../packages/emulator/src/request/address.ts";
import { Query } from "../../../packages/emulator/src/request/query.ts";
import { SHA1 } from "../simulation/sha1.ts";
import { holds } from "./parts.ts";
import { type Property, property } from "./property.ts";

const keys = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40, unit: "binary" }),
  fc.string({ minLength: 1, maxLength: 40, unit: "grapheme" }),
  fc
    .array(fc.constantFrom(".", "..", "a", "", "%2F", "%2e", "a b", "ü", "?", "#", "+", "&", "*", "'"), {
      minLength: 1,
      maxLength: 8,
    })
    .map((segments) => segments.join("/")),
);

function isKey(key: string): boolean {
  try {
    checkKey(key);
    return true;
  } catch (error) {
    if (error instanceof ArgumentRangeError) return false;
    throw error;
  }
}

export const keyEscaping: Property = property(
  "a key comes back from the URL that every parser makes of it",
  keys,
  (key) => {
    if (!isKey(key)) return;
    const url = new URL(`https://host/${keyPath(key)}`);
    holds(decodeURIComponent(url.pathname.slice(1)) === key, "decoded");
    holds(url.search === "" && url.hash === "", "nothing of it is a query");
    holds(new URL(url.href).href === url.href, "parsed again");
  },
);

const names = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/);
const values = fc.stringMatching(/^[\x21-\x7e]([\x20-\x7e]{0,20}[\x21-\x7e])?$/);
const pairs = fc.uniqueArray(fc.tuple(names, values), {
  maxLength: 8,
  selector: ([name]) => name.toLowerCase(),
});

export const canonicalHeaders: Property = property(
  "a canonical list is sorted, does not depend on the order given, and loses nothing",
  fc.record({ list: pairs, seed: fc.nat() }),
  ({ list, seed }) => {
    const canonical = canonicalList(list);
    const turned = [...list.slice(seed % (list.length + 1)), ...list.slice(0, seed % (list.length + 1))];
    holds(canonicalList(turned).text === canonical.text, "independent of the order");
    const names = canonical.names === "" ? [] : canonical.names.split(";");
    holds(
      names.every((name, index) => index === 0 || (names[index - 1] ?? "") < name),
      "sorted",
    );
    const read = new Map(
      canonical.text === ""
        ? []
        : canonical.text
            .split("&")
            .map((pair) => pair.split("=", 2).map(decodeURIComponent) as [string, string]),
    );
    holds(
      list.every(([name, value]) => read.get(name.toLowerCase()) === value),
      "complete",
    );
    holds(read.size === list.length, "nothing added");
  },
);

const NOW = 1_700_000_000_000;
const SECRET = { SecretId: "id", SecretKey: "key" };
const settings = withDefaults({
  data: "unused",
  buckets: ["b-1"],
  credentials: [{ secretId: SECRET.SecretId, secretKey: SECRET.SecretKey }],
  now: () => NOW,
});
const signer = new Signer(SHA1);
const endpoint = new Endpoint(undefined, "ap-guangzhou", "https");
const signable = names.map((name) => `x-cos-meta-${name.toLowerCase()}`);

export const signatures: Property = property(
  "the emulator, which shares no code with the signer, accepts every signature, and none with a byte changed",
  fc.record({
    key: keys,
    query: fc.uniqueArray(fc.tuple(names, fc.string({ maxLength: 12 })), {
      maxLength: 4,
      selector: ([name]) => name.toLowerCase(),
    }),
    headers: fc.dictionary(signable, values, { maxKeys: 5 }),
    method: fc.constantFrom("GET", "PUT", "POST", "HEAD", "DELETE"),
  }),
  async ({ key, query, headers, method }) => {
    if (!isKey(key) || query.some(([, value]) => !value.isWellFormed())) return;
    const address = endpoint.address("b-1", key, query, false);
    const seconds = NOW / 1000;
    const authorization = await signer.authorization(SECRET, {
      method,
      pathname: address.pathname,
      query,
      headers: [...signedHeaders(headers), ["host", address.host]],
      keyTime: `${seconds - 60};${seconds + 600}`,
    });
    holds(accepted(method, address.url, { ...headers, authorization }), "accepted");
    holds(
      !accepted(method === "PUT" ? "POST" : "PUT", address.url, { ...headers, authorization }),
      "another method is refused",
    );
  },
);

function accepted(method: string, url: string, given: Readonly<Record<string, string>>): boolean {
  const { host, pathname, search } = new URL(url);
  const headers = new Map(Object.entries({ ...given, host }));
  const address = locate(`${pathname}${search}`, host, { single: "b-1" });
  try {
    return (
      authenticate({ method, address, query: new Query(address.query), headers }, settings).kind === "signed"
    );
  } catch {
    return false;
  }
}
