/** Severities as Trivy knows them, the worst first. */
export const severities = ['critical', 'high', 'medium', 'low', 'unknown'] as const;
export type Severity = (typeof severities)[number];

/** What kind of thing was found. */
export type Kind = 'vulnerability' | 'secret' | 'misconfiguration' | 'license';

/** One thing that Trivy found, with what the gate needs of it. All texts are somebody else's words. */
export interface Finding {
  kind: Kind;
  /** `CVE-2024-1`, or the rule of a secret or misconfiguration, or the name of a licence. */
  id: string;
  severity: Severity;
  title: string;
  /** Where it is described. */
  link: string | undefined;
  /** Name of the package; empty for a thing in a file. */
  package: string;
  installed: string;
  /** Versions with the fix, as Trivy joins them; empty when there is none. */
  fixed: string;
  /** Trivy's word for what the vendor does about it: `affected`, `will_not_fix`, … */
  status: string;
  purl: string | undefined;
  /** File or folder in the image, or what Trivy calls the place; empty for a package of the system. */
  path: string;
  /** Trivy's class of the result: `os-pkgs`, `lang-pkgs`, `secret`, `config`, `license`. */
  class: string;
  /** Kind of packages or files: `debian`, `node-pkg`. */
  type: string;
  /** DiffID of the layer that brought it. */
  layer: string | undefined;
  /** Line of a file; 0 when unknown. */
  line: number;
  /** When it was published, milliseconds since the epoch. */
  published: number | undefined;
  /** CVSS v3 score of the source of the severity, 0 to 10. */
  score: number | undefined;
}

/** Reads a severity; whatever is none counts as unknown, as Trivy does it. */
export function severityOf(text: string | undefined): Severity {
  const word = text?.toLowerCase();
  return severities.find((severity) => severity === word) ?? 'unknown';
}

/** How bad a severity is: 0 for critical, 4 for unknown. */
export function rank(severity: Severity): number {
  return severities.indexOf(severity);
}

/**
 * What makes a finding the same one in two builds of an image. Trivy's own fingerprint has the image's id in it.
 * Left out are versions, also those in the path of a package, and the qualifiers of a purl.
 */
export function findingKey(finding: Finding): string {
  const { kind, id, purl, type, installed, path } = finding;
  const name = purl === undefined ? `${type}:${finding.package}` : withoutVersion(purl);
  const place = installed.length > 1 ? path.replaceAll(installed, '*') : path;
  return [kind, id, kind === 'vulnerability' || kind === 'license' ? name : '', place].join('|');
}

// A scope is written %40, so the last @ begins the version. Source: the purl specification.
function withoutVersion(purl: string): string {
  const [path = ''] = purl.split(/[?#]/);
  const at = path.lastIndexOf('@');
  return at < 0 ? path : path.slice(0, at);
}
