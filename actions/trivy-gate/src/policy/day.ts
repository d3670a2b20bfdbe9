/** A day in UTC, counted from 1970-01-01. */
export type Day = number;

const day = 86_400_000;

/** The day of a time in milliseconds since the epoch. */
export function dayOf(time: number): Day {
  return Math.floor(time / day);
}

/** Reads `2026-12-31`; undefined when there is no such day. */
export function parseDay(text: string): Day | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined;
  const time = Date.parse(`${text}T00:00:00Z`);
  // Date takes the 31st of February for a day in March.
  return Number.isNaN(time) || formatDay(dayOf(time)) !== text ? undefined : dayOf(time);
}

/** `2026-12-31` */
export function formatDay(count: Day): string {
  return new Date(count * day).toISOString().slice(0, 10);
}
