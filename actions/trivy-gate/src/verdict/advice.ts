import type { Finding } from '../findings/finding.ts';
import type { Judged } from './judged.ts';
import { hasFix } from './rules.ts';

/** One update to make, and what it takes away. */
export interface Advice {
  package: string;
  installed: string[];
  /** Versions with fixes. */
  fixed: string[];
  blocking: number;
  all: number;
}

/** What to do about the findings that block and have a fix. */
export interface Plan {
  /** Updates of single packages, those first that take away most. */
  updates: Advice[];
  /** What a newer base image may take away: those in packages of the system. */
  base: { blocking: number; all: number };
}

const mostVersions = 4;

/** Finds what to do. @param most updates to name */
export function planFor(judged: readonly Judged[], most: number): Plan {
  const counts = new Map<string, { blocking: number; all: number; finding: Finding }>();
  for (const { fate, finding } of judged) {
    if (!isFixable(finding) || fate === 'allowed') continue;
    const name = nameOf(finding);
    const count = counts.get(name) ?? { blocking: 0, all: 0, finding };
    // Judged findings that block come first, so a package without one never gets in.
    if (fate !== 'blocks' && count.all === 0) continue;
    if (fate === 'blocks') count.blocking += 1;
    count.all += 1;
    counts.set(name, count);
  }
  const base = { blocking: 0, all: 0 };
  for (const { all, blocking, finding } of counts.values()) {
    if (finding.class !== 'os-pkgs') continue;
    base.blocking += blocking;
    base.all += all;
  }
  const first = [...counts.values()]
    .sort(
      (a, b) =>
        b.blocking - a.blocking ||
        b.all - a.all ||
        (a.finding.package < b.finding.package ? -1 : 1),
    )
    .slice(0, most);
  return { updates: withVersions(first, judged), base };
}

function withVersions(
  counts: readonly { blocking: number; all: number; finding: Finding }[],
  judged: readonly Judged[],
): Advice[] {
  const updates = new Map(
    counts.map(({ all, blocking, finding }) => {
      const advice: Advice = { package: finding.package, installed: [], fixed: [], blocking, all };
      return [nameOf(finding), advice];
    }),
  );
  for (const { fate, finding } of judged) {
    const update = fate === 'allowed' ? undefined : updates.get(nameOf(finding));
    if (!update || !isFixable(finding)) continue;
    add(update.installed, finding.installed);
    add(update.fixed, finding.fixed);
  }
  return [...updates.values()];
}

function add(versions: string[], version: string): void {
  if (version === '' || versions.length === mostVersions || versions.includes(version)) return;
  versions.push(version);
}

function isFixable(finding: Finding): boolean {
  return finding.kind === 'vulnerability' && hasFix(finding);
}

function nameOf(finding: Finding): string {
  return `${finding.type}|${finding.package}`;
}
