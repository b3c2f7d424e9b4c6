/** Which readable fields may be compared: of those whose value is shown in parts, a comparison would tell the others. */
import type { Readable } from './types.ts';

/** Whether conditions, groups and functions may look at such a field. */
export const isComparable = (readable: Readable): boolean => readable === 'yes' || readable === 'some';
