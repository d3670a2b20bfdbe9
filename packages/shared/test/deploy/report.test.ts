import { describe, expect, it } from '@jest/globals';
import { marked } from 'marked';
import {
  changeLines,
  closingLine,
  deployFailure,
  deployOutputs,
  deploySummary,
} from '../../src/deploy/report.ts';
import type { DeployResult } from '../../src/deploy/result.ts';
import { Failure } from '../../src/failure/failure.ts';

const deployed: DeployResult = {
  target: 'deploy@web-1:/srv/app',
  status: 'deployed',
  serving: 'new',
  plan: {
    image: 'ghcr.io/octo/shop@sha256:2222',
    previousImage: 'ghcr.io/octo/shop@sha256:1111',
    diff: [
      {
        what: 'image',
        before: 'ghcr.io/octo/shop@sha256:1111',
        after: 'ghcr.io/octo/shop@sha256:2222',
      },
      { what: 'Compose file', before: '', after: 'changed' },
    ],
    serves: 'previous',
    rollback: { to: 'previous' },
    steps: [{ name: 'all' }],
  },
  proof: { url: 'http://web-1:8080', how: 'by http://web-1:8080/health answering 200 (look 2)' },
  failure: undefined,
  rollbackFailure: undefined,
  noRollback: '',
  left: '',
  evidence: undefined,
  timeline: [
    { name: 'plan', start: 1_000, end: 1_400, ok: true },
    { name: 'apply', start: 1_400, end: 9_400, ok: true },
    { name: 'watch', start: 9_400, end: 9_400, ok: true },
    { name: 'prove', start: 9_400, end: 12_000, ok: true },
  ],
  duration: 10_640,
};

const crash = Failure.of('deploy/exited', { what: 'web', why: 'exit code 3' });

const rolledBack: DeployResult = {
  ...deployed,
  status: 'rolled-back',
  serving: 'old',
  proof: { url: 'http://web-1:8080', how: 'by http://web-1:8080/health answering 200 (look 1)' },
  failure: crash,
  evidence: {
    facts: ['web exited with code 3'],
    logs: [{ source: 'web', lines: ['starting', 'cannot open the database'] }],
  },
  timeline: [
    { name: 'plan', start: 0, end: 400, ok: true },
    { name: 'apply', start: 400, end: 8_400, ok: true },
    { name: 'watch', start: 8_400, end: 9_900, ok: false },
    { name: 'diagnose', start: 9_900, end: 10_000, ok: true },
    { name: 'rollback', start: 10_000, end: 13_000, ok: true },
    { name: 'watch (rollback)', start: 13_000, end: 13_500, ok: true },
    { name: 'prove (rollback)', start: 13_500, end: 75_000, ok: true },
  ],
  duration: undefined,
};

const lost: DeployResult = {
  ...rolledBack,
  status: 'failed',
  serving: 'unknown',
  proof: undefined,
  rollbackFailure: Failure.of('ssh/unreachable', { host: 'web-1', said: 'no route' }),
};
const removed: DeployResult = {
  ...rolledBack,
  status: 'failed',
  serving: 'nothing',
  proof: { url: '', how: 'by looking: nothing of it runs' },
};
const unchanged: DeployResult = {
  ...deployed,
  status: 'unchanged',
  plan: {
    ...deployed.plan,
    image: 'app@sha256:2',
    previousImage: 'app@sha256:2',
    diff: [],
    serves: 'previous',
    rollback: { to: 'previous' },
    steps: [{ name: 'all' }],
  },
};
const planned: DeployResult = {
  ...deployed,
  status: 'planned',
  serving: 'old',
  proof: undefined,
  duration: undefined,
};
const cancelled: DeployResult = {
  ...rolledBack,
  status: 'cancelled',
  failure: Failure.of('action/cancelled', { signal: 'SIGINT' }),
  evidence: undefined,
};
const imageless: DeployResult = {
  ...deployed,
  plan: {
    image: '',
    previousImage: undefined,
    diff: [],
    serves: 'nothing',
    rollback: { to: 'nothing' },
    steps: [{ name: 'all' }],
  },
};

