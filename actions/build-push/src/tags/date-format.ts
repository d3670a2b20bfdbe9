/** A format, cut into literal text and tokens. */
type Part = { literal: string } | { token: Token };

type Token = keyof typeof tokens;

const pad = (value: number, digits: number) => String(value).padStart(digits, '0');
const name = (local: Date, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' }).format(local);

// Each takes the wall clock of the wanted zone, as if it were UTC, and the true instant.
const tokens = {
  YYYY: (local: Date) => pad(local.getUTCFullYear(), 4),
  YY: (local: Date) => pad(local.getUTCFullYear() % 100, 2),
  GGGG: (local: Date) => pad(isoWeek(local).year, 4),
  GG: (local: Date) => pad(isoWeek(local).year % 100, 2),
  Q: (local: Date) => String(Math.floor(local.getUTCMonth() / 3) + 1),
  MMMM: (local: Date) => name(local, { month: 'long' }),
  MMM: (local: Date) => name(local, { month: 'short' }),
  MM: (local: Date) => pad(local.getUTCMonth() + 1, 2),
  M: (local: Date) => String(local.getUTCMonth() + 1),
  WW: (local: Date) => pad(isoWeek(local).week, 2),
  W: (local: Date) => String(isoWeek(local).week),
  DDDD: (local: Date) => pad(dayOfYear(local), 3),
  DDD: (local: Date) => String(dayOfYear(local)),
  DD: (local: Date) => pad(local.getUTCDate(), 2),
  D: (local: Date) => String(local.getUTCDate()),
  dddd: (local: Date) => name(local, { weekday: 'long' }),
  ddd: (local: Date) => name(local, { weekday: 'short' }),
  d: (local: Date) => String(local.getUTCDay()),
  E: (local: Date) => String(local.getUTCDay() || 7),
  HH: (local: Date) => pad(local.getUTCHours(), 2),
  H: (local: Date) => String(local.getUTCHours()),
  hh: (local: Date) => pad(local.getUTCHours() % 12 || 12, 2),
  h: (local: Date) => String(local.getUTCHours() % 12 || 12),
  A: (local: Date) => (local.getUTCHours() < 12 ? 'AM' : 'PM'),
  a: (local: Date) => (local.getUTCHours() < 12 ? 'am' : 'pm'),
  mm: (local: Date) => pad(local.getUTCMinutes(), 2),
  m: (local: Date) => String(local.getUTCMinutes()),
  ss: (local: Date) => pad(local.getUTCSeconds(), 2),
  s: (local: Date) => String(local.getUTCSeconds()),
  SSS: (local: Date) => pad(local.getUTCMilliseconds(), 3),
  X: (_local: Date, instant: Date) => String(Math.floor(instant.getTime() / 1000)),
  x: (_local: Date, instant: Date) => String(instant.getTime()),
};

// What Moment reads as a token and this table does not have: better an error than a wrong tag.
const others =
  'DDDo|[DMQWdw]o|Y{5,6}|Y(?!Y)|GGGGG|y{1,4}o?|N{1,5}|g{2,5}|e|k{1,2}|z{1,2}|Z{1,2}|LTS|L{1,4}|l{1,4}|w{1,2}|dd(?!d)|S{4,9}|S{1,2}(?!S)';
const known = Object.keys(tokens).join('|');
const part = new RegExp(`\\[([^[\\]]*)\\]|(${others})|(${known})|([\\s\\S])`, 'g');

/** What date formats look like, for error texts. */
export const dateTokens = Object.keys(tokens).join(' ');

/**
 * Renders an instant in the format language of Moment.js, as docker/metadata-action does; calendar
 * and time zones come from Intl.
 * @param format checked before by `dateFormatParts`
 * @param zone IANA name such as `Europe/Berlin`
 */
export function formatDate(instant: Date, format: string, zone: string): string {
  const local = wallClock(instant, zone);
  return dateFormatParts(format)
    .parts.map((piece) =>
      'literal' in piece ? piece.literal : tokens[piece.token](local, instant),
    )
    .join('');
}

/** Cuts a format into parts; `unknown` has the tokens that Moment has and this does not. */
export function dateFormatParts(format: string): { parts: Part[]; unknown: string[] } {
  const parts: Part[] = [];
  const unknown: string[] = [];
  for (const [, escaped, other, token, literal] of format.matchAll(part)) {
    if (other !== undefined) unknown.push(other);
    else if (token !== undefined && isToken(token)) parts.push({ token });
    else parts.push({ literal: escaped ?? literal ?? '' });
  }
  return { parts, unknown };
}

/** True when Intl knows the time zone. */
export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function isToken(text: string): text is Token {
  return Object.hasOwn(tokens, text);
}

function wallClock(instant: Date, zone: string): Date {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const of = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const at = (type: Intl.DateTimeFormatPartTypes) => of.get(type) ?? 0;
  const day = [at('year'), at('month') - 1, at('day')] as const;
  const time = [at('hour'), at('minute'), at('second'), instant.getUTCMilliseconds()] as const;
  return new Date(Date.UTC(...day, ...time));
}

const dayLength = 86_400_000;

function dayOfYear(local: Date): number {
  return Math.floor((local.getTime() - Date.UTC(local.getUTCFullYear(), 0, 1)) / dayLength) + 1;
}

// ISO 8601: a week belongs to the year of its Thursday.
function isoWeek(local: Date): { year: number; week: number } {
  const thursday = new Date(local.getTime() + (4 - (local.getUTCDay() || 7)) * dayLength);
  return { year: thursday.getUTCFullYear(), week: Math.ceil(dayOfYear(thursday) / 7) };
}
