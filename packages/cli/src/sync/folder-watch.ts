import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type FSWatcher, watch } from "chokidar";
import type { Selection } from "../selection/selection.ts";

/** When changes are taken together. */
export interface WatchTimes {
  /** When the folder has been quiet for so long. */
  readonly quietMs: number;
  /** At the latest, in a folder that is never quiet: a log is written to all the time. */
  readonly mostMs: number;
}

const TIMES: WatchTimes = { quietMs: 250, mostMs: 2_000 };
/** More changed paths than this are cheaper to find by a sync of everything. */
const MOST_PATHS = 200;
/** What a program writes beside the files that it saves, and what cosup keeps. */
const NO_SOURCE = /(^|\/)[0-9a-f]{32}\.(json|lock|ledger)(\.[0-9a-f]+)*(\.tmp|\.draft)?$/;

/** Paths that have changed; undefined: any may have. */
export type Changes = ReadonlySet<string> | undefined;

/** Collects what changes in a folder. */
export class FolderWatch {
  readonly #watcher: FSWatcher;
  readonly #folder: string;
  readonly #times: WatchTimes;
  readonly #wants: (folder: string) => boolean;
  #paths = new Set<string>();
  #newFolders = new Set<string>();
  #all = false;
  #changedAt = 0;
  #onChange: (() => void) | undefined;

  /**
   * Begins to watch. Folders that are excluded are not watched.
   * @param onError what cannot be watched; the next changes are looked for everywhere
   */
  constructor(
    folder: string,
    selection: Selection,
    onError: (error: unknown) => void,
    times: WatchTimes = TIMES,
  ) {
    this.#folder = folder;
    this.#times = times;
    this.#wants = (path) => path === folder || selection.wants(this.#pathOf(path), true);
    this.#watcher = watch(folder, {
      ignoreInitial: true,
      followSymlinks: false,
      ignored: (path, stats) => stats?.isDirectory() === true && !this.#wants(path),
    });
    this.#watcher.on("all", (event, path) => {
      if (event === "addDir") this.#noteFolder(path);
      else if (event !== "unlinkDir") this.add([this.#pathOf(path)]);
    });
    this.#watcher.on("error", (error) => {
      onError(error);
      this.add(undefined);
    });
  }

  /** Resolves when every change from now on is noticed. */
  async ready(): Promise<void> {
    await new Promise<void>((resolve) => this.#watcher.once("ready", resolve));
  }

  /** Adds paths to those that have changed; undefined: any may have. */
  add(paths: Iterable<string> | undefined): void {
    const before = this.#paths.size;
    for (const path of paths ?? []) if (!NO_SOURCE.test(path)) this.#paths.add(path);
    if (paths === undefined) this.#all = true;
    if (!this.#all && this.#paths.size === before && before === 0) return;
    this.#noteChange();
  }

  #noteFolder(path: string): void {
    this.#newFolders.add(path);
    this.#noteChange();
  }

  #noteChange(): void {
    this.#changedAt = performance.now();
    this.#onChange?.();
  }

  /** Whether anything has changed since {@link FolderWatch.take}. */
  get hasChanges(): boolean {
    return this.#all || this.#paths.size > 0 || this.#newFolders.size > 0;
  }

  /** Waits for a change, at most `timeoutMs`, and then until the folder is quiet, or has not been for long enough. */
  async changed(signal: AbortSignal, timeoutMs: number | undefined): Promise<void> {
    if (!this.hasChanges) {
      const change = new Promise<void>((resolve) => {
        this.#onChange = resolve;
      });
      const stop = new AbortController();
      const stopped = AbortSignal.any([signal, stop.signal]);
      // Without a limit, a timer of days keeps the process running as well as the watcher does.
      const timer = wait(timeoutMs ?? 2 ** 31 - 1, undefined, { signal: stopped }).catch(() => {});
      await Promise.race([change, timer]);
      stop.abort();
      this.#onChange = undefined;
    }
    const { quietMs, mostMs } = this.#times;
    const latest = performance.now() + mostMs;
    for (let left = quietMs; left > 0 && !signal.aborted; ) {
      await wait(left, undefined, { signal }).catch(() => {});
      const now = performance.now();
      left = Math.min(quietMs - (now - this.#changedAt), latest - now);
    }
    const folders = this.#newFolders;
    this.#newFolders = new Set();
    for (const path of folders) await this.#readFolder(path, folders);
  }

  /**
   * Adds what is in a new folder. The watcher reads a folder before it watches it, and misses what comes between: 4 of 200
   * files that were moved into a folder as it was made.
   * @param told the new folders that the watcher knows
   */
  async #readFolder(folder: string, told: ReadonlySet<string>): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (!entry.isDirectory()) this.add([this.#pathOf(path)]);
      else if (!told.has(path) && this.#wants(path)) {
        this.#watcher.add(path);
        await this.#readFolder(path, told);
      }
    }
  }

  /** Takes what has changed so far. */
  take(): Changes {
    const [paths, all] = [this.#paths, this.#all];
    this.#paths = new Set();
    this.#all = false;
    return all || paths.size > MOST_PATHS ? undefined : paths;
  }

  async close(): Promise<void> {
    await this.#watcher.close();
  }

  #pathOf(path: string): string {
    return relative(this.#folder, path).split(sep).join("/");
  }
}
