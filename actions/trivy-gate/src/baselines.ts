import { Failure } from '@slipway/shared/failure/failure';
import { normalPlatform } from '@slipway/shared/image/platform';
import { formatReference, repositoryName } from '@slipway/shared/image/reference';
import { readBaseline } from './baseline-report.ts';
import type { Finding } from './findings/finding.ts';
import type { ScanReport } from './findings/read-report.ts';
import type { GateRun } from './gate-run.ts';
import { registryAccess } from './registry-access.ts';
import { type GateResult, labelOf, type Scanned } from './reports/gate-result.ts';
import type { Settings } from './settings.ts';
import { registryTarget } from './subject/registry-image.ts';
import type { ScanTarget, Subject } from './subject/subject.ts';

/** The platform of a baseline, and what it finds there. */
interface Before {
  platform: string | undefined;
  findings(): Promise<readonly Finding[]>;
}

/**
 * Gives everything that was scanned its baseline, platform by platform. An image is scanned today,
 * with the same database: a report that somebody attached to it says what they want it to say.
 * @param scanOther scans one of its images
 * @returns the name of the baseline; undefined when there is none yet
 * @throws Failure `gate/baseline*`, those of the registry and of the scan
 */
export async function baselinesOf(
  gateRun: GateRun,
  target: ScanTarget,
  scanOther: (subject: Subject, index: number) => Promise<ScanReport>,
): Promise<string | undefined> {
  const { result, settings } = gateRun;
  const { baseline } = settings;
  if (!baseline) return undefined;
  if (baseline.kind === 'file') {
    const report = await readBaseline(baseline.path, baseline.shown, target.repository);
    const { findings, platform } = report;
    await compare(result, [{ platform, findings: async () => findings }], baseline.shown);
    return baseline.shown;
  }
  const other = await imageOf(baseline.image, gateRun, target);
  if (!other) return undefined;
  const all = other.subjects.map((subject, index) => ({
    platform: subject.platform,
    findings: async () => (await scanOther(subject, index)).findings,
  }));
  await compare(result, all, other.name);
  return other.name;
}

async function imageOf(
  image: NonNullable<Settings['image']>,
  { settings, run, result }: GateRun,
  { repository }: ScanTarget,
): Promise<ScanTarget | undefined> {
  const name = formatReference(image);
  const of = repositoryName(image);
  if (of !== repository) {
    throw Failure.of('gate/baseline-image', { baseline: name, of, image: repository ?? '' });
  }
  const registry = await registryAccess(settings, run).open(image.registry);
  try {
    return await registryTarget(image, undefined, registry);
  } catch (error) {
    const gone = error instanceof Failure && error.code === 'image/not-found';
    // Before the first deployment there is no tag yet; a digest that is not there is a mistake.
    if (!gone || image.digest) throw error;
    result.warnings.push(`There is no baseline ${name} yet: every finding counts as new.`);
    return undefined;
  }
}

async function compare(result: GateResult, all: readonly Before[], name: string): Promise<void> {
  for (const one of result.scanned) {
    const before = matching(all, one, result.scanned.length);
    if (before) one.baseline = await before.findings();
    else {
      result.warnings.push(
        `The baseline ${name} has nothing for ${labelOf(one)}: there every finding counts as new.`,
      );
    }
  }
}

// One image against another is what was asked for, whatever the two are called.
function matching(
  all: readonly Before[],
  { report, subject }: Scanned,
  count: number,
): Before | undefined {
  const platform = subject.platform ?? report.platform;
  const [first, ...others] = all;
  const unsaid = platform === undefined || first?.platform === undefined;
  if (count === 1 && others.length === 0 && unsaid) return first;
  if (platform === undefined) return undefined;
  return all.find((one) => normalPlatform(one.platform ?? '') === normalPlatform(platform));
}
