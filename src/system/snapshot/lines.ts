/** The difference between a snapshot and a database, for people. */

export interface Line {
  /** What is made, changed, taken away; and what stays although the file does not name it. */
  readonly sign: '+' | '~' | '-' | '=';
  readonly text: string;
}

/** Whether the line tells of something that is done. */
export const isDone = ({ sign }: Line): boolean => sign !== '=';

/** One line of text each. */
export function printLines(lines: readonly Line[]): string[] {
  return lines.map(({ sign, text }) => `${sign} ${text}`);
}
