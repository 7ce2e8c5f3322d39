import { pathFilter } from "@cosup/node";

/** `--include` or `--exclude`. */
export interface GlobFlags {
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
}

interface Pattern {
  readonly flag: "--include" | "--exclude";
  readonly text: string;
  readonly matches: (path: string) => boolean;
  hasMatched: boolean;
}

/** The patterns of `--include` and `--exclude`, and which of them have matched anything. */
export class GlobPatterns {
  readonly #included: readonly Pattern[];
  readonly #excluded: readonly Pattern[];
  readonly #wants: (path: string) => boolean;
  /** Whether files in a folder may take part: it is not excluded. */
  readonly #mayHold: (folder: string) => boolean;

  private constructor(
    included: readonly Pattern[],
    excluded: readonly Pattern[],
    wants: (path: string) => boolean,
    mayHold: (folder: string) => boolean,
  ) {
    this.#included = included;
    this.#excluded = excluded;
    this.#wants = wants;
    this.#mayHold = mayHold;
  }

  /** @throws {TypeError} a pattern is empty */
  static async compile({ include = [], exclude = [] }: GlobFlags): Promise<GlobPatterns> {
    const wants = await pathFilter({ include, exclude });
    const included: Pattern[] = [];
    for (const text of include) {
      const matches = await pathFilter({ include: [text] });
      included.push({ flag: "--include", text, matches, hasMatched: false });
    }
    const excluded: Pattern[] = [];
    for (const text of exclude) {
      const isLeft = await pathFilter({ exclude: [text] });
      excluded.push({ flag: "--exclude", text, matches: (path) => !isLeft(path), hasMatched: false });
    }
    return new GlobPatterns(included, excluded, wants, await pathFilter({ exclude }));
  }

  /** Whether a path takes part; of a folder whose names could not be read, whether files in it may. */
  wants(path: string, isUnreadFolder: boolean): boolean {
    // Also where another pattern has decided: what each of them matches is told at the end.
    for (const pattern of [...this.#included, ...this.#excluded])
      if (!pattern.hasMatched) pattern.hasMatched = pattern.matches(path);
    return isUnreadFolder ? this.#mayHold(path) : this.#wants(path);
  }

  /** The flags whose pattern has matched nothing so far. */
  unmatched(): string[] {
    const patterns = [...this.#included, ...this.#excluded].filter(({ hasMatched }) => !hasMatched);
    return patterns.map(({ flag, text }) => `${flag} '${text}'`);
  }
}
