import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { isIP } from "node:net";
import {
  bits,
  explicit,
  identifier,
  implicit,
  integer,
  octets,
  sequence,
  set,
  text,
  time,
  yes,
} from "./der.ts";

const DAY_MS = 86_400_000;
/** What clients accept at most is 398 days. */
const VALID_DAYS = 397;
const ECDSA_WITH_SHA256 = sequence(identifier("1.2.840.10045.4.3.2"));
const COMMON_NAME = "2.5.4.3";

/** What a server needs for TLS, and what its clients must trust. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
  /** The certificate of the authority that has signed it. Its key is gone: it can sign no other. */
  readonly ca: string;
}

interface Holder {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/**
 * Makes a certificate for a server (RFC 5280, ECDSA P-256), and an authority for it alone.
 * @param hosts DNS names, with `*` as the first label at most, and addresses
 * @param now milliseconds since the epoch
 */
export function createServerCertificate(hosts: readonly string[], now: number): ServerCertificate {
  const authority = holder("cosup emulator, authority of one start");
  const server = holder("cosup emulator");
  const caExtensions = [
    extension("2.5.29.19", sequence(yes()), "critical"),
    // keyCertSign
    extension("2.5.29.15", bits(Buffer.of(0b0000_0100), 2), "critical"),
    extension("2.5.29.14", octets(keyIdOf(authority))),
  ];
  const serverExtensions = [
    extension("2.5.29.19", sequence(), "critical"),
    // digitalSignature
    extension("2.5.29.15", bits(Buffer.of(0b1000_0000), 7), "critical"),
    // serverAuth
    extension("2.5.29.37", sequence(identifier("1.3.6.1.5.5.7.3.1"))),
    extension("2.5.29.35", sequence(implicit(0, keyIdOf(authority)))),
    extension("2.5.29.17", sequence(...hosts.map(alternativeName))),
  ];
  return {
    key: server.privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    cert: certificate(server, authority, serverExtensions, now),
    ca: certificate(authority, authority, caExtensions, now),
  };
}

function holder(name: string): Holder {
  return { name, ...generateKeyPairSync("ec", { namedCurve: "prime256v1" }) };
}

function certificate(subject: Holder, issuer: Holder, extensions: readonly Buffer[], now: number): string {
  const serial = randomBytes(16);
  // Not 0 at the beginning, which would be a form that is not the shortest.
  serial[0] = (serial[0] ?? 0) | 1;
  const signed = sequence(
    explicit(0, integer(Buffer.of(2))),
    integer(serial),
    ECDSA_WITH_SHA256,
    nameOf(issuer),
    sequence(time(now - DAY_MS), time(now + VALID_DAYS * DAY_MS)),
    nameOf(subject),
    spkiOf(subject),
    explicit(3, sequence(...extensions)),
  );
  const whole = sequence(signed, ECDSA_WITH_SHA256, bits(sign("sha256", signed, issuer.privateKey)));
  const lines = whole.toString("base64").replace(/.{64}/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${lines.trimEnd()}\n-----END CERTIFICATE-----\n`;
}

function nameOf({ name }: Holder): Buffer {
  return sequence(set(sequence(identifier(COMMON_NAME), text(name))));
}

function spkiOf({ publicKey }: Holder): Buffer {
  return publicKey.export({ type: "spki", format: "der" });
}

/** Any bytes that tell keys apart: RFC 7093. */
function keyIdOf(subject: Holder): Buffer {
  return createHash("sha256").update(spkiOf(subject)).digest().subarray(0, 20);
}

function extension(id: string, value: Buffer, critical?: "critical"): Buffer {
  return sequence(identifier(id), ...(critical === undefined ? [] : [yes()]), octets(value));
}

function alternativeName(given: string): Buffer {
  // The zone of an address is known to this machine alone.
  const [host = ""] = given.split("%");
  return isIP(host) === 0 ? implicit(2, Buffer.from(host, "latin1")) : implicit(7, addressBytes(host));
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split(".").map(Number));
  // Of `::` forms, the URL parser makes the shortest one; here all eight groups are needed.
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const groups = (part: string | undefined): string[] => (part ? part.split(":") : []);
  const zeros = Array<string>(8 - groups(head).length - groups(tail).length).fill("0");
  const all = [...groups(head), ...(tail === undefined ? [] : zeros), ...groups(tail)];
  return Buffer.from(all.map((group) => group.padStart(4, "0")).join(""), "hex");
}
