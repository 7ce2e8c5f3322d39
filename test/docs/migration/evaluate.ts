/** The variables that a piece of code of a page uses without declaring them. */
export type Scope = Readonly<Record<string, unknown>>;
/** What a page's `import` gets, by the module's name. */
export type Modules = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

type AsyncBody = (...values: readonly unknown[]) => Promise<unknown>;
const AsyncFunction = (async () => {}).constructor as new (...parts: readonly string[]) => AsyncBody;

/** Runs one expression of a table. */
export function runExpression(code: string, scope: Scope): Promise<unknown> {
  return new AsyncFunction(...Object.keys(scope), `return (${code});`)(...Object.values(scope));
}

const IMPORT = /^import (?:(\w+)|\{ ([^}]+) \}) from "([^"]+)";$/gm;

/**
 * Runs a block as a program. Its imports come from `modules`, which connects the clients to the emulator. A name that the
 * block declares is its own, otherwise it is the scope's.
 */
export function runBlock(code: string, scope: Scope, modules: Modules): Promise<unknown> {
  const imported: Record<string, unknown> = {};
  const body = code.replace(
    IMPORT,
    (_, whole: string | undefined, names: string | undefined, from: string) => {
      const module = modules[from];
      if (module === undefined) throw new Error(`no module is prepared for "${from}"`);
      for (const name of names?.split(", ") ?? []) {
        if (module[name] === undefined) throw new Error(`"${from}" does not export ${name}`);
        imported[name] = module[name];
      }
      if (whole !== undefined) imported[whole] = module.default;
      return "";
    },
  );
  const all = { ...scope, ...imported };
  return new AsyncFunction(...Object.keys(all), `{ ${body} }`)(...Object.values(all));
}
