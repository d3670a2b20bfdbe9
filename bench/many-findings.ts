// A process of its own, so that its memory is that of the judging alone.
// Usage: node --conditions=source bench/many-findings.ts <report.json>

import { readReport } from '../actions/trivy-gate/src/findings/read-report.ts';
import { keepMemorySmall } from '../actions/trivy-gate/src/gate.ts';
import { defaultPolicy } from '../actions/trivy-gate/src/policy/policy.ts';
import { parsePurlGlob } from '../actions/trivy-gate/src/policy/purl-glob.ts';
import { outcomeOf } from '../actions/trivy-gate/src/reports/outcome.ts';
import { writeSarif } from '../actions/trivy-gate/src/reports/write-sarif.ts';
import { judge } from '../actions/trivy-gate/src/verdict/judge.ts';

const [path = ''] = process.argv.slice(2);
keepMemorySmall();
const start = performance.now();
const report = await readReport(path, path);
const policy = {
  ...defaultPolicy,
  packages: [{ purl: parsePurlGlob('pkg:deb/debian/lib7*'), fail: 'any' }],
  graceDays: { high: 30 },
} as const;
const { findings, system } = report;
const feeds = { exploited: new Set<string>(), predicted: new Map<string, number>() };
const verdict = judge(policy, { findings, baseline: undefined, system, feeds }, Date.now());
const name = 'ghcr.io/owner/app';
const subject = { name, args: [], imageId: undefined, repoDigest: undefined, platform: undefined };
const scanned = [{ subject, report, path }];
const answer = { scanned, files: [], timeline: [], warnings: [], verdict };
const { summary = '' } = outcomeOf(answer, name, undefined);
const facts = { repository: name, platform: undefined, trivy: undefined, compared: false };
await writeSarif(`${path}.sarif`, [{ judged: verdict.judged, facts }]);
const ms = performance.now() - start;
const { maxRSS } = process.resourceUsage();
console.log(
  JSON.stringify({ ms, bytes: maxRSS * 1024, findings: findings.length, summary: summary.length }),
);
