// Runs cases of the contract against a bucket: `node <bundle of this>`, the target as JSON on stdin, so that no other user of
// the machine sees the keys. Writes one line of JSON per verdict, then what the responses had, then what was removed.
import { CosClient } from "@cosup/core";
import { createNodeRuntime } from "../../packages/node/src/runtime.ts";
import { assert } from "../contract/assert.ts";
import type { ContractCase } from "../contract/contract.ts";
import { show } from "../contract/fixtures/show.ts";
import { casesNamed } from "../contract/suite.ts";
import { cleanUp } from "./clean-up.ts";
import { createLiveRig, type LiveRig, type LiveTarget, NotLive, type SeenHeaders } from "./live-rig.ts";

interface Order extends LiveTarget {
  readonly only?: string;
  /** Run these cases only. */
  readonly names?: readonly string[];
}

/** A slow line must not fail a case, but one that hangs must not hang the run. */
const CASE_TIMEOUT_MS = 10 * 60_000;
const print = (line: object): void => console.log(JSON.stringify(line));

let text = "";
for await (const chunk of process.stdin) text += chunk;
const order = JSON.parse(text) as Order;
const { names } = order;
const cases = casesNamed(order.only).filter(({ name }) => names === undefined || names.includes(name));
const seen: SeenHeaders = new Map();
let stopped = false;
process.once("SIGINT", () => {
  stopped = true;
});

try {
  for (const [number, contract] of cases.entries()) {
    if (stopped) break;
    print({ name: contract.name, ...(await verdictOf(contract, number)) });
  }
} finally {
  print({ headers: Object.fromEntries([...seen].map(([name, set]) => [name, [...set].sort()])) });
  print({ cleanUp: await tidy() });
}

async function verdictOf(contract: ContractCase, number: number): Promise<object> {
  if (contract.needs !== undefined) return { status: "skipped", message: `it needs ${contract.needs}` };
  const rig = createLiveRig(createNodeRuntime, order, seen, number);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("no end within 10 minutes")), CASE_TIMEOUT_MS);
  });
  try {
    await Promise.race([contract.run(assert, rig), timeout]);
    return outside(rig) ?? { status: "passed" };
  } catch (error) {
    if (error instanceof NotLive) return { status: "skipped", message: error.message };
    return outside(rig) ?? { status: "failed", message: show(error) };
  } finally {
    clearTimeout(timer);
    await rig.close();
  }
}

/** What is said of a case that names keys which are not below the prefix. */
function outside({ refused }: LiveRig): object | undefined {
  return refused.length === 0 ? undefined : { status: "skipped", message: "its keys are its own" };
}

async function tidy(): Promise<object> {
  const { endpoint, Region, Bucket, keys, prefix } = order;
  const { secretId: SecretId, secretKey: SecretKey, token: Token } = keys;
  const options = { Endpoint: endpoint, Region, SecretId, SecretKey, Token };
  const cos = new CosClient(createNodeRuntime(), options);
  try {
    return await cleanUp(cos, Bucket, prefix);
  } finally {
    await cos.close();
  }
}
