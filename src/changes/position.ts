/**
 * Where a feed can be taken up again: a position in the activity. It leaves the process sealed, as the ids of the activity would tell how
 * much others write.
 */
import { GatewayError } from '../lib/errors.ts';
import { createSealer } from '../lib/sealed-text.ts';
import type { Project } from '../projects/project.ts';

export interface Positions {
  /** The last entry that need not be told again. */
  seal(entry: number): string;
  /**
   * The entry. The id of one itself does for those who may read the activity.
   *
   * @throws GatewayError validation for what is none
   */
  open(position: string, readsActivity: boolean): number;
}

const digits = 16;

/** The positions of a project's feeds; they are good on all its instances. */
export function positionsOf({ config }: Pick<Project, 'config'>): Positions {
  const sealer = createSealer(config.secret, `sallyport changes ${config.key}`);
  return {
    seal: (entry) => sealer.seal(String(entry).padStart(digits, '0')),
    open(position, readsActivity) {
      const text = /^\d{1,15}$/.test(position) && readsActivity ? position : sealer.open(position);
      if (text === undefined) {
        throw new GatewayError('validation', { message: 'The position to go on from is none of this project, or it was changed or cut' });
      }
      return Number(text);
    },
  };
}
