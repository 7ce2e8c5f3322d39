import { pathFilter } from "@cosup/node";
import { type CopyFlags, type UploadSettings, uploadSettings } from "../commands/copy-flags.ts";
import { headersDigest } from "../sync/headers-digest.ts";
import { type Encoding, isCompressible } from "./compressible.ts";
import type { CacheRule } from "./site-flags.ts";

/** How a file is stored. */
export interface FileSettings {
  readonly settings: UploadSettings;
  /** The encodings that are tried, in order; empty: it is stored as it is. */
  readonly encodings: readonly Encoding[];
  /** Digest of all of it: with another one, an equal file is compared again. */
  readonly headers: string;
}

interface Rule extends CacheRule {
  readonly matches: (path: string) => boolean;
  hasMatched: boolean;
}

/** How the files of a command are stored: `--compress` and `--cache-rule` depend on their paths. */
export class SiteRules {
  readonly #flags: CopyFlags;
  readonly #rules: readonly Rule[];
  /** One for each combination, since files are many. */
  readonly #known = new Map<string, FileSettings>();

  private constructor(flags: CopyFlags, rules: readonly Rule[]) {
    this.#flags = flags;
    this.#rules = rules;
  }

  /** Compiles the rules. The flags are checked already. */
  static async open(flags: CopyFlags): Promise<SiteRules> {
    const rules: Rule[] = [];
    for (const { pattern, value } of flags.cacheRule ?? [])
      rules.push({ pattern, value, matches: await pathFilter({ include: [pattern] }), hasMatched: false });
    return new SiteRules(flags, rules);
  }

  /** @param path below the folder, or the name of the only file */
  of(path: string): FileSettings {
    const rule = this.#rules.find(({ matches }) => matches(path));
    if (rule !== undefined) rule.hasMatched = true;
    const encodings = isCompressible(path) ? (this.#flags.compress ?? []) : [];
    const key = JSON.stringify([rule?.value, encodings]);
    const known = this.#known.get(key) ?? this.#settingsOf(rule, encodings);
    this.#known.set(key, known);
    return known;
  }

  #settingsOf(rule: Rule | undefined, encodings: readonly Encoding[]): FileSettings {
    const flags = rule === undefined ? this.#flags : { ...this.#flags, cacheControl: rule.value };
    return { settings: uploadSettings(flags), encodings, headers: headersDigest(flags, encodings) };
  }

  /** At the end of a command: warns of rules that have decided nothing, because they may be misspelled. */
  warnUnmatched(warn: (warning: { readonly code: string; readonly message: string }) => void): void {
    const unmatched = this.#rules
      .filter(({ hasMatched }) => !hasMatched)
      .map(({ pattern }) => `'${pattern}'`);
    if (unmatched.length > 0)
      warn({ code: "nothing-matched", message: `nothing matched --cache-rule ${unmatched.join(", ")}` });
  }
}