describe('outputs', () => {
  const none = { url: '', image: '', 'previous-image': '', reason: '', duration: '' };
  const images = {
    image: 'ghcr.io/octo/shop@sha256:2222',
    'previous-image': 'ghcr.io/octo/shop@sha256:1111',
  };
  const url = 'http://web-1:8080';
  it.each<[result: DeployResult, outputs: Record<string, string>]>([
    [deployed, { ...images, url, duration: '10.6' }],
    [unchanged, { image: 'app@sha256:2', 'previous-image': 'app@sha256:2', url, duration: '10.6' }],
    [planned, images],
    [rolledBack, { ...images, url, reason: 'deploy/exited' }],
    [removed, { ...images, reason: 'deploy/exited' }],
    [lost, { ...images, reason: 'deploy/exited' }],
    [cancelled, { ...images, url, reason: 'action/cancelled' }],
    [{ ...deployed, plan: undefined, proof: undefined, duration: 0 }, { duration: '0.0' }],
  ])('of %#', (result, outputs) => {
    expect(deployOutputs(result)).toEqual({ ...none, status: result.status, ...outputs });
  });
});

describe('the annotation', () => {
  it('ends with the last words of what failed', () => {
    expect(deployFailure(rolledBack)?.message).toBe(
      'web stopped instead of serving: exit code 3.\nLast log lines of web:\nstarting\ncannot open the database',
    );
  });

  it('is kept short', () => {
    const lines = Array.from({ length: 30 }, (_, index) => `${index} ${'x'.repeat(1_000)}`);
    const evidence = {
      facts: [],
      logs: [
        { source: 'db', lines: [] },
        { source: 'web', lines },
      ],
    };
    const said = deployFailure({ ...rolledBack, evidence })?.message.split('\n') ?? [];
    expect(said).toHaveLength(2 + 5);
    expect(said.at(-1)).toMatch(/^29 x{396}…$/);
  });

  it.each([[deployed], [cancelled], [{ ...rolledBack, evidence: { facts: ['x'], logs: [] } }]])(
    'says no more than the failure where there is no log: %#',
    (result) => {
      expect(deployFailure(result)).toBe(result.failure);
    },
  );
});

describe('a plan', () => {
  it('says what it would change, a line each', () => {
    expect(changeLines(deployed.plan ?? { diff: [] })).toEqual([
      'image: ghcr.io/octo/shop@sha256:1111 -> ghcr.io/octo/shop@sha256:2222',
      'Compose file: changed',
    ]);
  });
});

describe('the closing line says how it ended and what serves now', () => {
  const at = 'deploy@web-1:/srv/app';
  const health = 'proven by http://web-1:8080/health answering 200';
  it.each<[result: DeployResult, line: string]>([
    [
      deployed,
      `deployed: ${at} serves the new version (ghcr.io/octo/shop@sha256:2222), ${health} (look 2).`,
    ],
    [
      unchanged,
      `unchanged: ${at} serves this version, as before (app@sha256:2), ${health} (look 2).`,
    ],
    [imageless, `deployed: ${at} serves the new version, ${health} (look 2).`],
    [
      planned,
      `planned: ${at} was not changed and serves the version before (ghcr.io/octo/shop@sha256:1111).`,
    ],
    [
      rolledBack,
      `rolled-back: ${at} serves the version before (ghcr.io/octo/shop@sha256:1111), ${health} (look 1).`,
    ],
    [
      cancelled,
      `cancelled: ${at} serves the version before (ghcr.io/octo/shop@sha256:1111), ${health} (look 1).`,
    ],
    [
      removed,
      `failed: ${at} serves nothing, as before this run, proven by looking: nothing of it runs.`,
    ],
    [
      lost,
      `failed: ${at} is not proven to serve anything; the rollback failed: web-1 could not be reached: no route.`,
    ],
  ])('%#', (result, line) => {
    expect(closingLine(result)).toBe(line);
  });
});

