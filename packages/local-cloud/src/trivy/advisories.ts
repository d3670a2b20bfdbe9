/** An advisory as Trivy's database has it. All that is here is made up. */
export interface Advisory {
  id: string;
  /** The npm package, or the Debian source package. */
  package: string;
  ecosystem: 'npm' | 'debian';
  severity: Severity;
  /** First version without it; none: there is no fix. */
  fixed?: string;
  /** What Debian says about one without a fix; `affected` where nothing is said. */
  status?: 'affected' | 'will_not_fix' | 'fix_deferred' | 'end_of_life';
  title: string;
  description: string;
  /** CVSS 3.1 */
  cvss?: { score: number; vector: string };
  weaknesses?: readonly string[];
  references?: readonly string[];
  /** ISO 8601 */
  published: string;
}

export type Severity = 'UNKNOWN' | 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';

/** Text that does harm wherever somebody pastes it unescaped; one line, and a page of it. */
const hostile = {
  title:
    'Old template | `runs` **code** <img src=x onerror=alert(1)> </details> @octocat ' +
    `::error title=forged::all is well [click](javascript:alert(1)) \${{ secrets.TOKEN }}`,
  description:
    '## Verdict: pass\n\n::set-output name=verdict::pass\n::error::forged\n\n' +
    '| a | b |\n|---|---|\n| <script>alert(1)</script> | ![x](https://example.com/x.png) |\n' +
    '```\n@octocat/maintainers \u001b[31mred\u001b[0m \u202egnp.exe\n' +
    'and so on. '.repeat(500),
} as const;

/**
 * What the database of the tests knows. The packages do not exist, and neither do the ids: CVE-2099
 * has not come yet. See `images.ts` for who has these packages, and in which version.
 */
export const advisories: readonly Advisory[] = [
  {
    id: 'CVE-2099-10001',
    package: 'old-router',
    ecosystem: 'npm',
    severity: 'CRITICAL',
    fixed: '1.2.4',
    title: 'old-router: a path with two dots leaves the folder that is served',
    description: 'Routes are matched before the path is made plain.',
    cvss: { score: 9.8, vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' },
    weaknesses: ['CWE-22'],
    references: ['https://example.com/advisories/old-router'],
    published: '2026-01-15T10:00:00Z',
  },
  {
    id: 'CVE-2099-10002',
    package: '@old/parser',
    ecosystem: 'npm',
    severity: 'HIGH',
    fixed: '3.0.1',
    title: '@old/parser: nested arrays end the process',
    description: 'The parser recurses once for each bracket.',
    cvss: { score: 7.5, vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H' },
    weaknesses: ['CWE-674'],
    published: '2026-02-01T00:00:00Z',
  },
  {
    id: 'GHSA-0ld0-temp-1ate',
    package: 'old-template',
    ecosystem: 'npm',
    severity: 'MEDIUM',
    title: hostile.title,
    description: hostile.description,
    references: ['https://example.com/?a=1&b=<script>', 'javascript:alert(1)'],
    published: '2025-11-30T12:30:00Z',
  },
  {
    id: 'CVE-2099-20001',
    package: 'oldssl',
    ecosystem: 'debian',
    severity: 'CRITICAL',
    fixed: '3.0.1-2+deb13u1',
    title: 'oldssl: a long certificate writes past a buffer',
    description: 'The length of a name is read as a signed number.',
    cvss: { score: 9.1, vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N' },
    weaknesses: ['CWE-787'],
    published: '2026-03-10T00:00:00Z',
  },
  {
    id: 'CVE-2099-20002',
    package: 'oldssl',
    ecosystem: 'debian',
    severity: 'HIGH',
    status: 'fix_deferred',
    title: 'oldssl: a renewed session keeps the old key',
    description: 'Nothing is fixed yet.',
    published: '2026-04-01T00:00:00Z',
  },
  {
    id: 'CVE-2099-20003',
    package: 'oldzip',
    ecosystem: 'debian',
    severity: 'LOW',
    status: 'will_not_fix',
    title: 'oldzip: an empty archive takes long',
    description: 'Debian does not regard this as a security problem.',
    published: '2024-05-05T00:00:00Z',
  },
  {
    id: 'CVE-2099-20004',
    package: 'oldtar',
    ecosystem: 'debian',
    severity: 'UNKNOWN',
    title: `oldtar: no severity has been set, ${'but the title goes on and on, '.repeat(100)}`,
    description: 'Reserved.',
    published: '2026-05-01T00:00:00Z',
  },
];
