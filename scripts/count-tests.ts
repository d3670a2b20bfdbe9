// Adds up jest's reports: `N passed, N failed, N skipped` alone on the last line. Before it the test
// files that took the most CPU, and those that were tried twice. A suite that could not run counts as
// failed; of a file that was tried again, the second try counts.
//   node scripts/count-tests.ts FOLDER [--try-again]     --try-again: prints the files to try once more
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

interface SuiteReport {
  name: string;
  status: string;
  assertionResults: ReadonlyArray<{ status: string }>;
}

interface JestReport {
  testResults?: readonly SuiteReport[];
  /** In the report of what could not run here. */
  numPendingTests?: number;
}

/** More of them than these are no matter of a busy machine. */
const mostTriedAgain = 5;

const folder = process.argv[2] ?? 'out/test';
const root = join(import.meta.dirname, '..');
const first = ['tables', 'example-app', 'outer'].flatMap((name) => suitesOf(name));
const second = suitesOf('second');

if (process.argv[3] === '--try-again') {
  const failed = suitesOf('outer').filter((suite) => suite.status === 'failed');
  if (failed.length <= mostTriedAgain) for (const { name } of failed) console.log(name);
} else {
  const again = new Map(second.map((suite) => [suite.name, suite]));
  const counted = first.map((suite) => again.get(suite.name) ?? suite);
  const sum = { passed: 0, failed: 0, skipped: reportOf('missing').numPendingTests ?? 0 };
  for (const { assertionResults, status } of counted) {
    for (const one of assertionResults) {
      if (one.status === 'passed') sum.passed += 1;
      else if (one.status === 'failed') sum.failed += 1;
      else sum.skipped += 1;
    }
    const ran = assertionResults.some((one) => one.status === 'failed');
    if (status === 'failed' && !ran) sum.failed += 1;
  }
  sayDearest();
  if (second.length > 0) {
    const names = second.map(({ name, status }) => `${relative(root, name)} (${status})`);
    console.log(`tried a second time, each from a clean start: ${names.join(', ')}`);
  }
  console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
  if (sum.failed > 0 || sum.passed === 0) process.exitCode = 1;
}

function reportOf(name: string): JestReport {
  const file = join(folder, `${name}.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

function suitesOf(name: string): readonly SuiteReport[] {
  return reportOf(name).testResults ?? [];
}

function sayDearest(): void {
  const cpu = join(folder, 'cpu');
  if (!existsSync(cpu)) return;
  const rows = readdirSync(cpu)
    .map((file) => readFileSync(join(cpu, file), 'utf8').trim().split('\t'))
    .map(([seconds = '0', file = '']) => ({ seconds: Number(seconds), file }))
    .sort((a, b) => b.seconds - a.seconds);
  const all = rows.reduce((sum, { seconds }) => sum + seconds, 0);
  console.log(`CPU seconds of test files, the ten dearest of ${all.toFixed(0)} s in all:`);
  for (const { file, seconds } of rows.slice(0, 10)) {
    console.log(`${seconds.toFixed(1).padStart(8)}  ${file}`);
  }
}