describe('the summary', () => {
  it('of a deploy that went well', () => {
    expect(
      deploySummary(deployed),
    ).toBe(`## ✅ deploy&#64;<!---->web&#45;1&#58;/srv/app&#58; deployed and proven

|  |  |
| --- | --- |
| Serving now | the new version \`ghcr.io/octo/shop@sha256:2222\` |
| Proof | by http<!---->&#58;//web&#45;1&#58;8080/health answering 200 &#40;look 2&#41; |
| Address | \`http://web-1:8080\` |
| Apply to proof | 11 s |

### Change

|  | before | after |
| --- | --- | --- |
| image | \`ghcr.io/octo/shop@sha256:1111\` | \`ghcr.io/octo/shop@sha256:2222\` |
| Compose file |  | \`changed\` |

### Timeline

\`\`\`mermaid
gantt
  dateFormat x
  axisFormat %s s
  plan 0.4 s :done, 0, 400
  apply 8.0 s :done, 400, 8400
  watch 0.0 s :done, 8400, 8401
  prove 2.6 s :done, 8400, 11000
\`\`\`
`);
  });

  it('of one that was rolled back', () => {
    expect(
      deploySummary(rolledBack),
    ).toBe(`## ❌ deploy&#64;<!---->web&#45;1&#58;/srv/app&#58; rolled back&#58; the version before serves

|  |  |
| --- | --- |
| Serving now | the version before \`ghcr.io/octo/shop@sha256:1111\` |
| Proof | by http<!---->&#58;//web&#45;1&#58;8080/health answering 200 &#40;look 1&#41; |
| Address | \`http://web-1:8080\` |

### Why

**\`deploy/exited\`** web stopped instead of serving&#58; exit code 3.

The last log lines usually say why the app gave up.

### Change

|  | before | after |
| --- | --- | --- |
| image | \`ghcr.io/octo/shop@sha256:1111\` | \`ghcr.io/octo/shop@sha256:2222\` |
| Compose file |  | \`changed\` |

### Evidence

- web exited with code 3

Last log lines of \`web\`:

\`\`\`text
starting
cannot open the database
\`\`\`

### Timeline

\`\`\`mermaid
gantt
  dateFormat x
  axisFormat %s s
  plan 0.4 s :done, 0, 400
  apply 8.0 s :done, 400, 8400
  watch 1.5 s :crit, 8400, 9900
  diagnose 0.1 s :done, 9900, 10000
  rollback 3.0 s :done, 10000, 13000
  watch (rollback) 0.5 s :done, 13000, 13500
  prove (rollback) 1 min 2 s :done, 13500, 75000
\`\`\`
`);
  });

  it.each<[result: DeployResult, headline: string]>([
    [unchanged, '✅ web: already deployed, proven again'],
    [planned, '✅ web: planned, nothing was changed; it serves the version before'],
    [cancelled, '❌ web: cancelled; it serves the version before'],
    [removed, '❌ web: failed; it serves nothing, as before this run'],
    [lost, '❌ web: failed; it is not proven to serve anything'],
  ])('says in its first line how it ended and what serves: %#', (result, headline) => {
    const [first] = deploySummary({ ...result, target: 'web' }).split('\n');
    expect(first?.replaceAll('&#58;', ':')).toBe(`## ${headline}`);
  });

  it('says why the rollback failed', () => {
    expect(deploySummary(lost)).toContain(
      '### Why the rollback failed\n\n**`ssh/unreachable`** web&#45;1 could not be reached&#58; no route.',
    );
  });

  it('leaves out what there is not', () => {
    const bare = { ...lost, plan: undefined, evidence: { facts: [], logs: [] }, timeline: [] };
    expect(deploySummary(bare)).not.toMatch(/### (?:Change|Evidence|Timeline)/);
  });

  it('shows texts of others as they are, whatever is in them', () => {
    const hostile =
      '</code></pre><img src=x onerror=alert(1)> @octocat #1 [x](javascript:x) ![x](y) ```\n| a | \\| ``` `';
    const html = marked.parse(
      deploySummary({
        ...lost,
        target: hostile,
        plan: {
          image: hostile,
          previousImage: hostile,
          diff: [{ what: hostile, before: hostile, after: hostile }],
          serves: 'previous',
          rollback: { to: 'previous' },
          steps: [{ name: 'all' }],
        },
        proof: { url: hostile, how: hostile },
        failure: Failure.of('deploy/exited', { what: hostile, why: hostile }),
        evidence: {
          facts: [hostile],
          logs: [{ source: hostile, lines: [hostile, '```', '````'] }],
        },
        duration: 1,
      }),
      { gfm: true, async: false },
    );
    const ours =
      /^(?:h2|h3|p|strong|code(?: class="language-\w+")?|pre|ul|li|table|thead|tbody|tr|th|td)$/;
    const tags = [...html.matchAll(/<\/?([^!>][^>]*)>/g)].map(([, tag]) => tag);
    expect(tags.filter((tag) => !ours.test(tag ?? ''))).toEqual([]);
    expect(html.match(/<td>/g)).toHaveLength(2 * 4 + 3);
    // In code, GitHub makes no mention of it.
    expect(html.replace(/<code.*?<\/code>/gs, '')).not.toContain('@octocat');
  });
});
