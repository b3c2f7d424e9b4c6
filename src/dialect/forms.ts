/** The forms in which a value may be asked for, beside the one that its type has by itself. */

/**
 * - `plain`: as `jsonValue` has it
 * - `text`: the value's exact text, as a JSON string
 * - `instant`: a moment as ISO 8601 in UTC with milliseconds and `Z`; what says no zone is taken as UTC
 * - `clock`: a time of day with milliseconds
 * - `point`: `[lng, lat]` where a column of points holds one
 * - `safe number`: a number where a double holds it exactly, else its text
 *
 * What is not of the kind that a form is for stays plain.
 */
export type ValueForm = 'plain' | 'text' | 'instant' | 'clock' | 'point' | 'safe number';

/** The largest whole number up to which a double holds every one. */
export const largestSafe = '9007199254740991';

/** So many digits survive a double whatever they are. */
export const safeDigits = 15;
