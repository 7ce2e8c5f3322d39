import type { CosOptions } from "@cosup/core";
import { bodyOf } from "../simulation/body.ts";
import { call } from "../simulation/call.ts";
import type { ExchangeRecord } from "../simulation/exchange-record.ts";
import { judge } from "../simulation/oracle.ts";
import { pick } from "../simulation/pick.ts";
import { SECRET_ID, SECRET_KEY, TOKEN } from "../simulation/secrets.ts";
import { BUCKET } from "../simulation/service.ts";
import { UNIT, type World } from "../simulation/world.ts";
import { content, type Scenario } from "./scenario.ts";

/** Temporary credentials of which each set is good for so many requests. */
export class ShortLived {
  /** The most requests that arrived with one set after it had expired. */
  mostWasted = 0;
  handedOut = 0;
  readonly #world: World;
  readonly #uses = new Map<string, number>();
  #asking = 0;

  constructor(
    world: World,
    readonly lifetime: number,
  ) {
    this.#world = world;
    world.service.credentials.length = 0;
    world.network.listeners.add((instant, record) => {
      if (instant === "served") this.#served(record);
    });
  }

  readonly provider: NonNullable<CosOptions["credentials"]> = async () => {
    this.#asking += 1;
    if (this.#asking > 1) this.#world.fail("credentials were asked for twice at once");
    await this.#world.clock.sleep(this.#world.random.between(1, 50));
    this.#asking -= 1;
    this.handedOut += 1;
    const Token = `${TOKEN}${this.handedOut}`;
    this.#world.service.credentials.push({ secretId: SECRET_ID, secretKey: SECRET_KEY, token: Token });
    return { SecretId: SECRET_ID, SecretKey: SECRET_KEY, Token };
  };

  #served({ token = "", operation }: ExchangeRecord): void {
    if (operation === "ListUploads") return;
    const uses = (this.#uses.get(token) ?? 0) + 1;
    this.#uses.set(token, uses);
    this.mostWasted = Math.max(this.mostWasted, uses - this.lifetime);
    const credentials = this.#world.service.credentials.find((one) => one.token === token);
    if (credentials !== undefined && uses >= this.lifetime) credentials.expiresAt = this.#world.clock.now();
  }
}

/** Credentials run out every few requests, in bad weather, with a clock that is wrong. */
export const shortLived: Scenario = async (world) => {
  const Key = "credentials/object";
  const lived = new ShortLived(world, world.random.between(3, 9));
  const skewMs = pick(world.random, [0, 3_600_000, -3_600_000]);
  const client = world.client({ skewMs, options: { credentials: lived.provider } });
  await upload(world, client, Key);
};

/** The clock of the machine is wrong by an hour. */
export const skewed: Scenario = async (world) => {
  const client = world.client({ skewMs: pick(world.random, [3_600_000, -3_600_000, 1_200_000]) });
  await upload(world, client, "skewed/object");
};

async function upload(world: World, client: ReturnType<World["client"]>, Key: string): Promise<void> {
  const bytes = content(world, 0, 30 * UNIT);
  const body = bodyOf(world, bytes, pick(world.random, ["bytes", "file", "iterable"]));
  const outcome = await world.clock.run(
    call(world, { name: `upload of ${Key}`, keys: [Key] }, (hooks) =>
      client.uploadFile({ Bucket: BUCKET, Key, PartSize: 1, MAXThread: 4, ...body, ...hooks }),
    ),
  );
  await world.clock.drain();
  await judge(world, { key: Key, previous: undefined, sources: [bytes], outcomes: [outcome], since: 1 });
}
