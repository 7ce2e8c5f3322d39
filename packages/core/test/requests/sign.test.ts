import { describe, expect, test } from "vitest";
import type { CosOptions } from "../../src/options.ts";
import { caught } from "../support/caught.ts";
import { authorization, Bucket, clientOf, Key, SecretId, SecretKey } from "../support/client.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { cosResponse, fakeWire, refusal, scriptedWire } from "../support/wire.ts";

function rig(options: CosOptions = {}) {
  const clock = new VirtualClock();
  const wire = scriptedWire(clock, [cosResponse(200)]);
  return { clock, wire, cos: clientOf(wire.runtime, clock, options) };
}

describe("sign()", () => {
  test("returns the URL and the headers of the request, and sends nothing", async () => {
    const { clock, wire, cos } = rig();
    const { url, headers } = await clock.run(
      cos.sign({
        Method: "PUT",
        Bucket,
        Key: "a b",
        Query: { acl: "", n: 1 },
        Headers: { "Content-Type": "text/plain ", "X-Other": "1" },
      }),
    );
    expect(url).toBe(`https://${Bucket}.cos.ap-guangzhou.myqcloud.com/a%20b?acl=&n=1`);
    expect(Object.keys(headers).sort()).toEqual(["authorization", "content-type", "x-other"]);
    expect(headers["content-type"]).toBe("text/plain");
    expect(authorization(headers)).toMatchObject({
      "q-ak": SecretId,
      "q-header-list": "content-type;host",
      "q-url-param-list": "acl;n",
      "q-signature": expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    expect(JSON.stringify(headers)).not.toContain(SecretKey);
    expect(wire.sent).toHaveLength(0);
  });

  test("is for the bucket when there is no key", async () => {
    const { clock, cos } = rig();
    const { url } = await clock.run(cos.sign({ Method: "GET", Bucket }));
    expect(url).toBe(`https://${Bucket}.cos.ap-guangzhou.myqcloud.com/`);
  });

  test.each<[number | undefined, number]>([
    [undefined, 900],
    [5, 5],
  ])("is valid from a minute ago, for Expires %s", async (Expires, seconds) => {
    const { clock, cos } = rig();
    const { headers } = await clock.run(cos.sign({ Method: "GET", Bucket, Expires }));
    const now = Math.floor(clock.now() / 1000);
    expect(authorization(headers)["q-sign-time"]).toBe(`${now - 60};${now + seconds}`);
  });

  test.each([0, -1, 31_536_001, 1.5, Number.NaN, "soon"])("refuses Expires %s", async (Expires) => {
    const { cos } = rig();
    const error = await caught(cos.sign({ Method: "GET", Bucket, Expires: Expires as number }));
    expect(error).toMatchObject({ parameter: "Expires" });
  });

  test("is valid for as long as a year, by COS's clock once that is known", async () => {
    const clock = new VirtualClock();
    const ahead = 3_600_000;
    const date = (): string => new Date(clock.now() + ahead).toUTCString();
    const wire = fakeWire(clock, () =>
      wire.sent.length === 1
        ? refusal(403, "RequestTimeTooSkewed", "", { date: date() })
        : cosResponse(204, { date: date() }),
    );
    const cos = clientOf(wire.runtime, clock);
    await clock.run(cos.deleteObject({ Bucket, Key }));
    const { headers } = await clock.run(cos.sign({ Method: "GET", Bucket, Expires: 31_536_000 }));
    const now = Math.floor((clock.now() + ahead) / 1000);
    expect(authorization(headers)["q-sign-time"]).toBe(`${now - 60};${now + 31_536_000}`);
  });

  test("has the token of temporary credentials, signed", async () => {
    const { clock, cos } = rig({ Token: "token" });
    const { headers } = await clock.run(cos.sign({ Method: "GET", Bucket, Key }));
    expect(headers["x-cos-security-token"]).toBe("token");
    expect(authorization(headers)["q-header-list"]).toBe("host;x-cos-security-token");
  });

  test("waits for a provider of credentials, until the signal aborts", async () => {
    const controller = new AbortController();
    const { clock, cos } = rig({ credentials: () => new Promise(() => {}) });
    const call = cos.sign({ Method: "GET", Bucket, signal: controller.signal });
    clock.timer(10, () => controller.abort("stop"));
    await expect(clock.run(call)).rejects.toBe("stop");
  });

  test("signs the length and the MD5 of a body that is given", async () => {
    const { clock, cos } = rig();
    const Headers = { "Content-Length": "1", "Content-MD5": "ndTkYSaMgDT1yFZOFVxnpg==" };
    const { headers } = await clock.run(cos.sign({ Method: "PUT", Bucket, Key, Headers }));
    expect(authorization(headers)["q-header-list"]).toBe("content-length;content-md5;host");
  });

  test.each(["Authorization", "HOST", "x-cos-security-token", "Transfer-Encoding"])(
    "refuses the header %s, by its name",
    async (name) => {
      const { cos } = rig();
      const error = await caught(cos.sign({ Method: "GET", Bucket, Headers: { [name]: "x" } }));
      expect(error).toMatchObject({ name: "RangeError", parameter: "Headers" });
      expect(String(error)).toContain(name);
    },
  );
});
