import type { CosOptions } from "@cosup/core";
import { bodyOf } from "../simulation/body.ts";
import { call } from "../simulation/call.ts";
import type { ExchangeRecord } from "../simulation/exchange-record.ts";
import { judge } from "../simulation/oracle.ts";
import { pick } from "../simulation/pick.ts";
import { type Rig, UNIT } from "../simulation/rig.ts";
import { SECRET_ID, SECRET_KEY, TOKEN } from "../simulation/secrets.ts";
import { BUCKET } from "../simulation/service.ts";
import { content, type Scenario } from "./scenario.ts";

/** Temporary credentials. Each set is valid for a number of requests. */
export class ShortLived {
  /** The most requests that arrived with one set after it had expired. */
  mostWasted = 0;
  handedOut = 0;
  readonly #rig: Rig;
  readonly #uses = new Map<string, number>();
  #asking = 0;

  constructor(
    rig: Rig,
    readonly lifetime: number,
  ) {
    this.#rig = rig;
    rig.service.credentials.length = 0;
    rig.network.listeners.add((instant, record) => {
      if (instant === "served") this.#served(record);
    });
  }

  readonly provider: NonNullable<CosOptions["credentials"]> = async () => {
    this.#asking += 1;
    if (this.#asking > 1) this.#rig.fail("credentials were asked for twice at once");
    await this.#rig.clock.sleep(this.#rig.random.between(1, 50));
    this.#asking -= 1;
    this.handedOut += 1;
    const Token = `${TOKEN}${this.handedOut}`;
    this.#rig.service.credentials.push({ secretId: SECRET_ID, secretKey: SECRET_KEY, token: Token });
    return { SecretId: SECRET_ID, SecretKey: SECRET_KEY, Token };
  };

  #served({ token = "", operation }: ExchangeRecord): void {
    if (operation === "ListUploads") return;
    const uses = (this.#uses.get(token) ?? 0) + 1;
    this.#uses.set(token, uses);
    this.mostWasted = Math.max(this.mostWasted, uses - this.lifetime);
    const credentials = this.#rig.service.credentials.find((one) => one.token === token);
    if (credentials !== undefined && uses >= this.lifetime) credentials.expiresAt = this.#rig.clock.now();
  }
}

/** Credentials expire every few requests, under faults, with a wrong clock. */
export const shortLived: Scenario = async (rig) => {
  const Key = "credentials/object";
  const lived = new ShortLived(rig, rig.random.between(3, 9));
  const skewMs = pick(rig.random, [0, 3_600_000, -3_600_000]);
  const client = rig.client({ skewMs, options: { credentials: lived.provider } });
  await upload(rig, client, Key);
};

/** The clock of the machine is wrong by an hour. */
export const skewed: Scenario = async (rig) => {
  const client = rig.client({ skewMs: pick(rig.random, [3_600_000, -3_600_000, 1_200_000]) });
  await upload(rig, client, "skewed/object");
};

async function upload(rig: Rig, client: ReturnType<Rig["client"]>, Key: string): Promise<void> {
  const bytes = content(rig, 0, 30 * UNIT);
  const body = bodyOf(rig, bytes, pick(rig.random, ["bytes", "file", "iterable"]));
  const outcome = await rig.clock.run(
    call(rig, { name: `upload of ${Key}`, keys: [Key] }, (hooks) =>
      client.uploadFile({ Bucket: BUCKET, Key, PartSize: 1, MAXThread: 4, ...body, ...hooks }),
    ),
  );
  await rig.clock.drain();
  await judge(rig, { key: Key, previous: undefined, sources: [bytes], outcomes: [outcome], since: 1 });
}
