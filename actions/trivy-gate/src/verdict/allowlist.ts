import type { Finding } from '../findings/finding.ts';
import { type Day, parseDay } from '../policy/day.ts';
import type { AllowEntry } from '../policy/policy.ts';

/** An allowlist on a day. */
export interface Allowlist {
  /** The entry that lets a finding pass, if one does. An expired one lets nothing pass. */
  find(finding: Finding): AllowEntry | undefined;
  /** Entries that end today or within the days of warning. */
  ending: AllowEntry[];
  expired: AllowEntry[];
  /** Entries that have not expired and that no finding has matched so far. */
  unused(): AllowEntry[];
}

/** Makes an allowlist; an entry counts through the whole of its last day in UTC. */
export function allowlistOn(
  entries: readonly AllowEntry[],
  today: Day,
  warnDays: number,
): Allowlist {
  const daysLeft = (entry: AllowEntry) => (parseDay(entry.expires) ?? 0) - today;
  const used = new Set<AllowEntry>();
  const valid = entries.filter((entry) => daysLeft(entry) >= 0);
  const byId = Map.groupBy(valid, ({ id }) => id);
  return {
    find({ id, purl }) {
      const found = byId
        .get(id)
        ?.find((entry) => !entry.purl || (purl !== undefined && entry.purl.matches(purl)));
      if (found) used.add(found);
      return found;
    },
    ending: valid.filter((entry) => daysLeft(entry) < warnDays),
    expired: entries.filter((entry) => daysLeft(entry) < 0),
    unused: () => valid.filter((entry) => !used.has(entry)),
  };
}
