/** One request at both sides, with what belongs to it: repetitions, pages that follow, entity tags, replays. */
import { type Answer, answerOf } from './answers.ts';
import type { Dice } from './dice.ts';
import { adminToken, people } from './people.ts';
import type { Request } from './request.ts';
import type { Pair, Side } from './sides.ts';

/** What was asked, and how the answers part. */
export class Difference extends Error {}

/** What two texts say from a little before the place where they part. */
export function parting(one: string, two: string): string {
  let at = 0;
  while (at < one.length && one[at] === two[at]) at++;
  const from = Math.max(0, at - 200);
  return `here:  …${one.slice(from, at + 300)}\nthere: …${two.slice(from, at + 300)}`;
}

function demandSame(request: Request, here: Answer, there: Answer, what: string): void {
  const asked = `${what}: ${request.method} ${decodeURIComponent(request.url)} ${JSON.stringify(request.body ?? '')}`;
  if (here.status >= 500) throw new Difference(`${asked}\na fault of the server: ${here.shown.slice(0, 400)}`);
  if (here.shown !== there.shown) throw new Difference(`${asked}\n${parting(here.shown, there.shown)}`);
}

/** Answers of both sides, which are the same. */
export async function sameAnswer(pair: Pair, request: Request, dice: Dice, told: (answer: Answer) => void): Promise<void> {
  const { token } = pair.world.caller;
  const both = async (asked: Request, what: string, there: Request = asked): Promise<[Answer, Answer]> => {
    const answers: [Answer, Answer] = [await answerOf(pair.here.server, asked, token), await answerOf(pair.there.server, there, token)];
    demandSame(asked, ...answers, what);
    return answers;
  };
  const reads = request.method === 'GET';
  if (reads && dice.chance(0.15)) await prime(pair.here, request);
  if (!reads && isTried(request)) await both({ ...request, url: `${request.url}&dry_run=1` }, 'tried before');
  const [here, there] = await both(request, 'the request');
  told(here);
  if (request.replay) await both(request, 'sent again with its key');
  if (!reads) return;
  if (dice.chance(0.15)) await both(request, 'asked again');
  if (here.tag !== undefined && dice.chance(0.3)) {
    await both({ ...request, headers: { 'if-none-match': here.tag } }, `with If-None-Match ${here.tag}`);
  }
  let [one, two] = [here.cursor, there.cursor];
  for (let page = 0; page < (request.follow ?? 0) && one !== undefined && two !== undefined; page++) {
    const next = (cursor: string): Request => ({ ...request, url: `${request.url.replace(/&offset=\d+/, '')}&cursor=${cursor}` });
    const answers = await both(next(one), 'the page that follows', next(two));
    [one, two] = [answers[0].cursor, answers[1].cursor];
  }
}

/** A part of the writes, chosen without the dice, so that what else is asked stays the same. */
function isTried({ url }: Request): boolean {
  return url.length % 2 === 0 && url.includes('?') && !/^(?:activity|strapi)/.test(url);
}

/** Others ask the same before, on this side alone: what is remembered of them must not show. */
async function prime(side: Side, request: Request): Promise<void> {
  for (const token of [adminToken, ...people.slice(2).map((one) => one.token)]) await answerOf(side.server, request, token);
}
