/** How files are handed out and images made: the settings under `assets`, with what holds where they say nothing. */
import { availableParallelism } from 'node:os';
import type { AssetSettings as Given } from '../config/schema.ts';

export type AssetSettings = Readonly<Required<Given>>;

/** Threads on which libuv reads files, hashes passwords and has images made. */
const threads = Number(process.env['UV_THREADPOOL_SIZE']) || 4;

/** One more than processors, so that none is idle while an image is read or written; and a thread is left for everybody else. */
const concurrency = Math.max(1, Math.min(availableParallelism() + 1, threads - 1));

/** What holds where nothing is set. */
const defaultAssetSettings: AssetSettings = {
  access: 'hash',
  pixels: 50_000_000,
  inputBytes: 100 * 1024 * 1024,
  side: 5000,
  seconds: 20,
  concurrency,
  queue: 100,
  memoryBytes: 32 * 1024 * 1024,
  maxAgeSeconds: 3600,
};

/** The settings of a project. */
export function assetSettingsOf(given: Given | undefined): AssetSettings {
  return { ...defaultAssetSettings, ...given };
}
