/** How the surface answers where a request says nothing: settings of the project file, under `strapi`. */
import type { StrapiSettings } from '../../config/schema.ts';

export interface StrapiBounds {
  /** Entries of a list. */
  readonly limit: number;
  /** Entries of a page that is asked for by its number. */
  readonly pageSize: number;
  /** Entries of one answer at most. */
  readonly maxLimit: number;
  /** Levels of populated relations. */
  readonly populateDepth: number;
}

const defaultStrapiBounds: StrapiBounds = { limit: 25, pageSize: 100, maxLimit: 100, populateDepth: 10 };

/** The bounds of a project: its settings, and the defaults for the others. */
export function strapiBoundsOf(settings: StrapiSettings = {}): StrapiBounds {
  const { limit, pageSize, maxLimit, populateDepth } = settings;
  const set = Object.entries({ limit, pageSize, maxLimit, populateDepth }).filter(([, value]) => value !== undefined);
  return { ...defaultStrapiBounds, ...Object.fromEntries(set) };
}
