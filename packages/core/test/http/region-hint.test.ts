import { describe, expect, test } from "vitest";
import { ServiceError } from "../../src/errors.ts";
import type { CosOptions } from "../../src/options.ts";
import { caughtAs } from "../support/caught.ts";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { cosResponse, errorDocument, proxyResponse, type Step, scriptedWire } from "../support/wire.ts";

async function hintOf(step: Step, options: CosOptions = {}): Promise<string | undefined> {
  const clock = new VirtualClock();
  const wire = scriptedWire(clock, [step, step, step]);
  const cos = clientOf(wire.runtime, clock, { backupDomain: false, ...options });
  return (await caughtAs(clock.run(cos.headObject({ Bucket, Key })), ServiceError)).hint;
}

const redirect = (location: string): Step => cosResponse(301, { location });
const BEIJING = "the bucket is in ap-beijing: give that Region instead of ap-guangzhou";

describe("the hint of a refusal", () => {
  test.each<[string, Step]>([
    ["a redirect to a host", redirect(`https://${Bucket}.cos.ap-beijing.myqcloud.com/exampleobject`)],
    ["a redirect to the backup domain", redirect(`http://${Bucket}.cos.ap-beijing.tencentcos.cn:80`)],
    ["a redirect to a host without a path", redirect("https://cos.ap-beijing.myqcloud.com")],
    ["the header of HEAD Bucket", cosResponse(404, { "x-cos-bucket-region": "ap-beijing" })],
    [
      "the endpoint of an error document",
      cosResponse(
        301,
        {},
        errorDocument("PermanentRedirect", "", `<Endpoint>${Bucket}.cos.ap-beijing.myqcloud.com</Endpoint>`),
      ),
    ],
  ])("names the region of %s", async (_name, step) => {
    expect(await hintOf(step)).toBe(BEIJING);
  });

  test("says what to change where the endpoint names no region", async () => {
    const step = redirect(`https://${Bucket}.cos.ap-beijing.myqcloud.com/`);
    const clock = new VirtualClock();
    const { runtime } = scriptedWire(clock, [step]);
    const cos = clientOf(runtime, clock, { Endpoint: "https://files.example", Region: undefined });
    const error = await caughtAs(clock.run(cos.headObject({ Bucket, Key })), ServiceError);
    expect(error.hint).toBe("the bucket is in ap-beijing: use an Endpoint of that region");
  });

  test.each<[string, Step, CosOptions?]>([
    ["the client's own region", redirect(`https://${Bucket}.cos.ap-guangzhou.myqcloud.com/other`)],
    ["the accelerated host", redirect(`https://${Bucket}.cos.accelerate.myqcloud.com/`)],
    ["a host that is not COS's", redirect("https://cos.ap-beijing.myqcloud.com.evil.example/")],
    ["a host that only ends like COS's", redirect("https://evilcos.ap-beijing.myqcloud.com/")],
    ["a proxy's page", proxyResponse(404)],
    ["text that is no region", cosResponse(404, { "x-cos-bucket-region": "Ap Beijing <b>" })],
    ["no region", cosResponse(404)],
    [
      "another region, to a client of the accelerated host",
      cosResponse(404, { "x-cos-bucket-region": "ap-beijing" }),
      { Region: "accelerate" },
    ],
  ])("names no region after %s", async (_name, step, options) => {
    expect(await hintOf(step, options)).toBeUndefined();
  });

  test("of a copy is about the region of the source", async () => {
    const clock = new VirtualClock();
    const wire = scriptedWire(clock, [cosResponse(404, { "x-cos-bucket-region": "ap-beijing" })]);
    const cos = clientOf(wire.runtime, clock, { Region: "ap-beijing", backupDomain: false });
    const CopySource = { Bucket, Key: "source", Region: "ap-shanghai" };
    const call = cos.copyObject({ Bucket, Key, CopySource });
    const { hint } = await caughtAs(clock.run(call), ServiceError);
    expect(hint).toBe("the bucket is in ap-beijing: give that Region instead of ap-shanghai");
  });
});
