import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { WireRequest } from "@cosup/core/runtime";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type ExchangeEvent, isExchangeWatched, publishExchange } from "../src/exchange-channel.ts";
import { wireHeaders } from "../src/wire-response.ts";

const seen: ExchangeEvent[] = [];
const note = (event: unknown): void => void seen.push(event as ExchangeEvent);
beforeEach(() => subscribe("cosup:exchange", note));
afterEach(() => {
  unsubscribe("cosup:exchange", note);
  seen.length = 0;
});

const request = (url: string, headers: Record<string, string> = {}): WireRequest =>
  ({ method: "PUT", url, headers }) as unknown as WireRequest;

it("is watched only while somebody has subscribed", () => {
  expect(isExchangeWatched()).toBe(true);
  unsubscribe("cosup:exchange", note);
  expect(isExchangeWatched()).toBe(false);
});

it("publishes the headers of both sides without secrets", () => {
  const secrets = {
    authorization: "q-sign-algorithm=sha1&q-signature=SECRET",
    "proxy-authorization": "SECRET",
    "x-cos-security-token": "SECRET",
    "x-cos-server-side-encryption-customer-key": "SECRET",
    "x-cos-server-side-encryption-customer-key-md5": "SECRET",
    "x-cos-copy-source-server-side-encryption-customer-key": "SECRET",
    cookie: "SECRET",
  };
  const headers = wireHeaders({ etag: '"e"', "set-cookie": ["SECRET", "SECRET"] });
  publishExchange(request("https://h/k", { ...secrets, "content-length": "5" }), {
    status: 200,
    headers,
  } as never);
  expect(JSON.stringify(seen)).not.toContain("SECRET");
  expect(seen[0]).toMatchObject({
    method: "PUT",
    status: 200,
    requestHeaders: { authorization: "(hidden)", "content-length": "5" },
    responseHeaders: { etag: '"e"', "set-cookie": "(hidden)" },
  });
});

it("hides the signature and the token of a URL, and nothing else of it", () => {
  publishExchange(
    request("https://h/k?prefix=a&q-ak=AKID&q-signature=SECRET&x-cos-security-token=SECRET"),
    undefined,
  );
  expect(seen[0]).toMatchObject({
    url: "https://h/k?prefix=a&q-ak=AKID&q-signature=(hidden)&x-cos-security-token=(hidden)",
    status: undefined,
  });
});
