const unit = { s: 1_000, m: 60_000, h: 3_600_000 } as const;
const pattern = /^(?:\d+[hms])+$/;

/**
 * Reads a duration such as `45s`, `10m`, `1h` or `1h30m`.
 * @returns milliseconds, or undefined when the text is not a duration
 */
export function parseDuration(text: string): number | undefined {
  if (!pattern.test(text)) return undefined;
  let total = 0;
  for (const [, amount, letter] of text.matchAll(/(\d+)([hms])/g)) {
    if (letter === 'h' || letter === 'm' || letter === 's') total += Number(amount) * unit[letter];
  }
  return Number.isSafeInteger(total) ? total : undefined;
}

/** Milliseconds for people: `0.4 s`, `12 s`, `3 min 5 s`, `1 h 2 min`. */
export function formatDuration(ms: number): string {
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
}
