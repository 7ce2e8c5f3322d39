import { canAsk, Questions } from "../config/ask.ts";
import { ConfigError } from "../config/config-error.ts";
import type { FieldChanges } from "../config/edit-config.ts";
import { KEY_FIELDS } from "../config/profile-fields.ts";
import { originOfCredentials, ownEnvironment } from "../credentials.ts";
import { writeError, writeResult } from "../output.ts";
import { openConfig } from "./config.ts";
import { change, checkName } from "./config-edit.ts";

/** What keys consist of. */
const KEY_TEXT = /^[\x21-\x7e]+$/;
const REGION = /^[a-z][a-z0-9-]+$/;

/** Runs `cosup config init`: asks for keys and a region, and saves them. Returns the exit code. */
export async function init(given: string | undefined): Promise<number> {
  const config = await openConfig();
  const name = checkName(given ?? config.used);
  if (!canAsk())
    throw new ConfigError(
      "config init asks on a terminal, and there is none: use cosup config set, or the environment",
    );
  const table = config.file?.profiles.get(name);
  writeError(
    `Keys are made at https://console.cloud.tencent.com/cam/capi; profile '${name}' in ${config.path} keeps them.`,
  );
  const questions = new Questions();
  try {
    if (table !== undefined && KEY_FIELDS.some((field) => table[field] !== undefined)) {
      const replace = await questions.ask(`Replace the keys of profile '${name}'? [y/N] `);
      if (!/^y(es)?$/i.test(replace)) return 1;
    }
    await change(config, name, await askFields(questions, table?.region));
  } finally {
    questions.close();
  }
  const env = ownEnvironment();
  if (env.COS_SECRET_ID || env.TENCENTCLOUD_SECRET_ID)
    writeError(
      `cosup: warning: ${originOfCredentials(env)} are set, and stronger unless --profile ${name} is given`,
    );
  writeResult(
    `profile '${name}' is saved; try it: cosup doctor${name === config.used ? "" : ` --profile ${name}`}`,
  );
  return 0;
}

/** The fields for keys that are not asked for are removed. */
async function askFields(questions: Questions, region: unknown): Promise<FieldChanges> {
  const none = Object.fromEntries(KEY_FIELDS.map((field) => [field, undefined]));
  const secret_id = await askFor(questions, "SecretId: ", KEY_TEXT);
  const secret_key = await askFor(questions, "SecretKey (not shown): ", KEY_TEXT, true);
  const token = await askFor(
    questions,
    "Token, only of temporary keys (not shown, may be empty): ",
    /^[\x21-\x7e]*$/,
    true,
  );
  const known = typeof region === "string" ? region : "";
  const chosen = await askFor(
    questions,
    `Region, as ap-guangzhou${known && ` [${known}]`}: `,
    known ? /^[a-z0-9-]*$/ : REGION,
  );
  return { ...none, secret_id, secret_key, ...(token && { token }), region: chosen || known };
}

/** Asks again until the form is right. */
async function askFor(questions: Questions, question: string, form: RegExp, hidden = false): Promise<string> {
  for (;;) {
    const line = await questions.ask(question, hidden);
    if (form.test(line)) return line;
    writeError(
      line === "" ? "It must not be empty." : "It must have neither spaces nor other special characters.",
    );
  }
}
