import { expect, test } from "vitest";
import { tunnel } from "../src/proxies.ts";
import { transportFailure } from "../src/transport-error.ts";
import type { Dispatcher } from "../src/undici.ts";

const failing = (error: Error) => tunnel(() => Promise.reject(error));
const dispatcher = {} as Dispatcher;
const options: Dispatcher.ConnectOptions = { origin: "https://cos.example", path: "cos.example:443" };

test("a tunnel that is not made is a failed connection, in words that name the proxy", async () => {
  const broken = Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" });
  const error = await failing(broken)
    .call(dispatcher, options)
    .catch((failure: Error) => failure);
  expect(error).toMatchObject({
    code: "ERR_PROXY_TUNNEL",
    message: expect.stringContaining("the proxy ended"),
  });
  expect(transportFailure(error)).toBe("connect");
});

test("any other failure of a tunnel is passed on unchanged", async () => {
  const refused = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
  expect(
    await failing(refused)
      .call(dispatcher, options)
      .catch((error: Error) => error),
  ).toBe(refused);
});
