import { describe, expect, test } from "vitest";
import { chooseProxy } from "../src/proxy-choice.ts";

const SECURE = "https://bucket-1.cos.ap-guangzhou.myqcloud.com";
const PLAIN = "http://bucket-1.cos.ap-guangzhou.myqcloud.com";

test.each<[string, Record<string, string>, string | undefined, string | undefined]>([
  ["nothing", {}, undefined, undefined],
  ["HTTPS_PROXY", { HTTPS_PROXY: "http://p:1" }, "http://p:1", undefined],
  ["http_proxy", { http_proxy: "http://p:1" }, undefined, "http://p:1"],
  ["ALL_PROXY", { ALL_PROXY: "http://p:1" }, "http://p:1", "http://p:1"],
  ["lower case first", { https_proxy: "http://p:1", HTTPS_PROXY: "http://q:2" }, "http://p:1", undefined],
  ["by scheme before all", { all_proxy: "http://p:1", http_proxy: "http://q:2" }, "http://p:1", "http://q:2"],
  ["empty means none", { https_proxy: "", HTTPS_PROXY: "http://q:2" }, undefined, undefined],
  ["no scheme is http", { HTTPS_PROXY: "proxy.example:3128" }, "http://proxy.example:3128", undefined],
  [
    "HTTP_PROXY of a CGI program is the client's",
    { REQUEST_METHOD: "GET", HTTP_PROXY: "http://p:1" },
    undefined,
    undefined,
  ],
  ["SOCKS", { ALL_PROXY: "socks5h://p:1" }, "socks5://p:1", "socks5://p:1"],
])("the environment's proxy: %s", (_, environment, secure, plain) => {
  const choice = chooseProxy(undefined, environment);
  expect([choice?.(SECURE), choice?.(PLAIN)]).toEqual([secure, plain]);
});

test.each<[string, string, boolean]>([
  ["*", SECURE, true],
  ["myqcloud.com", SECURE, true],
  [".myqcloud.com", SECURE, true],
  ["*.myqcloud.com", SECURE, true],
  ["MyQCloud.com", SECURE, true],
  ["qcloud.com", SECURE, false],
  ["other.example, myqcloud.com", SECURE, true],
  ["other.example myqcloud.com", SECURE, true],
  ["bucket-1.cos.ap-guangzhou.myqcloud.com:443", SECURE, true],
  ["bucket-1.cos.ap-guangzhou.myqcloud.com:80", SECURE, false],
  ["myqcloud.com:80", PLAIN, true],
  ["localhost:9000", "http://localhost:9000", true],
  ["localhost:9000", "http://localhost:9001", false],
  ["127.0.0.1", "http://127.0.0.1:9000", true],
  ["127.0.0.0/8", "http://127.9.9.9:9000", true],
  ["10.0.0.0/8", "http://127.0.0.1:9000", false],
  ["127.0.0.0/99", "http://127.0.0.1", false],
  ["::1", "http://[::1]:9000", true],
  ["[::1]:9000", "http://[::1]:9000", true],
  ["[::1]:9001", "http://[::1]:9000", false],
  ["fe80::/10", "http://[fe80::1]", true],
  ["0.0.1", "http://127.0.0.1", false],
  ["", SECURE, false],
])("NO_PROXY=%s and %s: direct is %s", (no_proxy, origin, direct) => {
  const choice = chooseProxy(undefined, { all_proxy: "http://p:1", no_proxy });
  expect(choice?.(origin)).toBe(direct ? undefined : "http://p:1");
});

test("`proxy` applies to every request; false and 'none' turn proxies off", () => {
  const environment = { all_proxy: "http://p:1", no_proxy: "*" };
  expect(chooseProxy("http://q:2", environment)?.(SECURE)).toBe("http://q:2");
  expect(chooseProxy(false, environment)).toBeUndefined();
  expect(chooseProxy("none", environment)).toBeUndefined();
});

test.each<[unknown]>([
  ["ftp://user:canary@p:1"],
  ["http://user:canary@:x"],
  ["http://u:50%canary@p:1"],
  [7],
  [true],
])("proxy: %s is refused, without its password", (proxy) => {
  try {
    chooseProxy(proxy as string, {});
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ parameter: "proxy" });
    expect(String(error)).toMatch(/^(Type|Range)Error: proxy: must be the URL of a proxy/);
    expect(String(error)).not.toContain("canary");
  }
});

describe("a variable that is not the URL of a proxy", () => {
  test.each<[Record<string, string>, string]>([
    [{ HTTPS_PROXY: "socks4://user:canary@p:1" }, "HTTPS_PROXY"],
    [{ all_proxy: "http://user:canary@ p:1" }, "all_proxy"],
    [{ https_proxy: "http://u:50%canary@p:1" }, "https_proxy"],
  ])("fails the requests that would use it, with one error that names it: %j", (environment, name) => {
    const choice = chooseProxy(undefined, environment);
    try {
      choice?.(SECURE);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "connect-failed", retryable: false });
      expect(String(error)).toContain(`${name}: must be the URL of a proxy`);
      expect(String(error)).not.toContain("canary");
    }
  });

  test("does not matter to requests that do not use it", () => {
    const environment = { ALL_PROXY: "socks4://p:1", HTTPS_PROXY: "http://q:2", no_proxy: "localhost" };
    const choice = chooseProxy(undefined, environment);
    expect([choice?.(SECURE), choice?.("http://localhost")]).toEqual(["http://q:2", undefined]);
  });
});

test("path and query of a proxy's URL are dropped, and socks: means socks5:", () => {
  expect(chooseProxy("http://u:p%40@p:1/path?x#a", {})?.(SECURE)).toBe("http://u:p%40@p:1");
  expect(chooseProxy(undefined, { ALL_PROXY: "socks://127.0.0.1:7891/" })?.(SECURE)).toBe(
    "socks5://127.0.0.1:7891",
  );
});
