/** The name that a mistyped one probably stands for. */

/** Letters to put in, take out, replace or swap with their neighbour to make one of the other. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? least) + 1 : least;
      row.push(Math.min(least, swapped));
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** Names longer than this are no slips of a finger, and comparing them takes time. */
const longest = 64;

/** The nearest of the known names, in any case of letters; undefined where none is near: a third of the letters may differ. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (name.length > longest) return undefined;
  const given = name.toLowerCase();
  const ranked = known.map((one) => ({ one, away: distance(given, one.toLowerCase()) })).sort((a, b) => a.away - b.away);
  const [best] = ranked;
  return best && best.away <= Math.max(1, Math.floor(Math.min(name.length, best.one.length) / 3)) ? best.one : undefined;
}
