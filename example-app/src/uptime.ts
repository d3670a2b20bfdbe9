const FORMAT = new Intl.DurationFormat('en', { style: 'narrow', secondsDisplay: 'always' });

/**
 * Writes an uptime for people.
 *
 * @param seconds whole seconds since the start, for example `93784`
 * @returns for example `1d 2h 3m 4s`
 */
export function formatUptime(seconds: number): string {
  return FORMAT.format({
    days: Math.floor(seconds / 86_400),
    hours: Math.floor(seconds / 3600) % 24,
    minutes: Math.floor(seconds / 60) % 60,
    seconds: seconds % 60,
  });
}
