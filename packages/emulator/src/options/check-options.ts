import { LINK } from "../link/link-options.ts";
import { BUCKET_NAME } from "../request/address.ts";
import type { EmulatorOptions } from "../types.ts";
import { checkCredentials } from "./check-credentials.ts";
import { checkNames, checkValue, isPlainObject, OptionTypeError, type Rule } from "./option-errors.ts";

const isBoolean = (value: unknown): boolean => typeof value === "boolean";
const isFunction = (value: unknown): boolean => typeof value === "function";
const isText = (value: unknown): boolean => typeof value === "string";
const isNumber = (value: unknown): boolean => typeof value === "number";

const FLAG: Rule = { accepted: "true or false", type: isBoolean };
const FUNCTION: Rule = { accepted: "a function", type: isFunction };
const PEM: Rule = { accepted: "text of the form PEM", type: isText, secret: true };
const BUCKET: Rule = {
  accepted: 'a name of the form name-appid, such as "demo-1250000000"',
  type: isText,
  range: (name: string) => BUCKET_NAME.test(name),
};
const HOST_NAME: Rule = { accepted: "a host name", type: isText, range: (name: string) => name !== "" };

const RULES: Readonly<Record<keyof EmulatorOptions, Rule>> = {
  data: { accepted: "the path of a directory", type: isText, range: (path: string) => path !== "" },
  buckets: { accepted: "an array of names of the form name-appid", type: Array.isArray, items: BUCKET },
  credentials: { accepted: "an array of { secretId, secretKey }", type: Array.isArray, secret: true },
  port: {
    accepted: "a whole number from 0 to 65535",
    type: isNumber,
    range: (port: number) => Number.isInteger(port) && port >= 0 && port <= 65_535,
  },
  host: {
    accepted: "an address without brackets, or a host name",
    type: isText,
    range: (host: string) => host !== "" && !/[[\]]/.test(host),
  },
  tls: {
    accepted: "true, false, or { key, cert } as PEM",
    type: (tls) => isBoolean(tls) || isPlainObject(tls),
    fields: { key: PEM, cert: PEM },
    secret: true,
  },
  region: {
    accepted: 'a region such as "ap-guangzhou"',
    type: isText,
    range: (region: string) => /^[a-z0-9-]+$/.test(region),
  },
  minPartSize: {
    accepted: "a whole number of bytes, 0 or more",
    type: isNumber,
    range: (bytes: number) => Number.isSafeInteger(bytes) && bytes >= 0,
  },
  allowChunkedParts: FLAG,
  anonymous: FLAG,
  cors: FLAG,
  fsync: FLAG,
  now: FUNCTION,
  log: FUNCTION,
  onRequest: FUNCTION,
  middleware: { accepted: "an array of functions", type: Array.isArray, items: FUNCTION },
  faults: {
    accepted: "true, false, an array of instructions, or for startEmulator() the path of a JSON file",
    type: (faults) => isBoolean(faults) || Array.isArray(faults),
  },
  link: LINK,
  controlToken: {
    accepted: "8 or more printable ASCII characters without spaces",
    type: isText,
    range: (token: string) => /^[\x21-\x7e]{8,}$/.test(token),
    secret: true,
  },
  controlHosts: { accepted: "an array of host names", type: Array.isArray, items: HOST_NAME },
  sleep: FUNCTION,
};

/** Addresses that only this machine can reach. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/i;

/** Throws an OptionTypeError or an OptionRangeError that names the first wrong option. */
export function checkOptions(options: EmulatorOptions): void {
  checkNames("", options, Object.keys(RULES));
  for (const [name, rule] of Object.entries(RULES)) {
    const value = options[name as keyof EmulatorOptions];
    if (value !== undefined) checkValue(name, value, rule);
  }
  const { credentials = [], host } = options;
  if (host !== undefined && !LOOPBACK.test(host) && options.credentials === undefined) {
    throw new OptionTypeError(
      "credentials",
      `is missing; with host ${host}, which others may reach, there are no default keys`,
    );
  }
  for (const [index, pair] of credentials.entries()) checkCredentials(`credentials[${index}]`, pair);
}
