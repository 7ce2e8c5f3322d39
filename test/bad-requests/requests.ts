import type { EmulatorRequest } from "@cosup/emulator";
import { damageBytes, damagePlan, damageText } from "./damage.ts";
import { HEADER_NAMES, oddHeaderValue } from "./oddities.ts";
import { planFrom, type World } from "./plans.ts";
import type { Random } from "./random.ts";
import { FORMS, type Form, type Outgoing, send } from "./signed.ts";

export interface BadRequest {
  readonly form: Form;
  /** The signature that was right before the damage. */
  readonly signature: string | undefined;
  readonly request: EmulatorRequest;
}

/** A request with up to three kinds of damage, before or after it is signed. Some have none. */
export function badRequest(random: Random, world: World, nowMs: number): BadRequest {
  const plan = planFrom(random, world);
  const damages = random.pick([0, 1, 1, 1, 2, 3]);
  const before = random.below(damages + 1);
  for (let count = 0; count < before; count++) damagePlan(plan, random);
  const form = random.pick(FORMS);
  const outgoing = send(plan, form, random, world, nowMs);
  const signed =
    outgoing.headers.authorization ?? (form === "none" ? "" : decodeURIComponent(outgoing.target));
  const signature = /(?:signature=|^AWS .*:)([0-9a-f]{40,64}|[\w+/]{27}=)/i.exec(signed)?.[1];
  for (let count = before; count < damages; count++) damageOutgoing(outgoing, random);
  const { body, ...rest } = outgoing;
  return {
    form,
    signature,
    request: { ...rest, ...(body && { body: pieces(body, 1 + random.below(200)) }) },
  };
}

/** Changes what was signed. */
function damageOutgoing(outgoing: Outgoing, random: Random): void {
  const names = Object.keys(outgoing.headers);
  const name = names.length > 0 ? random.pick(names) : "host";
  const legal = (text: string): string => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, "");
  const kinds: readonly (() => void)[] = [
    () => {
      outgoing.target = damageText(outgoing.target, random).replace(/[\s\0]/g, "");
    },
    () => {
      outgoing.target = damageText(outgoing.target, random).replace(/[\s\0]/g, "");
    },
    () => {
      outgoing.headers.authorization = legal(damageText(outgoing.headers.authorization ?? "AWS4-", random));
    },
    () => {
      outgoing.headers.authorization = legal(damageText(outgoing.headers.authorization ?? "q-ak=", random));
    },
    () => {
      outgoing.headers[name] = legal(damageText(outgoing.headers[name] ?? "", random));
    },
    () => {
      outgoing.headers[random.pick(HEADER_NAMES)] = oddHeaderValue(random);
    },
    () => {
      delete outgoing.headers[name];
    },
    () => {
      outgoing.method = random.pick(["GET", "PUT", "POST", "DELETE", "HEAD"]);
    },
    () => {
      outgoing.body = outgoing.body && damageBytes(outgoing.body, random);
    },
    () => {
      outgoing.body = outgoing.body && damageBytes(outgoing.body, random);
    },
  ];
  random.pick(kinds)();
}

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
