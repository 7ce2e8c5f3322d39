import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { WireRequest, WireResponse } from "@cosup/core/runtime";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type ExchangeEvent, watchedExchange } from "../src/exchange-channel.ts";
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

it("is published only while somebody has subscribed", async () => {
  const response = Promise.resolve({ status: 200, headers: wireHeaders({}) } as WireResponse);
  await watchedExchange(request("https://h/k"), response);
  unsubscribe("cosup:exchange", note);
  await watchedExchange(request("https://h/k"), response);
  expect(seen.length).toBe(1);
});

it("publishes the headers of both sides without secrets", async () => {
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
  const response = { status: 200, headers } as WireResponse;
  await watchedExchange(
    request("https://h/k", { ...secrets, "content-length": "5" }),
    Promise.resolve(response),
  );
  expect(JSON.stringify(seen)).not.toContain("SECRET");
  expect(seen[0]).toMatchObject({
    method: "PUT",
    status: 200,
    requestHeaders: { authorization: "(hidden)", "content-length": "5" },
    responseHeaders: { etag: '"e"', "set-cookie": "(hidden)" },
  });
});

it("hides the signature and the token of a URL, and nothing else of it", async () => {
  const failure = Promise.reject(new Error("no response"));
  const path = "k?prefix=a&q-ak=AKID&q-signature=SECRET&x-cos-security-token=SECRET";
  await expect(watchedExchange(request(`https://h/${path}`), failure)).rejects.toThrow("no response");
  expect(seen[0]).toMatchObject({
    url: "https://h/k?prefix=a&q-ak=AKID&q-signature=(hidden)&x-cos-security-token=(hidden)",
    status: undefined,
  });
});
