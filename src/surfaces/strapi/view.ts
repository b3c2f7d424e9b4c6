/** How a request wants entries to look. */
import type { ReadContext } from '../../engine/read.ts';
import type { Sight } from './sight.ts';

export type Format = 'v4' | 'v5';

/** `live`: published entries; `preview`: drafts too; `draft`: the same, told as drafts (S-130, S-131). */
export type PublicationState = 'live' | 'preview' | 'draft';

export interface View {
  readonly sight: Sight;
  readonly format: Format;
  /** Entries tell their key as a document's id too. */
  readonly documents: boolean;
  readonly state: PublicationState;
  /** The language that is asked for; without one the default one, and entries of any. */
  readonly language?: string | undefined;
  /** Entries are told once in each of their languages. */
  readonly everyLanguage: boolean;
  readonly defaultLanguage: string;
  /** The addresses of files. */
  readonly fileData: NonNullable<ReadContext['fileData']>;
}
