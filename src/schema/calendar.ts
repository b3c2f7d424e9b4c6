/** Dates and times as text. Arithmetic is on whole days and seconds, so fractions and the years 0 to 99 stay what they are. */

const dateShape = /^(\d{4})-(\d{2})-(\d{2})$/;
const clockShape = /^(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?$/;
/** Date and time of day, in extended or (with a T) basic ISO 8601 form, with or without an offset. */
const momentShape =
  /^(\d{4}-\d{2}-\d{2}|\d{8})([T ])(\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?|\d{4}|\d{6}(?:[.,]\d{1,9})?) ?(Z|[+\- ]\d{2}(?::?\d{2})?)?$/i;
/** A time of day with an offset. */
const zonedShape = /^(.+?) ?(Z|[+\- ]\d{2}(?::?\d{2})?)$/i;

/** No database here keeps more digits of a second. */
const fractionDigits = 6;

interface Clock {
  seconds: number;
  fraction: string;
}

const two = (value: number): string => String(value).padStart(2, '0');

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days since 0000-03-01 of the proleptic Gregorian calendar; negative before it. Undefined for a date that does not exist. */
function dayNumber(text: string): number | undefined {
  const match = dateShape.exec(text);
  if (!match) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  // A year that begins in March has its leap day at the end, which makes the months regular.
  const from = month > 2 ? year : year - 1;
  const months = (month + 9) % 12;
  return from * 365 + Math.floor(from / 4) - Math.floor(from / 100) + Math.floor(from / 400) + Math.floor((153 * months + 2) / 5) + day - 1;
}

/** The date of a day number; undefined outside the years 0 to 9999. */
function dateOfDay(day: number): string | undefined {
  const era = Math.floor(day / 146097);
  const inEra = day - era * 146097;
  const years = Math.floor((inEra - Math.floor(inEra / 1460) + Math.floor(inEra / 36524) - Math.floor(inEra / 146096)) / 365);
  const inYear = inEra - (365 * years + Math.floor(years / 4) - Math.floor(years / 100));
  const months = Math.floor((5 * inYear + 2) / 153);
  const month = months < 10 ? months + 3 : months - 9;
  const year = years + era * 400 + (month <= 2 ? 1 : 0);
  if (year < 0 || year > 9999) return undefined;
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(inYear - Math.floor((153 * months + 2) / 5) + 1)}`;
}

function clock(text: string): Clock | undefined {
  const match = clockShape.exec(text);
  if (!match) return undefined;
  const [hours, minutes, seconds] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  return { seconds: hours * 3600 + minutes * 60 + seconds, fraction: (match[4] ?? '').slice(0, fractionDigits).replace(/0+$/, '') };
}

function clockText({ seconds, fraction }: Clock): string {
  const whole = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** Seconds east of UTC; undefined for an offset that no clock has. */
function offsetSeconds(text: string): number | undefined {
  if (text.toUpperCase() === 'Z') return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(3).replace(':', ''));
  if (hours > 23 || minutes > 59) return undefined;
  return (text.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60);
}

/** `20190104` as `2019-01-04`. */
const extendedDate = (text: string): string => (text.includes('-') ? text : `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`);

/** `161205` as `16:12:05`. */
function extendedClock(text: string): string {
  if (text.includes(':')) return text;
  const seconds = text.slice(4);
  return `${text.slice(0, 2)}:${text.slice(2, 4)}${seconds === '' ? '' : `:${seconds}`}`;
}

/** Time of day and offset. An unencoded plus of a query string arrives as a space. */
function zonedClock(text: string): { time: Clock; offset: number } | undefined {
  const [, clockPart = text, offsetPart = ''] = zonedShape.exec(text) ?? [];
  const time = clock(clockPart);
  const offset = offsetPart === '' ? 0 : offsetSeconds(offsetPart);
  return time === undefined || offset === undefined ? undefined : { time, offset };
}

const inDay = (seconds: number): number => ((seconds % 86400) + 86400) % 86400;

/** `HH:MM[:SS[.ffffff]]`, perhaps with an offset, as `HH:MM:SS[.ffffff]` in UTC; undefined when no clock shows it. */
export function canonicalTime(text: string): string | undefined {
  const parsed = zonedClock(text);
  return parsed && clockText({ seconds: inDay(parsed.time.seconds - parsed.offset), fraction: parsed.time.fraction });
}

/** `infinity` and `-infinity`, which come after and before every moment; undefined for anything else. */
export function canonicalInfinity(text: string): string | undefined {
  return /^[+-]?infinity$/i.test(text) ? text.toLowerCase().replace('+', '') : undefined;
}

/** The same where the offset belongs to the value: `HH:MM:SS[.ffffff]+HH:MM`, without one in UTC. */
export function canonicalZonedTime(text: string): string | undefined {
  const parsed = zonedClock(text);
  if (!parsed) return undefined;
  const minutes = Math.abs(parsed.offset) / 60;
  return `${clockText(parsed.time)}${parsed.offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/**
 * A date, `YYYY-MM-DD HH:MM[:SS[.ffffff]]` or ISO 8601, as `YYYY-MM-DD HH:MM:SS[.ffffff]` in UTC. Without an offset the text is
 * taken as UTC. Of a fraction six digits count, and its trailing zeros do not. Undefined for what no calendar and clock have.
 */
export function canonicalDatetime(text: string): string | undefined {
  if (dateShape.test(text)) return dayNumber(text) === undefined ? undefined : `${text} 00:00:00`;
  const match = momentShape.exec(text);
  if (!match) return undefined;
  const [, datePart = '', separator = '', clockPart = '', offsetPart = ''] = match;
  const iso = separator !== ' ';
  // An unencoded plus of a query string arrives as a space; only the T form is clear enough to accept it.
  if (!iso && (!datePart.includes('-') || !clockPart.includes(':') || offsetPart.startsWith(' '))) return undefined;
  const day = dayNumber(extendedDate(datePart));
  const time = clock(extendedClock(clockPart));
  const offset = offsetPart === '' ? 0 : offsetSeconds(offsetPart);
  if (day === undefined || time === undefined || offset === undefined) return undefined;
  const moved = time.seconds - offset;
  const date = dateOfDay(day + Math.floor(moved / 86400));
  return date && `${date} ${clockText({ seconds: inDay(moved), fraction: time.fraction })}`;
}

/** A calendar date, or the UTC date of a moment, as `YYYY-MM-DD`; undefined for what no calendar has. */
export function canonicalDate(text: string): string | undefined {
  return canonicalDatetime(text)?.slice(0, 10);
}

/** Two dates: before the day of a canonical date or datetime and after it, further than any offset moves it. Texts, to compare with texts. */
export function daysAround(canonical: string): readonly [from: string, to: string] {
  const day = dayNumber(canonical.slice(0, 10)) ?? 0;
  return [dateOfDay(day - 1) ?? '', dateOfDay(day + 2) ?? ':'];
}
