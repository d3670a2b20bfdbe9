import { cut } from '@slipway/shared/secrets/cut';
import type { ReportingDescriptor, Result } from 'sarif';
import { type Finding, findingKey, type Severity } from '../findings/finding.ts';
import type { Judged } from '../verdict/judged.ts';

/** What a SARIF report is about. */
export interface SarifFacts {
  /** `ghcr.io/owner/app`, or the path that was scanned. */
  repository: string;
  /** `linux/amd64` */
  platform: string | undefined;
  trivy: string | undefined;
  /** There was a baseline. */
  compared: boolean;
}

const texts = { title: 300, name: 255 };

/** The category under which GitHub keeps these results apart from others. */
export function categoryOf({ platform, repository }: SarifFacts): string {
  return ['trivy-gate', repository, ...(platform ? [platform] : [])].join('/');
}

/** What one image has. */
export interface SarifRun {
  judged: readonly Judged[];
  facts: SarifFacts;
}

/**
 * Findings as SARIF 2.1.0, piece by piece: as a whole, 25,000 of them would take 100 MB. Each image
 * is a run of its own. Those that the allowlist lets pass are suppressed.
 */
export function* sarifPieces(runs: readonly SarifRun[]): Generator<string> {
  const [before = '', after = ''] = JSON.stringify({
    version: '2.1.0',
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    runs: ['RUNS'],
  }).split('"RUNS"');
  yield before;
  for (const [index, run] of runs.entries()) {
    if (index > 0) yield ',';
    yield* runPieces(run);
  }
  yield after;
}

function* runPieces({ facts, judged }: SarifRun): Generator<string> {
  const indexes = new Map<string, number>();
  const rules: string[] = [];
  const seen = new Map<string, number>();
  const [before = '', after = ''] = frameOf(facts).split('"RESULTS"');
  yield before;
  for (const one of judged) {
    const { id } = one.finding;
    const known = indexes.get(id);
    const index = known ?? rules.push(JSON.stringify(ruleOf(one.finding))) - 1;
    if (known === undefined) indexes.set(id, index);
    const comma = seen.size > 0 ? ',' : '';
    yield comma + JSON.stringify(resultOf(one, index, facts, seen));
  }
  const [head = '', tail = ''] = after.split('"RULES"');
  yield head;
  yield rules.join(',');
  yield tail;
}

// The results come first, as only then it is known which rules they have.
function frameOf(facts: SarifFacts): string {
  return JSON.stringify({
    automationDetails: { id: `${categoryOf(facts)}/` },
    columnKind: 'utf16CodeUnits',
    results: ['RESULTS'],
    tool: {
      driver: {
        name: 'Trivy',
        informationUri: 'https://github.com/aquasecurity/trivy',
        ...(facts.trivy ? { semanticVersion: facts.trivy } : {}),
        rules: ['RULES'],
      },
    },
  });
}

function ruleOf(finding: Finding): ReportingDescriptor {
  const { id, kind, link, severity, title } = finding;
  const text = cut(title || id, texts.title);
  const help = link ? `${text}\n\n${link}` : text;
  return {
    id,
    name: cut(kind, texts.name),
    shortDescription: { text },
    fullDescription: { text },
    help: { text: help },
    ...(link && URL.canParse(link) ? { helpUri: link } : {}),
    defaultConfiguration: { level: levels[severity] },
    properties: {
      tags: ['security', kind, severity.toUpperCase()],
      precision: 'very-high',
      'security-severity': (finding.score ?? scores[severity]).toFixed(1),
    },
  };
}

function resultOf(
  { entry, finding, known, why, fate }: Judged,
  ruleIndex: number,
  { compared, repository }: SarifFacts,
  seen: Map<string, number>,
): Result {
  const { fixed, id, installed, line, package: name, path, severity, title } = finding;
  const uri = path || repository;
  const print = process.getBuiltinModule('node:crypto').hash('sha256', findingKey(finding));
  const count = (seen.get(print) ?? 0) + 1;
  seen.set(print, count);
  const update = fixed ? `, fixed in ${fixed}` : installed ? ', no fix yet' : '';
  const what = name ? `${name} ${installed}`.trim() + update : path;
  return {
    ruleId: id,
    ruleIndex,
    level: levels[severity],
    message: { text: `${cut(title || id, texts.title)}\n${what}\n${fate}: ${why}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(uri) },
          region: { startLine: Math.max(1, line) },
        },
        ...(finding.purl
          ? { logicalLocations: [{ fullyQualifiedName: finding.purl, kind: 'package' }] }
          : {}),
      },
    ],
    partialFingerprints: { primaryLocationLineHash: `${print}:${count}` },
    ...(compared ? { baselineState: known ? 'unchanged' : 'new' } : {}),
    suppressions: entry
      ? [{ kind: 'external', status: 'accepted', justification: `${entry.owner}: ${entry.reason}` }]
      : [],
  };
}

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  unknown: 'note',
};

/** As Trivy scores what has no CVSS score. */
const scores: Readonly<Record<Severity, number>> = {
  critical: 9.5,
  high: 8,
  medium: 5.5,
  low: 2,
  unknown: 0,
};

/** A path as a relative reference: nothing in it is a scheme, a query or a way up. */
function uriOf(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  return parts.map((part) => encodeURIComponent(part.toWellFormed())).join('/') || 'image';
}
